"""The names and defaults of the contract that clients rely on."""

from __future__ import annotations

from flask.testing import FlaskClient

from orchestrator.spec import BacktestSpec, DataSource
from orchestrator.strategies.buy_and_hold import BuyAndHoldParams

from .conftest import RememberingBacktests


class TestEmptyBody:
    def test_is_the_default_run(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        listener.post("/backtest", json={})

        spec = remembering.spec
        assert spec == BacktestSpec(strategy_params=BuyAndHoldParams())
        assert spec.query.symbol == "SPY"
        assert spec.query.source == DataSource.CSV
        assert spec.query.csv_path is None
        assert spec.initial_cash == 100_000.0
        assert spec.sizing.quantity == 50.0
        assert spec.strategy_type == "buy_and_hold"

    def test_is_also_what_null_means_where_a_field_may_be_left_out(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        names = ("csv_path", "period", "start", "end", "fill", "gate", "bars")
        listener.post("/backtest", json=dict.fromkeys(names))
        listener.post("/backtest", json={})

        assert remembering.asked[0] == remembering.asked[1]


class TestCaller:
    def test_is_the_agent_that_names_itself(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        listener.post("/backtest", json={}, headers={"X-Agent-Id": "desk-7/alpha"})

        assert remembering.asked[0][1] == "desk-7/alpha"

    def test_is_else_the_address(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        listener.post("/backtest", json={})

        assert remembering.asked[0][1] == "127.0.0.1"

    def test_may_not_be_a_text_that_is_no_name(self, listener: FlaskClient) -> None:
        for name in ("", " ", "a b", "x" * 65, "caf\u00e9", "-a"):
            response = listener.post("/backtest", json={}, headers={"X-Agent-Id": name})

            assert response.status_code == 422, name
