"""Figures of a page alone, beside hand-worked numbers and pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from orchestrator.reports.measures import (
    drawdown_fan,
    histogram,
    period_returns,
    returns_of,
    rolling,
    underwater,
    worst_drawdowns,
)

# From 100 up to 120, down to 90 (25 %), back to 120, down to 108 (10 %), not recovered.
EQUITY = np.array([110.0, 120.0, 90.0, 100.0, 120.0, 130.0, 117.0])


def test_drawdowns_are_those_worked_by_hand() -> None:
    depths = underwater(EQUITY, 100.0)

    first, second = worst_drawdowns(depths)

    np.testing.assert_allclose(depths, [0.0, 0.0, -0.25, -1 / 6, 0.0, 0.0, -0.1])
    assert (first.peak, first.lowest, first.recovered) == (1, 2, 4)
    assert first.depth == pytest.approx(0.25)
    assert (second.peak, second.lowest, second.recovered) == (5, 6, None)
    assert second.depth == pytest.approx(0.1)


def test_a_fall_below_the_initial_cash_is_a_drawdown() -> None:
    (only,) = worst_drawdowns(underwater(np.array([90.0, 95.0]), 100.0))

    assert (only.peak, only.lowest, only.recovered) == (0, 0, None)
    assert only.depth == pytest.approx(0.1)


@pytest.mark.parametrize(("unit", "rule"), [("M", "ME"), ("Y", "YE")])
def test_period_returns_are_those_of_pandas(unit: str, rule: str) -> None:
    days = pd.bdate_range("2019-11-20", "2021-02-10")
    rng = np.random.default_rng(1)
    equity = 100.0 * np.exp(np.cumsum(rng.normal(0.0, 0.01, days.size)))

    labels, found = period_returns(
        days.to_numpy().astype("datetime64[ns]"), equity, 100.0, unit
    )

    ends = pd.Series(equity, index=days).resample(rule).last()
    expected = ends / ends.shift(fill_value=100.0) - 1.0
    np.testing.assert_allclose(found, expected)
    assert labels.size == expected.size


def test_rolling_figures_are_those_of_pandas() -> None:
    returns = np.random.default_rng(2).normal(0.001, 0.01, 400)

    ratio, volatility = rolling(returns, 50, 252.0)

    series = pd.Series(returns).rolling(50)
    np.testing.assert_allclose(volatility, series.std() * np.sqrt(252.0), rtol=1e-9)
    expected = series.mean() / series.std() * np.sqrt(252.0)
    np.testing.assert_allclose(ratio, expected, rtol=1e-7)


def test_a_rolling_ratio_of_what_stands_still_is_missing() -> None:
    ratio, volatility = rolling(np.zeros(60), 20, 252.0)

    assert np.isnan(ratio).all()
    assert np.nanmax(volatility) == 0.0


def test_the_fan_of_a_single_path_is_that_path() -> None:
    """Blocks as long as the run, of equal returns: every path is the same."""
    returns = np.full(40, -0.01)

    bars, cuts = drawdown_fan(returns, seed=3, block=40, horizon=40)

    expected = 1.0 - 0.99**bars
    for cut in cuts:
        np.testing.assert_allclose(cut, expected)


def test_the_fan_rises_with_time_and_with_rank() -> None:
    returns = np.random.default_rng(4).normal(0.0, 0.01, 500)

    _, cuts = drawdown_fan(returns, seed=5, block=20, horizon=250)

    assert (np.diff(cuts, axis=1) >= 0.0).all()
    assert (np.diff(cuts, axis=0) >= 0.0).all()


def test_the_histogram_counts_every_return() -> None:
    returns = np.append(np.random.default_rng(6).normal(0.0, 0.01, 999), 5.0)

    _, counts = histogram(np.append(returns, np.nan))

    assert counts.sum() == 1000


def test_returns_begin_with_the_initial_cash() -> None:
    found = returns_of(np.array([110.0, 99.0, -5.0, 1.0]), 100.0)

    np.testing.assert_allclose(found, [0.1, -0.1, -104.0 / 99.0, np.nan])
