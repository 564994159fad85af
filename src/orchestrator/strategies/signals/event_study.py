"""What prices did after the caller's signals, against all bars of the same data.

An event is a bar on which signals of one side act.  Its forward return after ``h``
bars is what holding for ``h`` bars would have earned, before costs:

* fill ``close``: ``close[t + h] / close[t] - 1``;
* fill ``next_open``: ``open[t + 1 + h] / open[t + 1] - 1``.

Returns are those of the price for either side, so after a good *sell* they are
negative.  An event too near the end of the data for the whole horizon is left out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backtesting.bars import Bars
from backtesting.compiled import compiled
from backtesting.terms import Fill
from orchestrator.described import described

HORIZONS = (1, 5, 10, 20)
"""Bars after which forward returns are taken."""

FloatArray = NDArray[np.float64]
_MINIMUM_EVENTS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardReturns:
    """What prices did after the signals of one side, over one horizon.

    `t_statistic` is Welch's t of the events' mean against the mean of all bars: their
    difference over ``sqrt(s_e^2 / n_e + s_a^2 / n_a)``, ddof = 1.
    """

    events: int = described("Signals with a whole window after them")
    overlapping: int = described(
        "Of those, how many came before the window of the one before had ended: they "
        "share returns, and make `t_statistic` larger than it ought to be"
    )
    mean_return_pct: float | None = described(
        "Mean forward return, in percent", absent=True
    )
    t_statistic: float | None = described("Welch's t against all bars", absent=True)
    undefined: str | None = described(
        "Why there is none: `no_events`, `one_event` or `zero_variance`", absent=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AllBars:
    """What prices did after every bar."""

    windows: int = described("Windows of this length in the data")
    mean_return_pct: float | None = described(
        "Mean forward return, in percent", absent=True
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Horizon:
    """Forward returns after a number of bars."""

    bars: int = described("How many bars after the signal")
    all_bars: AllBars = described("Every bar of the same data")
    buy: ForwardReturns = described("After buys")
    sell: ForwardReturns = described("After sells")


@dataclass(frozen=True, slots=True, kw_only=True)
class EventStudyFigures:
    """What the prices did after the caller's own signals."""

    fill: Fill = described("Where windows begin")
    horizons: tuple[Horizon, ...] = described("After 1, 5, 10 and 20 bars")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EventStudy:
    """An event study that is worked out when it is asked for.

    Parameters
    ----------
    bars : Bars
    buys, sells : ndarray of int
        Strictly increasing positions of the bars that signals of a side act on.
    """

    bars: Bars
    buys: NDArray[np.intp]
    sells: NDArray[np.intp]

    def horizons(self, fill: Fill) -> tuple[Horizon, ...]:
        """Return the figures for each of `HORIZONS`, entering as `fill` says."""
        if fill is Fill.CLOSE:
            prices, delay = self.bars.close, 0
        else:
            prices, delay = self.bars.open, 1
        return tuple(self._horizon(prices, delay, bars) for bars in HORIZONS)

    def figures(self, fill: Fill) -> EventStudyFigures:
        """Return the study, entering as `fill` says."""
        return EventStudyFigures(fill=fill, horizons=self.horizons(fill))

    def _horizon(self, prices: FloatArray, delay: int, bars: int) -> Horizon:
        entries = prices[delay:]
        windows = max(entries.size - bars, 0)
        moments = _moments_of_all(entries, bars)
        return Horizon(
            bars=bars,
            all_bars=AllBars(
                windows=windows,
                mean_return_pct=100.0 * moments[0] if windows else None,
            ),
            buy=_forward(self.buys, entries, bars, moments),
            sell=_forward(self.sells, entries, bars, moments),
        )


@compiled
def _moments_of_all(prices: FloatArray, bars: int) -> tuple[float, float]:
    """Return mean and sample variance of all forward returns, in two passes."""
    windows = prices.size - bars
    if windows < 1:
        return 0.0, 0.0
    mean = 0.0
    for bar in range(windows):
        mean += prices[bar + bars] / prices[bar]
    mean = mean / windows - 1.0
    if windows == 1:
        return mean, 0.0
    squares = 0.0
    for bar in range(windows):
        deviation = prices[bar + bars] / prices[bar] - 1.0 - mean
        squares += deviation * deviation
    return mean, squares / (windows - 1)


def _moments(returns: FloatArray) -> tuple[float, float]:
    """Return mean and sample variance; zero where there is too little."""
    if returns.size == 0:
        return 0.0, 0.0
    mean = float(returns.sum()) / returns.size
    if returns.size == 1:
        return mean, 0.0
    deviations = returns - mean
    return mean, float(deviations @ deviations) / (returns.size - 1)


def _forward(
    events: NDArray[np.intp],
    prices: FloatArray,
    bars: int,
    moments_of_all: tuple[float, float],
) -> ForwardReturns:
    windows = max(prices.size - bars, 0)
    inside = events[: np.searchsorted(events, windows)]
    chosen = prices[inside + bars] / prices[inside] - 1.0
    mean, variance = _moments(chosen)
    t_statistic, undefined = None, _reason(chosen, variance)
    if undefined is None:
        mean_of_all, variance_of_all = moments_of_all
        error = math.sqrt(variance / chosen.size + variance_of_all / windows)
        t_statistic = (mean - mean_of_all) / error
    return ForwardReturns(
        events=chosen.size,
        overlapping=int(np.count_nonzero(inside[1:] - inside[:-1] < bars)),
        mean_return_pct=100.0 * mean if chosen.size else None,
        t_statistic=t_statistic,
        undefined=undefined,
    )


def _reason(chosen: FloatArray, variance: float) -> str | None:
    if chosen.size == 0:
        return "no_events"
    if chosen.size < _MINIMUM_EVENTS:
        return "one_event"
    # Equal returns leave a variance of rounding, not of chance; they are differences
    # of ratios near one, so it is one that was rounded.
    if math.sqrt(variance) <= 16 * np.finfo(np.float64).eps * (1.0 + abs(chosen).max()):
        return "zero_variance"
    return None
