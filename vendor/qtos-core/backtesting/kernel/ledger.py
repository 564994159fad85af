"""Which entries of a plan are open, as they are and as they are expected to be.

Orders are sized when they are decided, as if those before them on the same bar had
filled; the ledger keeps both that and what did fill.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from backtesting.compiled import compiled
from backtesting.kernel.layout import DUST, Floats
from backtesting.kernel.order_plan import PlanOutcome

# Rows of the ledger, one column an order of the plan.
OPEN, EXPECTED, EXPECTED_ON, ASKED = range(4)
# Its state.  What is expected stands after what is so.
(
    OLDEST,  # no entry before it is open
    OLDEST_EXPECTED,
    ENTRIES,  # how many are open
    ENTRIES_EXPECTED,
    NEWEST,  # no entry from it on is open
    AIM,  # the position once the orders decided so far are filled
    WITHOUT_EFFECT,
    CLOSED_NOTHING,
    CUT_TO_POSITION,
) = range(9)

AS_IT_IS = -1.0


class Ledger(NamedTuple):
    """What is open of each order of a plan."""

    rows: Floats
    state: Floats


def open_ledger(orders: int) -> Ledger:
    """Return the ledger of a plan nothing of which has happened."""
    rows = np.zeros((4, orders))
    rows[EXPECTED_ON] = AS_IT_IS
    return Ledger(rows, np.zeros(9))


def outcome_of(ledger: Ledger) -> PlanOutcome:
    """Return what a finished run has counted."""
    state = ledger.state
    return PlanOutcome(
        without_effect=int(state[WITHOUT_EFFECT]),
        closed_nothing=int(state[CLOSED_NOTHING]),
        cut=int(state[CUT_TO_POSITION]),
    )


@compiled
def units_of(ledger: Ledger, on: float, row: int) -> float:
    """Return the units open of an order's entry.

    `on` is `AS_IT_IS`, or the bar whose orders are being decided: then it is what
    will be open once those decided so far have filled.
    """
    is_expected = on >= 0.0 and ledger.rows[EXPECTED_ON, row] == on
    return float(ledger.rows[EXPECTED if is_expected else OPEN, row])


@compiled
def put(ledger: Ledger, on: float, row: int, units: float) -> None:
    """Write down the units open of an order's entry; see `units_of`."""
    if on >= 0.0:
        ledger.rows[EXPECTED, row], ledger.rows[EXPECTED_ON, row] = units, on
    else:
        ledger.rows[OPEN, row] = units


@compiled
def take(ledger: Ledger, on: float, row: int, units: float) -> float:
    """Take units off one entry; return how many are left to take off others."""
    held = units_of(ledger, on, row)
    if held <= 0.0:
        return units
    if units < held * (1.0 - DUST):
        put(ledger, on, row, held - units)
        return 0.0
    put(ledger, on, row, 0.0)
    ledger.state[ENTRIES + (on >= 0.0)] -= 1.0
    left = units - held
    return left if left > DUST * held else 0.0


@compiled
def take_oldest(ledger: Ledger, on: float, stop: int, units: float) -> None:
    """Take units off the entries before `stop`, the oldest first."""
    slot = OLDEST + (on >= 0.0)
    row = int(ledger.state[slot])
    while units > 0.0 and row < stop:
        units = take(ledger, on, row, units)
        row += units_of(ledger, on, row) <= 0.0
    ledger.state[slot] = row


@compiled
def forget(ledger: Ledger) -> None:
    """Close every entry: the position is gone, by whatever rule."""
    state = ledger.state
    ledger.rows[OPEN, int(state[OLDEST]) : int(state[NEWEST])] = 0.0
    state[OLDEST], state[ENTRIES] = state[NEWEST], 0.0
