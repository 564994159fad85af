"""``GET /backtest`` reads its query as strictly as a body."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from orchestrator.spec import Condition, Include

from .conftest import RememberingBacktests

REFUSED = [
    ("symbl=SPY", "/symbl"),
    ("symbol=SPY&symbol=QQQ", "/symbol"),
    ("symbol=SPY&symbol=SPY", "/symbol"),
    ("symbol=", "/symbol"),
    ("symbol[]=SPY", "/symbol[]"),
    ("initial_cash=NaN", "/initial_cash"),
    ("initial_cash=Infinity", "/initial_cash"),
    ("initial_cash=1e999", "/initial_cash"),
    ("initial_cash=1_000", "/initial_cash"),
    ("initial_cash=+5", "/initial_cash"),
    ("initial_cash=%2B5", "/initial_cash"),
    ("initial_cash=0x10", "/initial_cash"),
    ("initial_cash=%EF%BC%95", "/initial_cash"),
    ("initial_cash=", "/initial_cash"),
    ("initial_cash=true", "/initial_cash"),
    ("initial_cash=5,000", "/initial_cash"),
    ("initial_cash=" + "9" * 5_000, "/initial_cash"),
    ("quantity=0", "/quantity"),
    ("period=soon", "/period"),
    ("start=tomorrow", "/start"),
    ("include=all", "/include/0"),
    ("include=trades,all", "/include/1"),
    ("include=trades,", "/include/1"),
    ("gate=sharpe_ratio", "/gate/0"),
    ("gate=", "/gate/0"),
    ("strategy_type=magic", "/strategy_type"),
    ("data_source=inline", "/bars"),
    ("bars=1", "/bars"),
    ("costs=1", "/costs"),
    ("strategy_params=1", "/strategy_params"),
]


TAKE_NO_QUERY = [
    ("POST", "/backtest"),
    ("POST", "/gate"),
    ("POST", "/gate/batch"),
    ("POST", "/strategies/validate"),
    ("POST", "/data/csv"),
    ("GET", "/data"),
    ("GET", "/runs"),
    ("GET", "/runs.csv"),
    ("GET", f"/runs/{'0' * 32}"),
    ("GET", f"/runs/{'0' * 32}/verify"),
    ("GET", "/strategies"),
    ("GET", "/metrics-catalogue"),
    ("GET", "/policies"),
    ("GET", "/health"),
    ("GET", "/health/ready"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/llms.txt"),
]


class TestUnknownParameters:
    @pytest.mark.parametrize(("method", "path"), TAKE_NO_QUERY, ids=" ".join)
    def test_are_refused_on_every_route(
        self, client: FlaskClient, method: str, path: str
    ) -> None:
        body = None if method == "GET" or path == "/data/csv" else {}
        response = client.open(f"{path}?symbl=SPY", method=method, json=body)

        assert response.status_code == 422
        assert response.json["code"] == "validation_error"
        (problem,) = [
            each for each in response.json["errors"] if each["pointer"] == "/symbl"
        ]
        assert problem["detail"].startswith("is not a known query parameter")

    def test_do_not_hide_a_path_that_is_not_there(self, client: FlaskClient) -> None:
        assert client.get("/nowhere?symbl=SPY").status_code == 404
        assert client.delete("/health?symbl=SPY").status_code == 405


class TestQuery:
    @pytest.mark.parametrize(("query", "pointer"), REFUSED)
    def test_refuses(self, client: FlaskClient, query: str, pointer: str) -> None:
        response = client.get(f"/backtest?{query}")

        assert response.status_code == 422
        assert response.mimetype == "application/problem+json"
        assert response.json["errors"][0]["pointer"] == pointer

    @pytest.mark.parametrize(
        "lists",
        [
            "&include=trades&include=orders"
            "&gate=sharpe_ratio%20%3E%200.5&gate=max_drawdown_pct+%3C+20",
            "&include=trades,orders"
            "&gate=sharpe_ratio%20%3E%200.5,max_drawdown_pct+%3C+20",
        ],
        ids=["repeated", "separated by commas"],
    )
    def test_means_what_the_body_means(
        self, listener: FlaskClient, remembering: RememberingBacktests, lists: str
    ) -> None:
        listener.post(
            "/backtest",
            json={
                "symbol": "spy",
                "initial_cash": 5000.5,
                "quantity": 2,
                "period": "6MO",
                "fill": "next_open",
                "include": ["trades", "orders"],
                "gate": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"],
            },
        )
        listener.get(
            "/backtest?symbol=spy&initial_cash=5000.5&quantity=2&period=6MO"
            f"&fill=next_open{lists}"
        )

        (from_body, _), (from_query, _) = remembering.asked
        assert from_query == from_body
        assert from_query.query.symbol == "SPY"
        assert from_query.include == {Include.TRADES, Include.ORDERS}
        assert from_query.gate is not None
        assert from_query.gate.conditions == (
            Condition(metric="sharpe_ratio", op=">", threshold=0.5),
            Condition(metric="max_drawdown_pct", op="<", threshold=20.0),
        )

    def test_may_be_empty(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        listener.get("/backtest")
        listener.post("/backtest", json={})

        (from_query, _), (from_body, _) = remembering.asked
        assert from_query == from_body
