"""The orders that follow from placed signals, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backtesting.compiled import compiled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]


@compiled
def planned(  # noqa: PLR0917 -- compiled code takes no keywords
    bars: IntArray,
    sides: FloatArray,
    quantities: FloatArray,
    size: int,
    hold_bars: int,
) -> FloatArray:
    """Return the matrix of an `OrderPlan`: an order a signal, and their exits.

    Parameters
    ----------
    bars : ndarray of int
        The bar of each signal, not decreasing.
    sides, quantities : ndarray of float64
        +1 or -1; units, NaN where the signal gives none.
    size : int
        Number of bars.
    hold_bars : int
        An order decided on bar ``t`` is closed by one decided on ``t + hold_bars``,
        unless the data ends before; 0 closes none.

    Notes
    -----
    Exits come before the signals of their bar.
    """
    leaving = np.searchsorted(bars, size - hold_bars) if hold_bars > 0 else 0
    matrix = np.empty((4, bars.size + leaving))
    rows = np.empty(bars.size)
    left = signal = 0
    for row in range(bars.size + leaving):
        due = left < leaving
        if due and signal < bars.size:
            due = bars[left] + hold_bars <= bars[signal]
        if due:
            matrix[0, row], matrix[1, row] = bars[left] + hold_bars, -sides[left]
            matrix[2, row], matrix[3, row] = np.nan, rows[left]
            left += 1
        else:
            matrix[0, row], matrix[1, row] = bars[signal], sides[signal]
            matrix[2, row], matrix[3, row] = quantities[signal], -1.0
            rows[signal] = row
            signal += 1
    return matrix
