"""Prices at the ends of float64: refused by place, or answered in finite numbers."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app

from .test_backtest import numbers_in

BEYOND = {
    "over the highest": [1.0, 1e200, 1.0],
    "near the largest double": [1e308, 1e308, 1e308],
    "from end to end": [1e-308, 1e300, 1e-308],
    "under the lowest": [1.0, 1e-16, 1.0],
    "the smallest double": [5e-324, 1.0, 1.0],
}
DAYS = [f"2024-{month:02d}-{day:02d}" for month in (1, 2, 3) for day in range(1, 21)]
SWINGS = {
    "end to end": [1e-15, 1e15],
    "up from the middle": [1.0, 1e15],
    "down from the middle": [1.0, 1e-15],
    "a step a day": [10.0**power for power in range(-15, 15)],
    "down all the way": [10.0**power for power in range(15, -15, -1)],
}
STRATEGIES: dict[str, dict[str, Any]] = {
    "buy_and_hold": {},
    "momentum": {"strategy_params": {"lookback": 1, "skip": 0}},
    "sma_cross": {"strategy_params": {"fast": 1, "slow": 2}},
    "rsi_reversion": {"strategy_params": {"period": 2}},
    "bollinger_reversion": {"strategy_params": {"period": 5}},
    "signals": {
        "strategy_params": {
            "signals": [
                {"timestamp": day, "side": ("buy", "sell")[row % 2]}
                for row, day in enumerate(DAYS)
            ]
        }
    },
}
AMOUNTS = {
    "usual": {},
    "largest": {"initial_cash": 1e15, "quantity": 1e15},
    "smallest": {"initial_cash": 1e-300, "quantity": 1e-300},
}


def inline(prices: list[float], **changes: object) -> dict[str, Any]:
    bars: dict[str, Any] = dict.fromkeys(("open", "high", "low", "close"), prices)
    bars["timestamp"] = DAYS[: len(prices)]
    return {"data_source": "inline", "symbol": "X", "bars": bars, **changes}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    folder = tmp_path_factory.mktemp("data")
    for number, prices in enumerate(BEYOND.values()):
        rows = [f"{day},{p},{p},{p},{p},1" for day, p in zip(DAYS, prices)]  # noqa: B905
        text = "\n".join(["date,open,high,low,close,volume", *rows])
        (folder / f"B{number}.csv").write_text(text)
    settings = Settings(data_dir=folder, ledger=LedgerMode.OFF)
    with create_app(build_services(settings), settings).test_client() as client:
        yield client


class TestPricesBeyondTheLimits:
    @pytest.mark.parametrize("path", ["/backtest", "/strategies/validate"])
    @pytest.mark.parametrize("name", BEYOND)
    def test_are_a_422_inline(self, client: FlaskClient, name: str, path: str) -> None:
        response = client.post(path, json=inline(BEYOND[name]))

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"].startswith("/bars/")

    @pytest.mark.parametrize("path", ["/backtest", "/strategies/validate"])
    @pytest.mark.parametrize("name", BEYOND)
    def test_are_a_422_in_a_file(
        self, client: FlaskClient, name: str, path: str
    ) -> None:
        number = list(BEYOND).index(name)

        response = client.post(path, json={"symbol": f"B{number}"})

        assert response.status_code == 422
        assert response.json["code"] == "data_invalid"

    @pytest.mark.parametrize("volume", [1.1e20, 1e300, -1, -1e300])
    def test_and_volumes_are_a_422(self, client: FlaskClient, volume: float) -> None:
        request = inline([1.0, 2.0, 3.0])
        request["bars"]["volume"] = [1.0, volume, 1.0]

        response = client.post("/backtest", json=request)

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == "/bars/volume/1"

    def test_may_be_just_within(self, client: FlaskClient) -> None:
        request = inline([1e-15, 1e15, 1.0])
        request["bars"]["volume"] = [1e20, 0.0, 1.0]

        assert client.post("/backtest", json=request).status_code == 200


class TestSwingsWithinTheLimits:
    @pytest.mark.parametrize("rule", ["all_in", "fixed"])
    @pytest.mark.parametrize("fill", ["close", "next_open"])
    @pytest.mark.parametrize("amounts", AMOUNTS)
    @pytest.mark.parametrize("strategy", STRATEGIES)
    def test_are_answered_in_finite_numbers_or_refused(
        self, client: FlaskClient, strategy: str, amounts: str, fill: str, rule: str
    ) -> None:
        for prices in SWINGS.values():
            request = inline(
                (prices * 60)[:60],
                strategy_type=strategy,
                direction="both",
                fill=fill,
                sizing={"rule": rule},
                include=["equity_curve", "trades", "orders", "evidence", "bootstrap"],
                **STRATEGIES[strategy],
                **AMOUNTS[amounts],
            )

            response = client.post("/backtest", json=request)

            if response.status_code == 200:
                found = numbers_in(response.json)
                assert all(math.isfinite(number) for number in found)
            else:
                assert response.status_code == 422
                assert "prices swing so far" in response.json["detail"]

    @pytest.mark.parametrize("path", ["/gate", "/strategies/validate"])
    @pytest.mark.parametrize("strategy", STRATEGIES)
    def test_can_be_judged_and_checked(
        self, client: FlaskClient, strategy: str, path: str
    ) -> None:
        gate = {"gate": ["sharpe_ratio > 0"]}

        for prices in SWINGS.values():
            request = inline(
                (prices * 60)[:60], strategy_type=strategy, **STRATEGIES[strategy]
            )
            assert client.post(path, json=request | gate).status_code in {200, 422}
