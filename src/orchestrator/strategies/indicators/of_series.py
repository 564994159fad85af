"""Indicators of one series."""

from __future__ import annotations

import numpy as np
import talib
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]


def sma(series: FloatArray, bars: int) -> FloatArray:
    """Return the simple moving average, from bar ``bars - 1`` on."""
    return talib.SMA(series, bars)


def ema(series: FloatArray, bars: int) -> FloatArray:
    """Return the exponential average with weight ``2 / (bars + 1)``.

    It starts on bar ``bars - 1`` at the simple average of the first `bars` values.
    """
    return talib.EMA(series, bars)


def wma(series: FloatArray, bars: int) -> FloatArray:
    """Return the linearly weighted average, the newest bar heaviest."""
    return talib.WMA(series, bars)


def rsi(series: FloatArray, bars: int) -> FloatArray:
    """Return Wilder's relative strength index, 0 to 100, from bar `bars` on.

    A series that does not move has an index of 0.
    """
    return talib.RSI(series, bars)


def macd_lines(
    series: FloatArray, fast: int, slow: int, signal: int
) -> tuple[FloatArray, FloatArray]:
    """Return the MACD and its signal line, from bar ``slow + signal - 2`` on.

    The MACD is the fast minus the slow exponential average, both started on bar
    ``slow - 1`` as TA-Lib starts them; the signal line is its exponential average
    over `signal` bars.
    """
    line, averaged, _ = talib.MACD(series, fast, slow, signal)
    return line, averaged


def macd(
    series: FloatArray, fast: int = 12, slow: int = 26, signal: int = 9
) -> FloatArray:
    """Return the first of `macd_lines`."""
    return macd_lines(series, fast, slow, signal)[0]


def macd_signal(
    series: FloatArray, fast: int = 12, slow: int = 26, signal: int = 9
) -> FloatArray:
    """Return the second of `macd_lines`."""
    return macd_lines(series, fast, slow, signal)[1]


def bands(
    series: FloatArray, bars: int, width: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return upper, middle and lower Bollinger band.

    The middle is the simple average over `bars` bars, the others lie `width`
    population standard deviations above and below it.
    """
    upper, middle, lower = talib.BBANDS(series, bars, width, width)
    return upper, middle, lower


def bbands_upper(series: FloatArray, bars: int = 20, width: float = 2.0) -> FloatArray:
    """Return the first of `bands`."""
    return bands(series, bars, width)[0]


def bbands_middle(series: FloatArray, bars: int = 20, width: float = 2.0) -> FloatArray:
    """Return the second of `bands`."""
    return bands(series, bars, width)[1]


def bbands_lower(series: FloatArray, bars: int = 20, width: float = 2.0) -> FloatArray:
    """Return the third of `bands`."""
    return bands(series, bars, width)[2]


def roc(series: FloatArray, bars: int) -> FloatArray:
    """Return the change over `bars` bars in percent."""
    return talib.ROC(series, bars)


def highest(series: FloatArray, bars: int) -> FloatArray:
    """Return the largest of the last `bars` values, this bar's included."""
    return talib.MAX(series, bars)


def lowest(series: FloatArray, bars: int) -> FloatArray:
    """Return the smallest of the last `bars` values, this bar's included."""
    return talib.MIN(series, bars)


def stddev(series: FloatArray, bars: int) -> FloatArray:
    """Return the population standard deviation of the last `bars` values."""
    return talib.STDDEV(series, bars)
