"""What is asked: bodies of different weight, and the views that answer them."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from orchestrator.settings import shipped_data_dir

OURS = "ours"
BARE = "bare"
ENCODED = "bare-encoded"
SMOREST = "smorest"
PATHS = {
    OURS: "/backtest",
    BARE: "/bench/bare",
    ENCODED: "/bench/bare-encoded",
    SMOREST: "/bench/smorest",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One kind of request, the goal for it, and whether the ledger is on."""

    name: str
    body: Mapping[str, Any]
    ledger: str = "off"
    goal: float | None = None
    repeated: bool = False
    views: tuple[str, ...] = (OURS, BARE, ENCODED)

    def bodies(self, count: int, *, after: int = 0) -> list[bytes]:
        """Return bodies that are equal, or that all differ so that none is known.

        `after` is how many have been asked before.
        """
        if self.repeated:
            return [orjson.dumps({**self.body, "initial_cash": 100_000})] * count
        return [
            orjson.dumps({**self.body, "initial_cash": 100_000 + number})
            for number in range(after, after + count)
        ]


def cases() -> tuple[Case, ...]:
    """Return what is measured, lightest first."""
    everything = (OURS, BARE, ENCODED, SMOREST)
    sample = {"symbol": "SPY", "csv_path": "sample_ohlcv.csv"}
    sp500 = {"symbol": "SP500", "csv_path": "sp500.csv"}
    cross = {
        **sp500,
        "strategy_type": "sma_cross",
        "strategy_params": {"fast": 10, "slow": 30},
    }
    gated = {**sp500, "gate": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"]}
    return (
        Case(name="sample, 21 bars", body=sample, goal=2.0, views=everything),
        Case(name="sp500, 5,031 bars", body=sp500, views=everything),
        Case(name="sma_cross, 5,031 bars", body=cross, goal=1.67),
        Case(name="200 signals, 5,031 bars", body=sp500 | signals(200), goal=2.5),
        Case(name="gate and ledger", body=gated, ledger="all"),
        Case(
            name="sma_cross, asked again",
            body=cross,
            goal=1.67,
            repeated=True,
        ),
        Case(
            name="gate and ledger, asked again",
            body=gated,
            ledger="all",
            goal=2.5,
            repeated=True,
        ),
    )


def signals(count: int) -> dict[str, Any]:
    """Return a strategy that buys and sells `count` times on sessions of sp500."""
    with (shipped_data_dir() / "sp500.csv").open(newline="") as file:
        reader = csv.reader(file)
        next(reader)
        dates = [row[0] for row in reader]
    chosen = dates[20 :: len(dates) // (count + 1)][:count]
    sides = ("buy", "sell") * (count // 2)
    return {
        "strategy_type": "signals",
        "strategy_params": {
            "signals": {"timestamp": chosen, "side": list(sides[: len(chosen)])}
        },
    }
