"""The answers OpenAPI shows are what the service answers, and what it promises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from docs.write_examples import FILE, text
from examples.live_server import ROOT

DOCUMENT: dict[str, Any] = json.loads((ROOT / "openapi.json").read_text())
OPERATIONS = {
    f"{method} {path}": operation
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if isinstance(operation, dict) and "responses" in operation
}
CONTENT = "application/json"
IN_JSON = [
    name
    for name, operation in OPERATIONS.items()
    if any(CONTENT in one.get("content", {}) for one in operation["responses"].values())
]


def test_are_those_of_today() -> None:
    assert text() == FILE.read_text()


@pytest.mark.parametrize("name", IN_JSON)
def test_keep_what_their_schema_promises(name: str) -> None:
    (shown,) = (
        one["content"][CONTENT]
        for one in OPERATIONS[name]["responses"].values()
        if CONTENT in one.get("content", {})
    )

    schema = {**shown["schema"], "components": DOCUMENT["components"]}

    assert list(Draft202012Validator(schema).iter_errors(shown["example"])) == []


def test_each_problem_is_shown_under_its_own_code() -> None:
    for name, response in DOCUMENT["components"]["responses"].items():
        shown = response.get("content", {}).get("application/problem+json", {})
        for code, example in shown.get("examples", {}).items():
            assert example["value"]["code"] == code
            assert example["value"]["detail"], name


@pytest.mark.parametrize(
    "status", ["400", "404", "413", "415", "422", "502", "503", "504"]
)
def test_each_status_of_a_run_shows_a_problem(status: str) -> None:
    response = OPERATIONS["post /backtest"]["responses"][status]
    name = response["$ref"].rsplit("/", 1)[-1]

    shown = DOCUMENT["components"]["responses"][name]["content"]

    assert shown["application/problem+json"]["examples"]


def test_the_first_requests_shown_hold_a_gate() -> None:
    for path in ("/backtest", "/gate"):
        body = OPERATIONS[f"post {path}"]["requestBody"]["content"][CONTENT]
        first = next(iter(body["examples"].values()))["value"]
        assert "gate" in first


def test_no_caller_is_named_for_who_tries_it_out() -> None:
    for operation in OPERATIONS.values():
        for parameter in operation.get("parameters", ()):
            if parameter["in"] == "header":
                assert "example" not in parameter
                assert (
                    not {"default", "example", "examples"} & parameter["schema"].keys()
                )
