"""When each signal acts: at the first fill that could have happened after it.

Under ``next_open`` that is the open of the first bar that opens at or after the
signal, under ``close`` the close of the first bar that closes at or after it.  A
signal that is a date is known once the session of that date has closed: it fills at
the next open, or under ``close`` at that very close.  Where every signal is a midnight
of its own zone and the market is not open round the clock, midnights are dates.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backtesting.terms import Fill

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.bars import Bars
    from backtesting.timetable import BarTimes
    from orchestrator.strategies.signals.series import Signals

    Rows = NDArray[np.intp]
    Flags = NDArray[np.bool_]

_ROUND_THE_CLOCK = 0.9
"""From this share of the time on that bars cover, a market is open at midnight."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """The signals that act, in order of time, each with the bar it is decided on.

    Parameters
    ----------
    rows : ndarray of int
        Which signals they are, by their position in the request.
    bars : ndarray of int
        Position of the bar at whose close each is decided, not decreasing: the one
        before its fill under ``next_open``, that of its fill under ``close``.
    sides : ndarray of float64
        +1 a buy, -1 a sell.
    quantities : ndarray of float64
        Units; NaN where the signal gives none.
    dated : ndarray of bool
        Whether each was taken for a date.
    before_data, after_data, duplicates, moved : int
        See `SignalCounts`.
    """

    rows: Rows
    bars: Rows
    sides: NDArray[np.float64]
    quantities: NDArray[np.float64]
    dated: Flags
    before_data: int
    after_data: int
    duplicates: int
    moved: int


def place(signals: Signals, bars: Bars, fill: Fill) -> Placed:
    """Return the signals that act on `bars`, filled by `fill`."""
    times = bars.times()
    dated = _dates_among(signals, times)
    rows = _first_of_each(signals, dated)
    days, moments = signals.days[rows], signals.timestamps[rows]
    is_date = dated[rows]
    dates = np.where(is_date, days, moments.astype("datetime64[D]"))
    after = np.where(is_date, dates > times.close_dates[-1], moments > times.closes[-1])
    if fill is Fill.CLOSE:
        decided = np.where(
            is_date,
            _close_of(dates, times),
            np.searchsorted(times.closes, moments),
        )
        before = np.where(
            is_date, dates < times.open_dates[0], moments < times.opens[0]
        )
    else:
        decided = -1 + np.where(
            is_date,
            np.searchsorted(times.open_dates, dates, side="right"),
            np.searchsorted(times.opens, moments),
        )
        before = decided < 0
    acting = ~before & ~after
    order = np.argsort(decided[acting], kind="stable")
    kept = rows[acting][order]
    return Placed(
        rows=kept,
        bars=decided[acting][order],
        sides=signals.sides[kept].astype(np.float64),
        quantities=signals.quantities[kept],
        dated=dated[kept],
        before_data=int(np.count_nonzero(before)),
        after_data=int(np.count_nonzero(after)),
        duplicates=len(signals) - rows.size,
        moved=int(np.count_nonzero(_outside(dates[acting], times))),
    )


def _dates_among(signals: Signals, times: BarTimes) -> Flags:
    """Return which signals are dates."""
    if signals.dated.all() or np.isnat(signals.days).any():
        return signals.dated
    covered = (times.closes - times.opens).sum()
    if covered >= _ROUND_THE_CLOCK * (times.closes[-1] - times.opens[0]):
        return signals.dated
    return np.ones(len(signals), dtype=np.bool_)


def _close_of(dates: NDArray[np.datetime64], times: BarTimes) -> Rows:
    """Return the last bar of each date, the first one after it where it has none."""
    rows = np.searchsorted(times.close_dates, dates, side="right")
    has_bar = (rows > 0) & (times.close_dates[rows - 1] == dates)
    found: Rows = rows - has_bar
    return found


def _outside(dates: NDArray[np.datetime64], times: BarTimes) -> Flags:
    """Return which dates lie in no bar."""
    rows = np.searchsorted(times.close_dates, dates)
    inside = np.minimum(rows, times.close_dates.size - 1)
    found: Flags = (rows == times.close_dates.size) | (times.open_dates[inside] > dates)
    return found


def _first_of_each(signals: Signals, dated: Flags) -> Rows:
    """Return the rows of the first signal of each time and side, in order of time.

    Signals of one time and two sides keep the order they were given in.
    """
    moments = np.where(dated, signals.days.astype("datetime64[ns]"), signals.timestamps)
    order = np.lexsort((dated, signals.sides, moments))  # stable
    is_first = np.ones(order.size, dtype=np.bool_)
    differs = [column[order][1:] != column[order][:-1] for column in (moments, dated)]
    sides = signals.sides[order]
    is_first[1:] = differs[0] | differs[1] | (sides[1:] != sides[:-1])
    rows = np.sort(order[is_first])
    in_time: Rows = rows[np.argsort(moments[rows], kind="stable")]
    return in_time
