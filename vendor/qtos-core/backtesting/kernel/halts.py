"""Bars in which nothing traded: no order can fill on one, so decisions wait.

A bar is halted when its volume is 0 and a bar before it had volume.  Bars of a
series without volume are none, nor are those before volume was first recorded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from backtesting.compiled import compiled
from backtesting.kernel.layout import ALLOWED_SIDE, BAR, NEXT_OPEN, Floats
from backtesting.kernel.order_plan import OrderPlan

if TYPE_CHECKING:
    from backtesting.bars import Bars

Flags = NDArray[np.bool_]
NEVER: Flags = np.empty(0, dtype=np.bool_)
NEVER.flags.writeable = False


def halted_bars(bars: Bars) -> Flags:
    """Return which bars are halted; an empty array if none is."""
    return bars.remembered("halted", lambda: _halted(bars.volume))


def _halted(volume: Floats) -> Flags:
    idle: Flags = volume == 0.0
    first = int(idle.argmin())  # of a series without volume, 0
    if idle[first] or not idle[first:].any():
        return NEVER
    idle[:first] = False
    idle.flags.writeable = False
    return idle


@compiled
def trades_on(halted: Flags, bar: int) -> bool:
    """Return whether orders can fill on `bar`."""
    return halted.size == 0 or not halted[bar]


def deferred_targets(bars: Bars, targets: Floats, terms: Floats) -> tuple[Floats, int]:
    """Return the targets that can be acted on, and how many changes had to wait.

    What is decided on a bar whose fill would fall into a halt is decided on the last
    bar before trading goes on, by the target that stands then.
    """
    waits = _waiting(bars, terms)
    if not waits.size:
        return targets, 0
    rows = np.maximum.accumulate(np.where(waits, -1, np.arange(targets.size)))
    moved = np.where(rows >= 0, targets[rows], 0.0)
    moved.flags.writeable = False
    allowed = np.where(targets * terms[ALLOWED_SIDE] < 0.0, 0.0, targets)
    changes = np.diff(allowed, prepend=0.0) != 0.0
    return moved, int(np.count_nonzero(changes & waits))


def deferred_plan(bars: Bars, plan: OrderPlan, terms: Floats) -> tuple[OrderPlan, int]:
    """Return the plan with each order on a bar it can fill after, and how many wait."""
    waits = _waiting(bars, terms)
    if not waits.size or not len(plan):
        return plan, 0
    size = waits.size
    rows = np.where(waits, size, np.arange(size))
    rows = np.minimum.accumulate(rows[::-1])[::-1]
    inside = plan.bar < size
    matrix = plan.matrix.copy()
    on = plan.bar[inside].astype(np.int64)
    matrix[BAR, inside] = rows[on]
    return OrderPlan(matrix), int(np.count_nonzero(waits[on]))


def _waiting(bars: Bars, terms: Floats) -> Flags:
    """Return the bars whose decisions cannot fill where they would.

    The last bar is none: what is decided there waits for nothing.
    """
    halted = halted_bars(bars)
    if not halted.size:
        return halted
    waits = np.zeros_like(halted)
    waits[:-1] = halted[1:] if terms[NEXT_OPEN] else halted[:-1]
    return waits
