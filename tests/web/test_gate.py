"""Verdicts over HTTP: 200 for each of them, never one that was not recorded."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

import numpy as np
import orjson
import pytest
from flask.testing import FlaskClient

from backtesting.metrics import CATALOGUE
from orchestrator.bootstrap import build_services
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

# Each compared with seventeen digits, on a side where the metric has no bound.
LONG_COMPARISONS = [
    "> 1.2345678901234567e-300",
    "> -1.2345678901234567e-300",
    "< 1.2345678901234567e+300",
    "< -1.2345678901234567e+200",
]
BODY: dict[str, Any] = {"symbol": "SP500", "strategy_type": "sma_cross"}


def longest_names(comparison: str) -> list[str]:
    """Return the twenty longest names it can be asked of, longest first."""
    side = "lowest" if "-1." in comparison else "highest"
    names = [one.name for one in CATALOGUE if getattr(one, side) is None]
    return sorted(names, key=len)[:-21:-1]


class TestPostGate:
    @pytest.mark.parametrize(
        ("gate", "verdict"),
        [
            (["max_drawdown_pct < 99"], "insufficient_evidence"),
            (["max_drawdown_pct <= 0"], "fail"),
            ({"conditions": ["max_drawdown_pct < 99"], "policy": "literal"}, "pass"),
        ],
        ids=["met, but not shown", "not met", "met by name"],
    )
    def test_answers_200_with_the_verdict(
        self, recorder: FlaskClient, gate: Any, verdict: str
    ) -> None:
        response = recorder.post("/gate", json={**BODY, "gate": gate})

        assert response.status_code == 200
        assert response.json["verdict"] == verdict
        assert len(response.data) < 1_024

    def test_says_when_the_evidence_is_too_weak(self, recorder: FlaskClient) -> None:
        gate = {"conditions": ["max_drawdown_pct < 99"], "policy": "standard"}

        response = recorder.post("/gate", json={"symbol": "SPY", "gate": gate})

        assert response.status_code == 200
        assert response.json["verdict"] == "insufficient_evidence"
        assert response.json["reasons"]

    def test_fails_on_an_undefined_metric(self, recorder: FlaskClient) -> None:
        # Bought once and held: no trade is ever closed.
        response = recorder.post("/gate", json={"gate": ["profit_factor > 0"]})

        assert response.json["verdict"] == "fail"
        assert response.json["conditions"][0]["undefined"] == "no_closed_trades"

    def test_refuses_a_body_without_a_gate(self, recorder: FlaskClient) -> None:
        response = recorder.post("/gate", json=BODY)

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == "/gate"

    def test_refuses_an_unknown_policy(self, recorder: FlaskClient) -> None:
        gate = {"conditions": ["cagr > 0"], "policy": "lenient"}

        response = recorder.post("/gate", json={"gate": gate})

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == "/gate/policy"

    @pytest.mark.parametrize("policy", ["standard", "strict"])
    def test_holds_bars_from_the_future_back(
        self, recorder: FlaskClient, policy: str
    ) -> None:
        days = np.datetime64("2096-01-02") + np.arange(1_500)
        price = [100.0 * 1.001**day for day in range(1_500)]
        bars = dict.fromkeys(("open", "high", "low", "close"), price)
        body = {
            "data_source": "inline",
            "bars": bars | {"timestamp": days.astype(str).tolist()},
            "gate": {"conditions": ["cagr > 0"], "policy": policy},
        }

        verdict = recorder.post("/backtest", json=body).json["gate"]

        assert verdict["verdict"] == "insufficient_evidence"
        assert any("later than now" in reason for reason in verdict["reasons"])

    def test_has_the_same_verdict_as_the_whole_answer(
        self, recorder: FlaskClient
    ) -> None:
        body = {**BODY, "gate": ["sharpe_ratio > 0.5"]}

        whole = recorder.post("/backtest", json=body).json
        short = recorder.post("/gate", json=body).json

        assert whole["gate"]["verdict"] == short["verdict"]
        assert whole["run_id"] == short["run_id"]

    @pytest.mark.parametrize("policy", ["literal", "standard", "strict"])
    @pytest.mark.parametrize("op", LONG_COMPARISONS)
    @pytest.mark.parametrize("count", [20, 50])
    def test_stays_under_a_kilobyte_and_counts_what_it_left_out(
        self, recorder: FlaskClient, count: int, op: str, policy: str
    ) -> None:
        names = islice(cycle(longest_names(op)), count)
        conditions = [f"{name} {op}" for name in names]
        gate = {"conditions": conditions, "policy": policy}

        single = recorder.post("/gate", json={**BODY, "gate": gate})
        batch = recorder.post(
            "/gate/batch", json={"requests": [{**BODY, "gate": gate}] * 3}
        )
        whole = recorder.get(f"/runs/{single.json['run_id']}").json["gate"]

        assert len(single.data) < 1_024
        lists = ("conditions", "reasons", "warnings")
        shown = sum(len(single.json.get(name, ())) for name in lists)
        assert single.json["omitted"] == (
            sum(len(whole.get(name, ())) for name in lists) - shown
        )
        assert whole["verdict"] == single.json["verdict"]
        assert len(whole["conditions"]) == count
        assert all(
            len(orjson.dumps(result["verdict"])) < 1_024
            for result in batch.json["results"]
        )

    def test_is_503_if_the_ledger_cannot_be_written(self, tmp_path: Any) -> None:
        settings = Settings(database_url=f"sqlite:///{tmp_path}/gone/ledger.sqlite3")
        client = create_app(build_services(settings), settings).test_client()

        response = client.post("/gate", json={"gate": ["cagr > 0"]})

        assert response.status_code == 503
        assert response.json["code"] == "ledger_unavailable"


class TestPostGateBatch:
    def test_gives_each_request_a_verdict_or_a_problem(
        self, recorder: FlaskClient
    ) -> None:
        requests = [
            {**BODY, "gate": ["max_drawdown_pct < 99"]},
            BODY,
            {"symbol": "../x", "gate": ["cagr > 0"]},
            5,
            {"csv_path": "gone.csv", "gate": ["cagr > 0"]},
            {"gate": ["total_return_pct > 1"]},
        ]

        response = recorder.post("/gate/batch", json={"requests": requests})

        assert response.status_code == 200
        results = response.json["results"]
        assert [list(result) for result in results] == [
            ["verdict"],
            ["problem"],
            ["problem"],
            ["problem"],
            ["problem"],
            ["verdict"],
        ]
        statuses = [result["problem"]["status"] for result in results[1:5]]
        assert statuses == [422, 422, 422, 404]
        assert results[2]["problem"]["errors"][0]["pointer"] == "/symbol"

    @pytest.mark.parametrize(
        ("body", "pointer"),
        [
            ({}, "/requests"),
            ({"requests": []}, "/requests"),
            ({"requests": {}}, "/requests"),
            ({"requests": [BODY] * 101}, "/requests"),
            ({"requests": [BODY], "policy": "strict"}, "/policy"),
        ],
        ids=["nothing", "none", "no array", "101", "another field"],
    )
    def test_refuses_what_is_no_batch(
        self, recorder: FlaskClient, body: Any, pointer: str
    ) -> None:
        response = recorder.post("/gate/batch", json=body)

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == pointer


class TestPolicies:
    def test_are_listed_with_their_rules(self, recorder: FlaskClient) -> None:
        listed = recorder.get("/policies").json

        names = [policy["name"] for policy in listed["policies"]]
        assert {"literal", "standard", "strict"} <= set(names)
        assert listed["default"] == "standard"
        assert listed["floor"] is None
        assert all(policy["rules"] for policy in listed["policies"])
