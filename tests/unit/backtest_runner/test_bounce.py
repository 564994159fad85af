"""The bounce between bid and ask, against a spread that is put in by hand."""

from __future__ import annotations

import numpy as np
import pytest

from backtesting import Bars, Costs, Fill, Sizing, Terms, simulate
from backtesting.metrics import measure
from orchestrator.backtest_runner.execution import history_of
from orchestrator.backtest_runner.warnings import warnings_of

HALF_SPREAD_BPS = 3.0


def minutes(seed: int, *, half_spread_bps: float, size: int = 20_000) -> Bars:
    """Return minutes of a random walk, each traded at its bid or its ask."""
    rng = np.random.default_rng(seed)
    middle = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 2e-4, size)))
    close = middle * (1.0 + rng.choice([-1.0, 1.0], size) * half_spread_bps / 1e4)
    opening = np.concatenate((close[:1], close[:-1]))
    return Bars.checked(
        timestamps=np.datetime64("2024-01-02T00:00", "m") + np.arange(size),
        open=opening,
        high=np.maximum(opening, close),
        low=np.minimum(opening, close),
        close=close,
        volume=np.ones(size),
    )


def codes(
    bars: Bars, *, fill: Fill = Fill.CLOSE, slippage_bps: float = 0.0
) -> set[str]:
    """Return the warnings of a run that buys each fall and sells each rise."""
    fades = (np.diff(bars.close, prepend=bars.close[0]) < 0.0).astype(np.float64)
    terms = Terms(
        fill=fill,
        costs=Costs(slippage_bps=slippage_bps),
        sizing=Sizing(quantity=100.0),
    )
    done = simulate(bars, fades, terms)
    measured = measure(
        history_of(done), periods_per_year=252 * 1440, risk_free_rate=0.0
    )
    return {warning.code for warning in warnings_of(done, measured.run, "rules")}


class TestTheBounce:
    @pytest.mark.parametrize("seed", range(5))
    @pytest.mark.parametrize(
        ("slippage_bps", "warned"),
        [(0.0, True), (0.5, True), (2.0, True), (4.0, False)],
    )
    def test_is_warned_of_until_costs_are_half_the_spread(
        self, seed: int, slippage_bps: float, warned: bool
    ) -> None:
        bars = minutes(seed, half_spread_bps=HALF_SPREAD_BPS)

        found = codes(bars, slippage_bps=slippage_bps)

        assert ("bid_ask_bounce" in found) == warned

    def test_is_not_seen_where_there_is_none(self) -> None:
        seen = [
            "bid_ask_bounce" in codes(minutes(seed, half_spread_bps=0.0))
            for seed in range(20)
        ]

        assert sum(seen) <= 2  # one walk in forty looks like it by chance

    def test_is_not_earned_at_the_next_open_nor_judged_of_days(self) -> None:
        bars = minutes(1, half_spread_bps=HALF_SPREAD_BPS)

        assert "bid_ask_bounce" not in codes(bars, fill=Fill.NEXT_OPEN)
        days = np.datetime64("1990-01-01", "D") + np.arange(2_000)
        columns = {
            name: getattr(bars, name)[:2_000]
            for name in ("open", "high", "low", "close", "volume")
        }
        assert "bid_ask_bounce" not in codes(Bars.checked(timestamps=days, **columns))
