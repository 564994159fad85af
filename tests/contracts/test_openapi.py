"""The committed OpenAPI document is the one that is served, and it is sound."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from flask import Flask
from openapi_spec_validator import validate

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.app import create_app

COMMITTED = Path(__file__).parents[2] / "openapi.json"
OPERATIONS = {
    "runBacktest",
    "runBacktestFromQuery",
    "getHealth",
    "getReadiness",
    "listStrategies",
    "listMetrics",
}
# Routes that serve documentation are not documented themselves.
UNDOCUMENTED = {
    "/",
    "/runs/<run_id>/charts/<name>.svg",
    "/openapi.json",
    "/llms.txt",
    "/docs",
    "/docs/",
    "/docs/assets/start.js",
    "/docs/assets/<path:name>",
}
Document = dict[str, Any]


@pytest.fixture(scope="module")
def app() -> Flask:
    settings = Settings(ledger=LedgerMode.OFF)
    return create_app(build_services(settings), settings)


@pytest.fixture(scope="module")
def document() -> Document:
    return orjson.loads(COMMITTED.read_bytes())


def operations(document: Document) -> list[Document]:
    return [
        operation
        for path in document["paths"].values()
        for method, operation in path.items()
        if method in {"get", "post"}
    ]


class TestOpenApi:
    def test_is_committed_as_it_is_served(self, app: Flask) -> None:
        served = app.test_client().get("/openapi.json")

        assert served.data == COMMITTED.read_bytes(), "run `make openapi`"

    def test_is_valid(self, document: Document) -> None:
        assert document["openapi"] == "3.1.0"
        validate(document)

    def test_documents_every_route(self, app: Flask, document: Document) -> None:
        routes = {
            rule.rule.replace("<path:", "{").replace("<", "{").replace(">", "}")
            for rule in app.url_map.iter_rules()
            if rule.rule not in UNDOCUMENTED
        }

        assert routes == set(document["paths"])

    def test_names_every_operation(self, document: Document) -> None:
        names = [operation["operationId"] for operation in operations(document)]

        assert len(names) == len(set(names))
        assert set(names) >= OPERATIONS

    def test_gives_every_error_the_problem_type(self, document: Document) -> None:
        for response in document["components"]["responses"].values():
            assert list(response["content"]) == ["application/problem+json"]

    def test_has_a_branch_for_every_strategy(self, document: Document) -> None:
        request = document["components"]["schemas"]["BacktestRequest"]

        assert list(request["discriminator"]["mapping"]) == list(STRATEGIES)
        assert len(request["oneOf"]) == len(STRATEGIES)

    def test_describes_every_field(self, document: Document) -> None:
        for name, schema in document["components"]["schemas"].items():
            for field, described in schema.get("properties", {}).items():
                assert described.get("description") or "$ref" in described, (
                    f"{name}.{field}"
                )

    def test_has_no_schema_by_a_made_up_name(self, document: Document) -> None:
        for name in document["components"]["schemas"]:
            assert name.isalpha(), name
            assert "Generated" not in name

    def test_does_not_depend_on_the_operator(
        self, document: Document, tmp_path: Path
    ) -> None:
        settings = Settings(
            data_dir=tmp_path, uploads=True, ledger=LedgerMode.OFF, work_budget=1.0
        )
        app = create_app(build_services(settings), settings)

        assert app.test_client().get("/openapi.json").json == document
