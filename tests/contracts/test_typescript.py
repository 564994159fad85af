"""TypeScript generated from the committed document compiles, and its calls work.

Needs node, npm and a registry; where one is missing, that is said.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from examples.live_server import ROOT, Server, running

SOURCES = Path(__file__).parent / "typescript"
COMPILE = (
    "--strict",
    "--module",
    "esnext",
    "--moduleResolution",
    "bundler",
    "--target",
    "es2022",
    "--lib",
    "es2022,dom,dom.iterable",
    "--skipLibCheck",
    "--outDir",
)
MOST_BYTES = 60_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    for program in ("node", "npm", "npx"):
        if shutil.which(program) is None:
            pytest.skip(f"no {program} is installed")
    folder = tmp_path_factory.mktemp("typescript")
    for file in SOURCES.iterdir():
        shutil.copy(file, folder)
    done = ran(folder, "npm", "install", "--silent", "--no-audit", "--no-fund")
    if done.returncode:
        pytest.skip(f"npm cannot install: {done.stderr[-200:]}")
    return folder


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running({"WEB_CONCURRENCY": "1"}) as server:
        yield server


def ran(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, check=False, timeout=300
    )


def test_openapi_typescript_with_default_flags(folder: Path, server: Server) -> None:
    document = str(ROOT / "openapi.json")
    generated = ran(folder, "npx", "openapi-typescript", document, "-o", "api.ts")
    assert generated.returncode == 0, generated.stderr

    compiled = ran(folder, "npx", "tsc", *COMPILE, "fetched", "fetch.ts")
    assert compiled.returncode == 0, compiled.stdout

    called = ran(folder, "node", "fetched/fetch.js", server.url)
    assert called.returncode == 0, called.stderr
    verdict, final = called.stdout.split()
    assert verdict in {"fail", "insufficient_evidence"}
    assert float(final) > 0.0


def test_hey_api(folder: Path, server: Server) -> None:
    document = str(ROOT / "openapi.json")
    generated = ran(folder, "npx", "openapi-ts", "-i", document, "-o", "sdk")
    assert generated.returncode == 0, generated.stdout + generated.stderr

    # What is generated imports without endings, which node resolves for CommonJS alone.
    target = ("--module", "commonjs", "--moduleResolution", "node10")
    compiled = ran(folder, "npx", "tsc", *COMPILE, "built", *target, "sdk.ts")
    assert compiled.returncode == 0, compiled.stdout
    (folder / "built" / "package.json").write_text('{"type": "commonjs"}')

    called = ran(folder, "node", "built/sdk.js", server.url)
    assert called.returncode == 0, called.stderr
    assert called.stdout.strip() in {"fail", "insufficient_evidence"}


def test_the_schema_of_a_request_is_small() -> None:
    """All references resolved once: what a model or a reader must take in."""
    document: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text())
    schemas = document["components"]["schemas"]
    seen: dict[str, int] = {}

    def visit(value: Any) -> None:
        if isinstance(value, dict):
            name = str(value.get("$ref", "")).rsplit("/", 1)[-1]
            if name and name not in seen:
                seen[name] = len(json.dumps(schemas[name]))
                visit(schemas[name])
            value = list(value.values())
        if isinstance(value, list):
            for item in value:
                visit(item)

    visit(document["paths"]["/backtest"]["post"]["requestBody"]["content"])

    assert 10_000 < sum(seen.values()) < MOST_BYTES


def test_names_say_what_they_are() -> None:
    document: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text())
    schemas = document["components"]["schemas"]

    assert {"Data", "State", "Kind", "Type", "Value"}.isdisjoint(schemas)
    operator = schemas["JudgedCondition"]["properties"]["op"]
    assert operator["x-enum-varnames"][0] == "GREATER_THAN"
