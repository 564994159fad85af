"""Properties every metric must have, over arbitrary histories."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting.metrics import CATALOGUE, History, Reason, measure, percentiles

HistoryOf = Callable[..., History]

DECLARED = {metric.name: metric for metric in CATALOGUE}
UNITS_OF_MONEY = {m.name for m in CATALOGUE if m.unit == "money"}

EQUITY = st.lists(st.floats(1.0, 1e6), min_size=1, max_size=60)
WILD = st.lists(
    st.one_of(
        st.floats(-1e3, 1e6),
        st.sampled_from([0.0, -0.0, 1e-300, 5e-324, 1e150, 100.0]),
    ),
    min_size=1,
    max_size=60,
)
# In whole cents: a profit of 5e-324 would vanish when it is halved.
PNL = st.lists(st.integers(-(10**8), 10**8).map(lambda cents: cents / 100), max_size=20)
ROUNDING = 1e-9
modestly = settings(max_examples=100, deadline=None)


class TestEveryMetric:
    @modestly
    @given(equity=WILD, pnl=PNL, units=st.floats(-10.0, 10.0))
    def test_has_a_finite_value_or_a_declared_reason(
        self, history_of: HistoryOf, equity: list[float], pnl: list[float], units: float
    ) -> None:
        history = history_of(
            equity,
            position=np.full(len(equity), units),
            trade_pnl=pnl,
            trade_bars=[1.0] * len(pnl),
        )

        found = measure(history, periods_per_year=252.0, risk_free_rate=0.01).run

        assert not found.values.keys() & found.undefined.keys()
        assert found.values.keys() | found.undefined.keys() == DECLARED.keys()
        assert all(type(value) is float for value in found.values.values())
        assert all(math.isfinite(value) for value in found.values.values())
        for name, reason in found.undefined.items():
            assert reason in {*DECLARED[name].reasons, Reason.OVERFLOW}, name

    @modestly
    @given(equity=WILD, pnl=PNL, units=st.floats(-10.0, 10.0))
    def test_is_within_its_declared_bounds(
        self, history_of: HistoryOf, equity: list[float], pnl: list[float], units: float
    ) -> None:
        history = history_of(
            equity,
            position=np.full(len(equity), units),
            trade_pnl=pnl,
            trade_bars=[1.0] * len(pnl),
        )

        found = measure(history, periods_per_year=252.0)

        for values in (found.run.values, found.benchmark.values):
            for name, value in values.items():
                lowest, highest = DECLARED[name].lowest, DECLARED[name].highest
                assert lowest is None or value >= lowest - ROUNDING, name
                assert highest is None or value <= highest + ROUNDING, name

    @modestly
    @given(equity=EQUITY, pnl=PNL, scale=st.sampled_from([0.5, 2.0, 1024.0]))
    def test_in_money_scales_with_money_and_no_other_does(
        self, history_of: HistoryOf, equity: list[float], pnl: list[float], scale: float
    ) -> None:
        small = history_of(equity, trade_pnl=pnl, trade_bars=[1.0] * len(pnl))
        large = history_of(
            [value * scale for value in equity],
            initial_cash=100.0 * scale,
            trade_pnl=[value * scale for value in pnl],
            trade_bars=[1.0] * len(pnl),
        )

        one = measure(small, periods_per_year=252.0).run
        other = measure(large, periods_per_year=252.0).run

        assert one.undefined == other.undefined
        for name, value in one.values.items():
            factor = scale if name in UNITS_OF_MONEY else 1.0
            assert other.values[name] == pytest.approx(value * factor, rel=1e-12)

    @modestly
    @given(equity=EQUITY)
    def test_leaves_the_arrays_as_they_were(
        self, history_of: HistoryOf, equity: list[float]
    ) -> None:
        history = history_of(equity)

        measure(history, periods_per_year=252.0)

        assert history.equity.tolist() == equity
        assert history.equity.flags.writeable


class TestDrawdown:
    @modestly
    @given(equity=EQUITY)
    def test_is_the_worst_of_all_pairs(
        self, history_of: HistoryOf, equity: list[float]
    ) -> None:
        path = [100.0, *equity]
        pairs = [
            (path[i], path[j]) for i in range(len(path)) for j in range(i, len(path))
        ]

        values = measure(history_of(equity), periods_per_year=252.0).run.values

        money = max(high - low for high, low in pairs)
        percent = max((high - low) / high for high, low in pairs) * 100
        assert values["max_drawdown"] == pytest.approx(money)
        assert values["max_drawdown_pct"] == pytest.approx(percent)


class TestVariance:
    @modestly
    @given(rate=st.floats(-0.5, 2.0), count=st.integers(2, 400))
    def test_of_equal_returns_is_zero_up_to_rounding(
        self, history_of: HistoryOf, rate: float, count: int
    ) -> None:
        equity = [100.0]
        while len(equity) < count and 1e-200 < equity[-1] < 1e100:
            equity.append(equity[-1] * (1.0 + rate))
        first = equity[1] / (1.0 + rate) if len(equity) > 1 else 100.0
        history = history_of(equity[1:], initial_cash=first)

        found = measure(history, periods_per_year=252.0).run

        assert "sharpe_ratio" in found.undefined


class TestTails:
    @modestly
    @given(
        seed=st.integers(0, 2**32 - 1),
        count=st.integers(2, 3_000),
        degrees=st.sampled_from([1.0, 3.0, 30.0]),
        is_rounded=st.booleans(),
        misled=st.sampled_from([1.0, 0.0, 5.0]),
    )
    def test_are_numpys_percentiles_however_they_are_found(
        self, seed: int, count: int, degrees: float, *, is_rounded: bool, misled: float
    ) -> None:
        returns = np.random.default_rng(seed).standard_t(degrees, count)
        if is_rounded:
            returns = np.round(returns)
        low, high = np.percentile(returns, [5, 95])

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(percentiles, "LONG", 1_000)
            patch.setattr(percentiles, "SAMPLE", 200)
            deviation = float(returns.std()) * misled
            tails = percentiles.tails_of(returns, float(returns.mean()), deviation)

        assert tails.low == pytest.approx(low, rel=1e-12, abs=1e-12)
        assert tails.high == pytest.approx(high, rel=1e-12, abs=1e-12)
        assert tails.mean_below == pytest.approx(returns[returns <= tails.low].mean())

    def test_of_a_series_whose_sample_misleads_are_exact(self) -> None:
        # The strided sample sees ones alone; both tails lie between its places.
        returns = np.ones(30_000)
        step = returns.size // percentiles.SAMPLE
        returns[1::step] = -5.0
        returns[2::step] = 7.0

        tails = percentiles.tails_of(returns, 1.0, 10.0)

        assert (tails.low, tails.high) == tuple(np.percentile(returns, [5, 95]))
