"""Every example of the documentation is accepted as it stands."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient

from orchestrator.web.backtest.examples import EXAMPLES, GATE_EXAMPLES


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_runs(recorder: FlaskClient, name: str) -> None:
    body: Any = EXAMPLES[name]["value"]

    assert recorder.post("/backtest", json=body).status_code == 200
    assert recorder.post("/strategies/validate", json=body).status_code == 200


@pytest.mark.parametrize("name", GATE_EXAMPLES)
def test_gate_example_is_judged(recorder: FlaskClient, name: str) -> None:
    response = recorder.post("/gate", json=GATE_EXAMPLES[name]["value"])

    assert response.json["verdict"] in {"pass", "fail", "insufficient_evidence"}
