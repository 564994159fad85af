"""Indicators: textbook definitions, worked out beside them with pandas and loops."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from orchestrator.strategies import indicators
from orchestrator.strategies.indicators.of_series import bands, macd_lines
from tests.unit.strategies.bar_makers import random_bars

BARS = random_bars(7, 300)
CLOSE = pd.Series(BARS.close)
HIGH, LOW = pd.Series(BARS.high), pd.Series(BARS.low)
VOLUME = pd.Series(BARS.volume)


def wilder(values: pd.Series, bars: int) -> pd.Series:
    """Return Wilder's average: the mean of the first window, then by 1 / bars."""
    first = values.first_valid_index() + bars - 1
    result = pd.Series(np.nan, index=values.index)
    result[first] = values[first - bars + 1 : first + 1].mean()
    for t in range(first + 1, len(values)):
        result[t] = result[t - 1] + (values[t] - result[t - 1]) / bars
    return result


def true_range() -> pd.Series:
    before = CLOSE.shift(1)
    ranges = pd.concat(
        [HIGH - LOW, (HIGH - before).abs(), (LOW - before).abs()], axis=1
    )
    return ranges.max(axis=1).where(before.notna())


def directional_index(bars: int) -> pd.Series:
    """Return the ADX of Wilder (1978), with sums started as TA-Lib starts them."""
    up, down = HIGH.diff(), -LOW.diff()
    plus = up.where((up > down) & (up > 0), 0.0).tolist()
    minus = down.where((down > up) & (down > 0), 0.0).tolist()
    reach = true_range().tolist()
    sums = [sum(x[1:bars]) for x in (plus, minus, reach)]
    index = {}
    for t in range(bars, len(CLOSE)):
        sums = [
            s - s / bars + x[t] for s, x in zip(sums, (plus, minus, reach), strict=True)
        ]
        index[t] = 100.0 * abs(sums[0] - sums[1]) / (sums[0] + sums[1])
    result = pd.Series(np.nan, index=CLOSE.index)
    first = 2 * bars - 1
    result[first] = np.mean([index[t] for t in range(bars, first + 1)])
    for t in range(first + 1, len(CLOSE)):
        result[t] = (result[t - 1] * (bars - 1) + index[t]) / bars
    return result


def stochastic(bars: int, smooth: int, signal: int) -> tuple[pd.Series, pd.Series]:
    lowest, highest = LOW.rolling(bars).min(), HIGH.rolling(bars).max()
    slow = (100.0 * (CLOSE - lowest) / (highest - lowest)).rolling(smooth).mean()
    average = slow.rolling(signal).mean()
    return slow.where(average.notna()), average


def channel_index(bars: int) -> pd.Series:
    typical = (HIGH + LOW + CLOSE) / 3.0
    spread = typical.rolling(bars).apply(
        lambda x: np.abs(x - x.mean()).mean(), raw=True
    )
    return (typical - typical.rolling(bars).mean()) / (0.015 * spread)


def exponential(values: pd.Series, bars: int, first: int) -> pd.Series:
    result = pd.Series(np.nan, index=values.index)
    result[first] = values[first - bars + 1 : first + 1].mean()
    for t in range(first + 1, len(values)):
        result[t] = result[t - 1] + 2.0 / (bars + 1) * (values[t] - result[t - 1])
    return result


def volume_weighted(bars: int) -> pd.Series:
    typical = (HIGH + LOW + CLOSE) / 3.0
    units = VOLUME.rolling(bars).apply(np.sum, raw=True)
    value = (typical * VOLUME).rolling(bars).apply(np.sum, raw=True)
    return (value / units).where(units > 0)


def weighted(bars: int) -> pd.Series:
    weights = np.arange(1, bars + 1)
    return CLOSE.rolling(bars).apply(lambda x: x @ weights / weights.sum(), raw=True)


def strength(bars: int) -> pd.Series:
    change = CLOSE.diff()
    gain = wilder(change.clip(lower=0.0), bars)
    loss = wilder((-change).clip(lower=0.0), bars)
    return 100.0 * gain / (gain + loss)


class TestIndicators:
    @pytest.mark.parametrize(
        ("ours", "theirs"),
        [
            (indicators.sma(BARS.close, 10), CLOSE.rolling(10).mean()),
            (indicators.sma(BARS.close, 1), CLOSE),
            (indicators.ema(BARS.close, 10), exponential(CLOSE, 10, 9)),
            (indicators.wma(BARS.close, 10), weighted(10)),
            (indicators.rsi(BARS.close, 14), strength(14)),
            (indicators.roc(BARS.close, 5), 100.0 * CLOSE.pct_change(5)),
            (indicators.highest(BARS.high, 7), HIGH.rolling(7).max()),
            (indicators.lowest(BARS.low, 7), LOW.rolling(7).min()),
            (indicators.stddev(BARS.close, 20), CLOSE.rolling(20).std(ddof=0)),
            (indicators.atr(BARS, 14), wilder(true_range(), 14)),
            (indicators.adx(BARS, 14), directional_index(14)),
            (indicators.cci(BARS, 20), channel_index(20)),
            (indicators.stoch_k(BARS, 14, 3, 3), stochastic(14, 3, 3)[0]),
            (indicators.stoch_d(BARS, 14, 3, 3), stochastic(14, 3, 3)[1]),
            (
                indicators.obv(BARS),
                VOLUME[0] + (np.sign(CLOSE.diff()).fillna(0.0) * VOLUME).cumsum(),
            ),
            (indicators.vwap(BARS, 3), volume_weighted(3)),
            (indicators.vwap(BARS, 1), volume_weighted(1)),
        ],
        ids=[
            "sma",
            "sma of one bar",
            "ema",
            "wma",
            "rsi",
            "roc",
            "highest",
            "lowest",
            "stddev",
            "atr",
            "adx",
            "cci",
            "stoch_k",
            "stoch_d",
            "obv",
            "vwap",
            "vwap of one bar",
        ],
    )
    def test_agree_with_their_definition(
        self, ours: np.ndarray, theirs: pd.Series
    ) -> None:
        assert np.array_equal(np.isnan(ours), theirs.isna())
        assert ours == pytest.approx(theirs.to_numpy(), rel=1e-8, abs=1e-6, nan_ok=True)

    def test_of_macd_start_both_averages_on_one_bar(self) -> None:
        line = exponential(CLOSE, 12, 25) - exponential(CLOSE, 26, 25)
        signal = exponential(line, 9, 33)

        ours, averaged = macd_lines(BARS.close, 12, 26, 9)

        expected = line.where(signal.notna()).to_numpy()
        assert ours == pytest.approx(expected, rel=1e-8, nan_ok=True)
        assert averaged == pytest.approx(signal.to_numpy(), rel=1e-8, nan_ok=True)
        assert np.array_equal(ours, indicators.macd(BARS.close), equal_nan=True)
        assert np.array_equal(
            averaged, indicators.macd_signal(BARS.close), equal_nan=True
        )

    def test_of_bollinger_lie_about_the_average(self) -> None:
        middle, deviation = CLOSE.rolling(20).mean(), CLOSE.rolling(20).std(ddof=0)

        upper, average, lower = bands(BARS.close, 20, 2.5)

        for ours, theirs in (
            (upper, middle + 2.5 * deviation),
            (average, middle),
            (lower, middle - 2.5 * deviation),
        ):
            assert ours == pytest.approx(theirs.to_numpy(), rel=1e-9, nan_ok=True)
        assert np.array_equal(
            upper, indicators.bbands_upper(BARS.close, 20, 2.5), equal_nan=True
        )
