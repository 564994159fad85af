"""Observers: they see every trade and change none."""

from __future__ import annotations

import numpy as np
import pytest

from backtesting import Direction, Fill, Sizing, Terms, simulate
from orchestrator.hooks.base import HookContext
from orchestrator.hooks.observers.exposure_log import ExposureLog, ExposureLogParams
from orchestrator.hooks.observers.instants import iso
from qtos_core import Portfolio
from tests.unit.hooks.runs import run
from tests.unit.strategies.bar_makers import closes

TERMS = Terms(
    initial_cash=1000.0,
    fill=Fill.CLOSE,
    sizing=Sizing(quantity=10.0),
    direction=Direction.BOTH,
)
BARS = closes([10.0, 20.0, 30.0, 30.0])
LEVELS = [1, 1, -1, -1]


class TestTimestamps:
    def test_keep_their_fractions(self) -> None:
        assert iso(np.datetime64("2020-01-01T09:30:00", "ns")) == "2020-01-01T09:30:00Z"
        assert iso(np.datetime64("2020-01-01T09:30:00.5", "ns")).endswith(".500000000Z")


class TestTradeLog:
    def test_records_each_trade_and_what_it_left(self) -> None:
        report = run(BARS, LEVELS, TERMS, "observers", "trade_log").report

        assert (report["trades"], report["omitted"]) == (3, 0)
        assert report["entries"][1] == {
            "timestamp": "2020-01-03T00:00:00Z",
            "side": "sell",
            "quantity": 10.0,
            "price": 30.0,
            "commission": 0.0,
            "slippage": 0.0,
            "reason": "exit",
            "position": 0.0,
            "cash": 1200.0,
            "equity": 1200.0,
        }

    def test_counts_what_it_leaves_out(self) -> None:
        report = run(
            BARS, LEVELS, TERMS, "observers", "trade_log", max_entries=1
        ).report

        assert (report["trades"], report["omitted"]) == (3, 2)
        assert len(report["entries"]) == 1


def portfolio(cash: float, position: float, price: float) -> Portfolio:
    held = Portfolio(cash, {"X": position})
    held.marks["X"] = price
    held.bar_index = 0
    return held


class TestExposureLog:
    def test_does_not_measure_a_share_of_no_equity(self) -> None:
        context = HookContext(bars=BARS, terms=TERMS, symbol="X")
        log = ExposureLog(ExposureLogParams(), context)

        log.on_bar(portfolio(cash=100.0, position=-10.0, price=10.0))
        log.on_bar(portfolio(cash=100.0, position=10.0, price=10.0))

        report = log.report()
        assert (report["bars"], report["bars_without_equity"]) == (1, 1)
        assert report["mean_pct"] == pytest.approx(50.0)

    def test_measures_the_share_of_equity_in_the_market(self) -> None:
        report = run(BARS, LEVELS, TERMS, "observers", "exposure_log").report

        # As decided: flat on bar 0, 200 of 1100, 300 of 1200, short 300 of 1200.
        shares = [0.0, 100 * 200 / 1100, 25.0, -25.0]
        assert report["bars"] == 4
        assert (report["bars_long"], report["bars_short"]) == (2, 1)
        assert report["highest_pct"] == pytest.approx(25.0)
        assert report["lowest_pct"] == pytest.approx(-25.0)
        assert report["mean_pct"] == pytest.approx(sum(shares) / 4)
        assert [entry["exposure_pct"] for entry in report["entries"]] == pytest.approx(
            [10.0, 0.0, -25.0]
        )


@pytest.mark.parametrize("observer", ["trade_log", "exposure_log"])
def test_a_watched_run_is_the_run_unwatched(observer: str) -> None:
    alone = simulate(BARS, np.array(LEVELS, dtype=float), TERMS)

    watched = run(BARS, LEVELS, TERMS, "observers", observer).result.simulation

    assert watched is not None
    assert watched.equity == pytest.approx(alone.equity, rel=1e-12)
    assert watched.fills.price.tolist() == alone.fills.price.tolist()
