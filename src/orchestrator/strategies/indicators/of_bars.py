"""Indicators of prices and volume together."""

from __future__ import annotations

import numpy as np
import talib
from numpy.typing import NDArray

from backtesting.bars import Bars

FloatArray = NDArray[np.float64]


def atr(bars: Bars, period: int) -> FloatArray:
    """Return Wilder's average true range, from bar `period` on."""
    return talib.ATR(bars.high, bars.low, bars.close, period)


def adx(bars: Bars, period: int) -> FloatArray:
    """Return Wilder's average directional index, from bar ``2 * period - 1`` on."""
    return talib.ADX(bars.high, bars.low, bars.close, period)


def cci(bars: Bars, period: int) -> FloatArray:
    """Return the commodity channel index."""
    return talib.CCI(bars.high, bars.low, bars.close, period)


def stoch_k(bars: Bars, period: int, smooth: int, signal: int) -> FloatArray:
    """Return the slow stochastic %K: `smooth` bars' mean of the place in the range."""
    return _stochastic(bars, period, smooth, signal)[0]


def stoch_d(bars: Bars, period: int, smooth: int, signal: int) -> FloatArray:
    """Return the slow stochastic %D: `signal` bars' mean of %K."""
    return _stochastic(bars, period, smooth, signal)[1]


def _stochastic(
    bars: Bars, period: int, smooth: int, signal: int
) -> tuple[FloatArray, FloatArray]:
    return talib.STOCH(
        bars.high,
        bars.low,
        bars.close,
        fastk_period=period,
        slowk_period=smooth,
        slowd_period=signal,
    )


def obv(bars: Bars) -> FloatArray:
    """Return on-balance volume, which starts at the first bar's volume."""
    return talib.OBV(bars.close, bars.volume)


def vwap(bars: Bars, period: int) -> FloatArray:
    """Return the volume-weighted mean of typical prices over `period` bars.

    NaN where none of those bars traded.
    """
    typical = (bars.high + bars.low + bars.close) / 3.0
    traded = talib.SMA(typical * bars.volume, period)
    units = talib.SMA(bars.volume, period)
    # A running sum leaves crumbs of what went out; ask for a traded bar outright.
    busiest = bars.volume if period == 1 else talib.MAX(bars.volume, period)
    weighted = np.full(len(bars), np.nan)
    np.divide(traded, units, out=weighted, where=busiest > 0.0)
    return weighted
