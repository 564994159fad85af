"""The guides of agents: complete, true, and short where a model pays by the word."""

from __future__ import annotations

import json
import re
from pathlib import Path

import jsonschema
from flask.testing import FlaskClient

from orchestrator.web.errors import STATUS_OF
from orchestrator.web.problems import CODE_OF
from tests.failopen.desk import Desk, asked, desk_at, edge

PAGE = (Path(__file__).parents[2] / "docs/agents.md").read_text()


def test_the_guide_of_models_is_served_and_short(client: FlaskClient) -> None:
    response = client.get("/llms.txt")

    assert response.mimetype == "text/plain"
    assert len(response.data) < 3000
    for said in ("Act on `pass` alone", "POST /gate", "is a trial", "Retry-After"):
        assert said in response.text


def test_the_page_handles_every_code() -> None:
    codes = {cls.code for cls in STATUS_OF} | set(CODE_OF.values())
    codes |= {"unreadable_body", "internal_error", "not_ready", "expectation_failed"}

    assert [code for code in sorted(codes) if f"`{code}`" not in PAGE] == []


def test_no_example_asks_for_less_than_standard(client: FlaskClient) -> None:
    policies = re.findall(r'"policy": "([a-z]+)"', PAGE + client.get("/llms.txt").text)

    assert set(policies) == {"standard"}


def test_arguments_of_the_function_are_a_body(tmp_path: Path) -> None:
    """Signals that pass, by the schema that a model is given."""
    (schema,) = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "data").mkdir()
    desk: Desk = desk_at(tmp_path / "data")
    desk.put(edge())
    request = asked()
    arguments = {
        "symbol": "EDGE",
        "strategy_type": "signals",
        "strategy_params": request["strategy_params"],
        "gate": {"conditions": ["sharpe_ratio > 0.5"], "policy": "standard"},
    }

    jsonschema.validate(arguments, json.loads(schema)["parameters"])
    verdict = desk.judge(arguments)

    assert verdict["verdict"] in {"pass", "insufficient_evidence", "fail"}, verdict
