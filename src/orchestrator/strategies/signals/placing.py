"""Which bar each signal acts on.

A signal acts on the first bar whose label is at or after its time, so never on a
bar that began before it.  Signals before the first label or after the last are
outside the data.  Of signals with one time and one side the first given acts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backtesting.bars import Bars
from orchestrator.strategies.signals.series import Signals


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Placed:
    """The signals that act, in order of time, each with its bar.

    Parameters
    ----------
    bars : ndarray of int
        Positions of bars, not decreasing.
    sides : ndarray of float64
        +1 a buy, -1 a sell.
    quantities : ndarray of float64
        Units; NaN where the signal gives none.
    before_data, after_data, duplicates, moved : int
        See `SignalCounts`.
    """

    bars: NDArray[np.intp]
    sides: NDArray[np.float64]
    quantities: NDArray[np.float64]
    before_data: int
    after_data: int
    duplicates: int
    moved: int


def place(signals: Signals, bars: Bars) -> Placed:
    """Return the signals that act on `bars`."""
    unique = _first_of_each(signals)
    times = signals.timestamps[unique]
    before = times < bars.timestamps[0]
    after = times > bars.timestamps[-1]
    acting = unique[~before & ~after]
    times = signals.timestamps[acting]
    positions = np.searchsorted(bars.timestamps, times, side="left")
    return Placed(
        bars=positions,
        sides=signals.sides[acting].astype(np.float64),
        quantities=signals.quantities[acting],
        before_data=int(before.sum()),
        after_data=int(after.sum()),
        duplicates=len(signals) - unique.size,
        moved=int(np.count_nonzero(bars.timestamps[positions] != times)),
    )


def _first_of_each(signals: Signals) -> NDArray[np.intp]:
    """Return the rows of the first signal of each time and side, in order of time.

    Signals of one time and two sides keep the order they were given in.
    """
    order = np.lexsort((signals.sides, signals.timestamps))  # stable
    times, sides = signals.timestamps[order], signals.sides[order]
    is_first = np.ones(order.size, dtype=np.bool_)
    is_first[1:] = (times[1:] != times[:-1]) | (sides[1:] != sides[:-1])
    rows = np.sort(order[is_first])
    in_time: NDArray[np.intp] = rows[
        np.argsort(signals.timestamps[rows], kind="stable")
    ]
    return in_time
