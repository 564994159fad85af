"""Positions that follow from conditions bar by bar, compiled.

Each loop reads one bar at a time and nothing after it.

An average is a running sum, so over prices that stand still it differs from them by
rounding.  Two averages that differ by less than a part in 10^12 are equal here: the
smallest difference that prices in cents can make is a thousand times as large.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from backtesting.compiled import compiled

FloatArray = NDArray[np.float64]
TargetPositions = FloatArray
BoolArray = NDArray[np.bool_]
_ROUNDING = 1e-12


@compiled
def sign_of(left: float, right: float) -> float:
    """Return +1 where `left` is above `right`, -1 below, 0 if equal or undefined."""
    slack = _ROUNDING * abs(right)
    if left - right > slack:
        return 1.0
    if right - left > slack:
        return -1.0
    return 0.0


@compiled
def crossing_levels(fast: FloatArray, slow: FloatArray) -> TargetPositions:
    """Return +1 from each crossing of `fast` above `slow` on, -1 from below on.

    Zero until the first crossing: the side that the first pair is on is not one.
    A pair of equals is on the side of the pair before it.  A pair with a NaN is
    passed over.
    """
    targets = np.zeros(fast.size)
    side = 0.0
    level = 0.0
    for bar in range(fast.size):
        now = sign_of(fast[bar], slow[bar])
        if now == 0.0:
            now = side
        if side not in (0.0, now):
            level = now
        side = now
        targets[bar] = level
    return targets


@compiled
def held_between(enters: BoolArray, leaves: BoolArray) -> TargetPositions:
    """Return 1 from each bar that enters until the next that leaves, else 0.

    A bar that does both leaves.
    """
    targets = np.zeros(enters.size)
    level = 0.0
    for bar in range(enters.size):
        if leaves[bar]:
            level = 0.0
        elif enters[bar]:
            level = 1.0
        targets[bar] = level
    return targets


@compiled
def side_of(value: FloatArray, threshold: FloatArray) -> TargetPositions:
    """Return +1 where `value` is above `threshold`, -1 below, else what it was.

    Zero until both are defined.
    """
    targets = np.zeros(value.size)
    level = 0.0
    for bar in range(value.size):
        now = sign_of(value[bar], threshold[bar])
        if now != 0.0:
            level = now
        targets[bar] = level
    return targets


@compiled
def reversal_levels(index: FloatArray, lower: float, upper: float) -> TargetPositions:
    """Return +1 from each value under `lower` on, -1 from each over `upper` on."""
    targets = np.zeros(index.size)
    level = 0.0
    for bar in range(index.size):
        if index[bar] < lower:
            level = 1.0
        elif index[bar] > upper:
            level = -1.0
        targets[bar] = level
    return targets


def one_bar_later(series: FloatArray) -> FloatArray:
    """Return each bar the value of the bar before it, NaN on the first."""
    later = np.empty_like(series)
    later[0] = np.nan
    later[1:] = series[:-1]
    return later
