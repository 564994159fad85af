"""Bars, a strategy that follows a script, and an engine around it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd
import pytest

from backtesting import BacktestEngine, MarketData, PassThroughRiskManager
from qtos_core import Event, Portfolio, Signal, Strategy

Frame = Callable[..., pd.DataFrame]
Play = Callable[..., BacktestEngine]


class Script(Strategy):
    """Say what was written down for each bar: orders, or (side, quantity)."""

    def __init__(self, says: Sequence[list[Any]]) -> None:
        self.says = says
        self.payloads: list[MarketData] = []

    def on_event(
        self, event: Event, portfolio: Portfolio | None = None
    ) -> list[Signal]:
        bar = len(self.payloads)
        self.payloads.append(event.payload)
        said = self.says[bar] if bar < len(self.says) else []
        return [
            Signal("SPY", item[0], item[1], event.timestamp)
            if isinstance(item, tuple)
            else item
            for item in said
        ]


@pytest.fixture
def play() -> Play:
    """Return a maker of engines that run a script."""

    def make(
        *says: list[Any],
        cash: float = 100_000.0,
        portfolio: Portfolio | None = None,
        **options: Any,
    ) -> BacktestEngine:
        start = portfolio or Portfolio(cash=cash)
        return BacktestEngine(Script(says), PassThroughRiskManager(), start, **options)

    return make


@pytest.fixture
def frame() -> Frame:
    """Return a maker of frames: one close a day, other prices equal to it."""

    def make(
        close: Sequence[float], *, symbol: str | None = "SPY", **columns: object
    ) -> pd.DataFrame:
        index = pd.date_range("2020-01-01", periods=len(close), name="datetime")
        values = {name: list(close) for name in ("open", "high", "low", "close")}
        data = pd.DataFrame(values | columns, index=index, dtype="float64")
        data["volume"] = 1.0
        if symbol is not None:
            data.attrs["symbol"] = symbol
        return data

    return make
