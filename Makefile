# One file per line of work; `make help` lists them.
SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help
MAKEFLAGS += --no-builtin-rules

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PY := $(BIN)/python
STAMP := $(VENV)/.ok
PINS := setup.cfg pyproject.toml constraints.txt requirements-dev.txt \
	vendor/qtos-core/setup.cfg vendor/qtos-core/pyproject.toml

export PYTHONDONTWRITEBYTECODE :=

.PHONY: help install demo demo-data serve test test-fast check lint types imports spelling \
	bench openapi fuzz lock clean

help: ## List the targets
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) \
		| sed -E 's/^([a-z-]+):[^#]*## (.*)/\1|\2/' \
		| while IFS='|' read -r name text; do printf '  %-10s %s\n' "$$name" "$$text"; done

install: $(STAMP) ## Make .venv with both distributions, editable, and every pin

$(STAMP): $(PINS)
	test -x $(PY) || $(PYTHON) -m venv $(VENV)
	if $(PY) -m pip install --quiet --disable-pip-version-check -c constraints.txt uv; then \
		$(BIN)/uv pip install --quiet --python $(PY) -r requirements-dev.txt; \
	else \
		echo "uv did not install; going on with pip" >&2; \
		$(PY) -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt; \
	fi
	touch $@

demo: $(STAMP) ## Start the service, run two backtests and a gate, stop it again
	$(PY) -m examples.demo

demo-data: $(STAMP) ## The same through the example data service
	$(PY) -m examples.demo_data

serve: $(STAMP) ## Serve on http://127.0.0.1:8000 (PORT, HOST, WEB_CONCURRENCY)
	$(BIN)/orchestrator db upgrade
	exec $(BIN)/gunicorn wsgi:app

test: $(STAMP) ## Run every test, on up to four cores
	$(PY) -m pytest -n auto --maxprocesses 4

test-fast: $(STAMP) ## Unit and contract tests, in parallel
	$(PY) -m pytest -q -n auto tests/unit tests/contracts

check: lint types imports spelling test ## Everything that CI checks

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(STAMP)
	$(BIN)/mypy

imports: $(STAMP)
	$(BIN)/lint-imports

spelling: $(STAMP)
	$(BIN)/codespell

bench: $(STAMP) ## Measure the service beside a bare Flask view
	$(PY) -m benchmarks.http

openapi: $(STAMP) ## Write openapi.json anew
	$(BIN)/orchestrator openapi --output openapi.json

fuzz: $(STAMP) ## Over 10,000 schemathesis cases, a thousand an operation
	FUZZ_EXAMPLES=$${FUZZ_EXAMPLES:-1000} $(PY) -m pytest tests/web/test_schemathesis.py

lock: $(STAMP) ## Write constraints.txt anew from the newest releases
	printf '%s\n' ./vendor/qtos-core '.[test,dev,parquet,mcp]' uv 'setuptools>=77' \
		| $(BIN)/uv pip compile --quiet --upgrade --universal --python-version 3.11 \
		--no-header --no-annotate --strip-extras --no-emit-package qtos-core \
		--no-emit-package quant-orchestrator --output-file constraints.txt -

clean: ## Remove .venv and everything generated
	rm -rf $(VENV) build dist htmlcov .coverage .pytest_cache .mypy_cache .ruff_cache \
		.hypothesis .import_linter_cache src/*.egg-info vendor/qtos-core/*.egg-info \
		benchmarks/.venvs
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
