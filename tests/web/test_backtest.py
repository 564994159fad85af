"""``/backtest`` end to end: real services, real bars, the figures of the contract."""

from __future__ import annotations

import math
from typing import Any

import orjson
import pytest
from flask.testing import FlaskClient

REQUIRED_METRICS = {
    "initial_value",
    "final_value",
    "total_pnl",
    "total_return_pct",
    "cagr",
    "sharpe_ratio",
    "max_drawdown",
    "max_drawdown_pct",
}


def numbers_in(value: Any) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers_in(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers_in(item)]
    return [value] if isinstance(value, float) else []


class TestSample:
    @pytest.fixture
    def answer(self, client: FlaskClient) -> Any:
        response = client.post(
            "/backtest", json={"symbol": "SPY", "include": ["orders"]}
        )

        assert response.status_code == 200
        assert response.mimetype == "application/json"
        return response.json

    def test_gives_the_figures_of_the_contract(self, answer: Any) -> None:
        # 50 shares bought at the first close, 321, and valued at the last, 357.
        assert answer["metrics"]["initial_value"] == 100_000
        assert answer["metrics"]["final_value"] == pytest.approx(101_800)
        assert answer["metrics"]["total_pnl"] == pytest.approx(1_800)
        assert answer["metrics"]["total_return_pct"] == pytest.approx(1.8)
        assert answer["metrics"]["max_drawdown"] == 0
        assert answer["metrics"]["max_drawdown_pct"] == 0
        assert answer["num_trades"] == 1
        assert answer["order_log"][0]["price"] == 321.0

    def test_has_the_fixed_part(self, answer: Any) -> None:
        assert answer["status"] == "ok"
        assert answer["symbol"] == "SPY"
        assert answer["strategy_type"] == "buy_and_hold"
        assert answer["metrics"].keys() >= REQUIRED_METRICS

    def test_says_that_it_is_the_sample(self, answer: Any) -> None:
        assert answer["data"]["source"] == "sample"
        assert answer["data"]["bars"] == 21
        assert "sample_data" in {warning["code"] for warning in answer["warnings"]}

    def test_is_the_same_by_get(self, client: FlaskClient) -> None:
        posted = client.post("/backtest", json={"symbol": "spy", "quantity": 10})
        queried = client.get("/backtest?symbol=SPY&quantity=10")

        assert queried.data == posted.data


class TestAnswer:
    @pytest.mark.parametrize(
        "body",
        [
            {"csv_path": "sp500.csv"},
            {"csv_path": "sp500.csv", "strategy_type": "sma_cross"},
            {"symbol": "SP500", "initial_cash": 1, "strategy_type": "sma_cross"},
            {"symbol": "SP500", "period": "1d"},
            {"symbol": "SPY", "start": "2020-01-31"},
        ],
        ids=["long", "crossing", "without cash", "a day", "one bar"],
    )
    def test_holds_finite_numbers_only(
        self, client: FlaskClient, body: dict[str, Any]
    ) -> None:
        response = client.post("/backtest", json=body)

        assert response.status_code == 200
        assert all(math.isfinite(number) for number in numbers_in(response.json))
        assert b"null" not in orjson.dumps(response.json["metrics"])
        measured = response.json["metrics"].keys()
        assert not measured & response.json["undefined_metrics"].keys()

    def test_says_why_a_metric_of_the_benchmark_has_no_value(
        self, client: FlaskClient
    ) -> None:
        # One bar has no return: of the run it is said, so it is of the benchmark.
        body = client.post("/backtest", json={"symbol": "SPY", "start": "2020-01-31"})

        undefined = body.json["undefined_metrics"]
        of_benchmark = {
            name.removeprefix("benchmark."): reason
            for name, reason in undefined.items()
            if name.startswith("benchmark.")
        }
        assert of_benchmark["volatility_pct"] == undefined["volatility_pct"]
        assert not of_benchmark.keys() & body.json["benchmark"].keys()
        usual = client.post("/backtest", json={"symbol": "SP500"}).json
        whole = usual["benchmark"].keys()  # twenty years leave nothing undefined
        assert whole == of_benchmark.keys() | body.json["benchmark"].keys()

    def test_is_under_8_kilobytes_unless_asked_for_more(
        self, client: FlaskClient
    ) -> None:
        response = client.post(
            "/backtest", json={"symbol": "SP500", "strategy_type": "sma_cross"}
        )

        assert len(response.data) < 8_000

    def test_has_the_curve_in_as_many_points_as_asked(
        self, client: FlaskClient
    ) -> None:
        body = {"symbol": "SP500", "include": ["equity_curve"], "max_points": 100}

        curve = client.post("/backtest", json=body).json["equity_curve"]

        assert len(curve["timestamp"]) == len(curve["equity"]) == 100
        assert curve["timestamp"][0] == "1999-01-04T00:00:00Z"


class TestMissingData:
    def test_is_a_404_for_a_path_without_a_file(self, client: FlaskClient) -> None:
        response = client.post("/backtest", json={"csv_path": "gone.csv"})

        assert response.status_code == 404
        assert response.json["code"] == "data_not_found"

    def test_is_a_404_for_a_window_without_a_bar(self, client: FlaskClient) -> None:
        response = client.post("/backtest", json={"start": "2030-01-01"})

        assert response.status_code == 404

    def test_is_a_503_without_a_data_service(self, client: FlaskClient) -> None:
        response = client.get("/backtest?data_source=data_service")

        assert response.status_code == 503
        assert response.json["code"] == "data_source_not_configured"
