"""From a change of the target level to orders, and from orders back to targets.

A level is a target position in entries: 1 is one long entry, -1 one short.  Away
from zero buys so many more entries; towards zero brings what is held down to the
new level; through zero does both.  What is held may be less than the level says,
because an entry was refused or an exit rule closed it: then an exit of what is
not held asks for nothing.
"""

from __future__ import annotations

from backtesting.compiled import compiled


@compiled
def clipped(level: float, allowed_side: float) -> float:
    """Return `level`, or 0 where the direction forbids its side."""
    return 0.0 if level * allowed_side < 0.0 else level


@compiled
def entries_held(
    held: float, aimed: float, position_then: float, position: float
) -> float:
    """Return how many entries the position stands for now.

    `held` entries stood in `position_then` when orders were last emitted, and
    `aimed` was what filling them all would make of it.
    """
    if position == 0.0:
        return 0.0
    return held if position == position_then else aimed


@compiled
def plan(held: float, previous: float, level: float) -> tuple[float, float, float]:
    """Return the entries to leave, the entries to add, and the aim.

    Parameters
    ----------
    held : float
        Entries the position stands for, never negative.
    previous, level : float
        The level before and after the change.

    Returns
    -------
    leaving, entries, aimed : float
        Numbers of entries: to leave, to add, and those the position stands for once
        both are filled.
    """
    target = abs(level)
    if level * previous < 0.0:
        return held, target, target
    if target > abs(previous):
        entries = target - abs(previous)
        return 0.0, entries, held + entries
    if held <= target * (1.0 + 1e-12):
        return 0.0, 0.0, held
    return held - target, 0.0, target


@compiled
def units_of(leaving: float, held: float, position: float) -> float:
    """Return the units of `leaving` of the `held` entries a position stands for."""
    if leaving >= held:
        return abs(position)
    # In this order a third of 150 is 50; 150 times a third is not.
    return abs(position) * leaving / held
