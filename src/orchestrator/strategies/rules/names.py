"""The indicators a rule may name: their arguments, look-back and work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from backtesting.bars import COLUMNS as BAR_COLUMNS
from orchestrator.strategies import indicators

FloatArray = NDArray[np.float64]

COLUMNS = BAR_COLUMNS
MAX_LOOKBACK = 10_000
SERIES = "x"
"""What the first argument is called where it is a series."""


@dataclass(frozen=True, slots=True)
class Setting:
    """A literal argument: a whole number of bars, or any number over `least`."""

    name: str
    default: float | None = None
    least: float = 1
    whole: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class IndicatorName:
    """One indicator of the language.

    Parameters
    ----------
    settings : tuple of Setting
        Literal arguments, those with defaults last.
    of_series : bool
        Whether the first argument is a series; else it reads the bars themselves.
    columns : tuple of str
        Series of the bars that may be written out before the settings,
        ``atr(high, low, close, 14)`` for ``atr(14)``.
    lookback : callable
        Bars before this one that the first value needs, from the settings.
    scans : bool
        Whether the work on one bar grows with the period.
    compute : callable
        ``compute(series or bars, *settings) -> array``.
    """

    settings: tuple[Setting, ...]
    of_series: bool
    columns: tuple[str, ...] = ()
    lookback: Callable[..., int]
    scans: bool = False
    compute: Callable[..., FloatArray]

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the names of its arguments, in their order."""
        names = tuple(setting.name for setting in self.settings)
        return (SERIES, *names) if self.of_series else names


def _window(bars: int, *_: float) -> int:
    return bars - 1


def _after(bars: int, *_: float) -> int:
    return bars


def _of_series(
    compute: Callable[..., FloatArray],
    *settings: Setting,
    lookback: Callable[..., int] = _window,
    scans: bool = False,
) -> IndicatorName:
    return IndicatorName(
        settings=settings,
        of_series=True,
        lookback=lookback,
        scans=scans,
        compute=compute,
    )


def _of_bars(
    compute: Callable[..., FloatArray],
    *settings: Setting,
    columns: tuple[str, ...],
    lookback: Callable[..., int],
    scans: bool = False,
) -> IndicatorName:
    return IndicatorName(
        settings=settings,
        of_series=False,
        columns=columns,
        lookback=lookback,
        scans=scans,
        compute=compute,
    )


_BARS = Setting("n")
_TWO_BARS = Setting("n", least=2)
_MACD = (
    Setting("fast", 12, least=2),
    Setting("slow", 26, least=2),
    Setting("signal", 9),
)
_BANDS = (
    Setting("n", 20, least=2),
    Setting("width", 2.0, least=0.0, whole=False),
)
_STOCHASTIC = (Setting("n", 14), Setting("smooth", 3), Setting("signal", 3))
_RANGE = ("high", "low", "close")


def _macd_lookback(fast: int, slow: int, signal: int) -> int:
    return max(fast, slow) + signal - 2


def _stochastic_lookback(bars: int, smooth: int, signal: int) -> int:
    return bars + smooth + signal - 3


INDICATORS: Mapping[str, IndicatorName] = MappingProxyType(
    {
        "sma": _of_series(indicators.sma, _BARS),
        "ema": _of_series(indicators.ema, _BARS),
        "wma": _of_series(indicators.wma, _BARS),
        "rsi": _of_series(indicators.rsi, Setting("n", 14, least=2), lookback=_after),
        "macd": _of_series(indicators.macd, *_MACD, lookback=_macd_lookback),
        "macd_signal": _of_series(
            indicators.macd_signal, *_MACD, lookback=_macd_lookback
        ),
        "bbands_upper": _of_series(indicators.bbands_upper, *_BANDS),
        "bbands_middle": _of_series(indicators.bbands_middle, *_BANDS),
        "bbands_lower": _of_series(indicators.bbands_lower, *_BANDS),
        "roc": _of_series(indicators.roc, _BARS, lookback=_after),
        "highest": _of_series(indicators.highest, _TWO_BARS, scans=True),
        "lowest": _of_series(indicators.lowest, _TWO_BARS, scans=True),
        "stddev": _of_series(indicators.stddev, _TWO_BARS),
        "atr": _of_bars(
            indicators.atr, Setting("n", 14), columns=_RANGE, lookback=_after
        ),
        "adx": _of_bars(
            indicators.adx,
            Setting("n", 14, least=2),
            columns=_RANGE,
            lookback=lambda bars: 2 * bars - 1,
        ),
        "cci": _of_bars(
            indicators.cci,
            Setting("n", 20, least=2),
            columns=_RANGE,
            lookback=_window,
            scans=True,
        ),
        "stoch_k": _of_bars(
            indicators.stoch_k,
            *_STOCHASTIC,
            columns=_RANGE,
            lookback=_stochastic_lookback,
            scans=True,
        ),
        "stoch_d": _of_bars(
            indicators.stoch_d,
            *_STOCHASTIC,
            columns=_RANGE,
            lookback=_stochastic_lookback,
            scans=True,
        ),
        "obv": _of_bars(
            indicators.obv, columns=("close", "volume"), lookback=lambda: 0
        ),
        "vwap": _of_bars(
            indicators.vwap,
            _BARS,
            columns=(*_RANGE, "volume"),
            lookback=_window,
            scans=True,
        ),
    }
)
"""Every indicator by name; docs/rules.md lists them."""

FUNCTIONS = (*INDICATORS, "shift", "crosses_above", "crosses_below")
