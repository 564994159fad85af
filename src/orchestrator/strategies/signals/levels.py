"""Targets that follow from placed signals, compiled."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from orchestrator.strategies.states import compiled

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.intp]

_CRUMB = 1e-12
"""Share of what was added up under which a sum of entries and exits is zero."""


@compiled
def running_levels(
    bars: IntArray, steps: FloatArray, size: int, limits: tuple[float, float]
) -> tuple[FloatArray, int, int]:
    """Return levels by which each signal adds to its side or reduces the other.

    A signal against the position reduces it, at most to flat; from flat it opens
    its own side, within `limits`.

    Parameters
    ----------
    bars : ndarray of int
        The bar of each signal, not decreasing.
    steps : ndarray of float64
        Signed sizes in multiples of one entry.
    size : int
        Number of bars.
    limits : tuple of float
        Lowest and highest level the direction allows.

    Returns
    -------
    tuple
        The levels, how many signals had no effect, and how many were cut.
    """
    levels = np.zeros(size)
    level = 0.0
    idle = 0
    cut = 0
    signal = 0
    for bar in range(size):
        while signal < bars.size and bars[signal] == bar:
            wanted = level + steps[signal]
            if level * wanted < 0.0 or abs(wanted) <= _CRUMB * abs(level):
                if abs(wanted) > _CRUMB * abs(level):
                    cut += 1
                wanted = 0.0
            wanted = min(max(wanted, limits[0]), limits[1])
            if wanted == level:
                idle += 1
            level = wanted
            signal += 1
        levels[bar] = level
    return levels, idle, cut


@compiled
def timed_levels(
    bars: IntArray, steps: FloatArray, size: int, hold_bars: int
) -> FloatArray:
    """Return levels by which each signal is held for `hold_bars` bars on its own.

    Entries overlap: the level is the sum of those that are held, shorts negative.

    Parameters
    ----------
    bars, steps, size
        See `running_levels`.
    hold_bars : int
        The entry of bar ``t`` is out again on bar ``t + hold_bars``.
    """
    levels = np.zeros(size)
    level = 0.0
    gross = 0.0
    entering = 0
    leaving = 0
    for bar in range(size):
        while leaving < entering and bars[leaving] + hold_bars <= bar:
            level -= steps[leaving]
            leaving += 1
        while entering < bars.size and bars[entering] == bar:
            level += steps[entering]
            gross = max(gross, abs(steps[entering]))
            entering += 1
        if leaving == entering or abs(level) <= _CRUMB * gross:
            level = 0.0
        levels[bar] = level
    return levels
