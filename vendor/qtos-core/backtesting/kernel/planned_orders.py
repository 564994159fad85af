"""What an order of a plan asks for when it is decided, and what it does on filling.

Both the compiled loop and the event loop call these functions.
"""

from __future__ import annotations

import numpy as np

from backtesting.compiled import compiled
from backtesting.kernel.account import execute, refuse
from backtesting.kernel.layout import (
    ALLOWED_SIDE,
    CUT,
    DUST,
    ENTRY,
    FILL_REASON,
    FILLED,
    FIXED,
    NO_POSITION,
    POSITION,
    QUANTITY,
    SIDE,
    SIZING_RULE,
    UNITS,
    Book,
    Floats,
    Quote,
)
from backtesting.kernel.ledger import (
    AIM,
    AS_IT_IS,
    ASKED,
    CLOSED_NOTHING,
    CUT_TO_POSITION,
    ENTRIES,
    ENTRIES_EXPECTED,
    NEWEST,
    OLDEST,
    OLDEST_EXPECTED,
    OPEN,
    WITHOUT_EFFECT,
    Ledger,
    forget,
    put,
    take,
    take_oldest,
    units_of,
)
from backtesting.kernel.order_plan import CLOSES

NOTHING = -1.0
"""No order; an order of 0 units is one, and is refused."""
SLACK = 1e-6
"""Share of a position by which its entries may miss it: sums of many round."""


@compiled
def decide_orders(
    plan: Floats,
    ledger: Ledger,
    first: int,
    stop: int,
    position: float,
    size: float,
    terms: Floats,
    on: float,
) -> int:
    """Write down what the orders of one bar ask for; return how many ask.

    Parameters
    ----------
    plan : ndarray
        The matrix of an `OrderPlan`; its orders from `first` up to `stop`.
    ledger : Ledger
    first, stop : int
    position : float
        Units held when they are decided.
    size : float
        What the sizing rule gives an entry now.
    terms : ndarray
    on : float
        The bar; or `AS_IT_IS`, and the ledger takes every order for filled.
    """
    state = ledger.state
    if position == 0.0 and state[ENTRIES] > 0.0:
        forget(ledger)
    state[AIM] = position
    state[OLDEST_EXPECTED], state[ENTRIES_EXPECTED] = state[OLDEST], state[ENTRIES]
    asking = 0
    for row in range(first, stop):
        side = plan[SIDE, row]
        if plan[CLOSES, row] >= 0.0:
            asked = _to_close(plan, ledger, row, on)
        elif state[AIM] * side < 0.0:
            asked = _to_reduce(plan, ledger, row, on, terms)
        elif terms[ALLOWED_SIDE] * side < 0.0:
            state[WITHOUT_EFFECT] += 1.0
            asked = NOTHING
        else:
            asked = _to_enter(plan, ledger, row, on, size)
        ledger.rows[ASKED, row] = asked
        asking += asked >= 0.0
    return asking


@compiled
def fill_order(
    book: Book,
    ledger: Ledger,
    row: int,
    closes: int,
    bar: int,
    side: float,
    quantity: float,
    quote: Quote,
) -> None:
    """Fill order `row` of a plan or refuse it, and keep the ledger."""
    account, state = book.account, ledger.state
    base, slippage, exposed_from = quote
    if closes >= 0 and account[POSITION] * side >= 0.0:
        price = base * (1.0 + side * slippage)
        refuse(book, bar, side, quantity, price, NO_POSITION, quantity, 0.0)
        return
    filled, cut = int(account[FILLED]), account[CUT]
    execute(book, bar, side, quantity, base, slippage, exposed_from)
    if int(account[FILLED]) == filled:
        return
    units = book.fills[UNITS, filled]
    if book.fills[FILL_REASON, filled] == ENTRY:
        state[ENTRIES] += ledger.rows[OPEN, row] == 0.0
        ledger.rows[OPEN, row] += units
        state[OLDEST] = min(state[OLDEST], row)
        state[NEWEST] = max(state[NEWEST], row + 1)
        return
    state[CUT_TO_POSITION] += account[CUT] - cut
    if closes >= 0:
        units = take(ledger, AS_IT_IS, closes, units)
    if units > 0.0:
        take_oldest(ledger, AS_IT_IS, int(state[NEWEST]), units)
    if account[POSITION] == 0.0 and state[ENTRIES] > 0.0:
        forget(ledger)


@compiled
def _to_close(plan: Floats, ledger: Ledger, row: int, on: float) -> float:
    state, side = ledger.state, plan[SIDE, row]
    closed = int(plan[CLOSES, row])
    units = units_of(ledger, on, closed)
    if units <= 0.0 or state[AIM] * side >= 0.0:
        state[CLOSED_NOTHING] += 1.0
        return NOTHING
    take(ledger, on, closed, units)
    return _leave(ledger, row, on, side, units)


@compiled
def _to_reduce(
    plan: Floats, ledger: Ledger, row: int, on: float, terms: Floats
) -> float:
    state, units = ledger.state, plan[UNITS, row]
    if np.isnan(units) and terms[SIZING_RULE] == FIXED:
        units = terms[QUANTITY]
    elif np.isnan(units):
        units = abs(state[AIM]) / max(state[ENTRIES + (on >= 0.0)], 1.0)
    take_oldest(ledger, on, row, units)
    return _leave(ledger, row, on, plan[SIDE, row], units)


@compiled
def _to_enter(plan: Floats, ledger: Ledger, row: int, on: float, size: float) -> float:
    units = plan[UNITS, row]
    if np.isnan(units):
        units = size
    if 0.0 < units < np.inf:
        put(ledger, on, row, units)
        ledger.state[AIM] += plan[SIDE, row] * units
        ledger.state[ENTRIES + (on >= 0.0)] += 1.0
    return float(units)


@compiled
def _leave(ledger: Ledger, row: int, on: float, side: float, units: float) -> float:
    """Return what to ask for to be rid of `units`: the whole position if it is that."""
    state = ledger.state
    held = abs(state[AIM])
    is_last = state[ENTRIES + (on >= 0.0)] == 0.0
    if is_last and abs(held - units) <= SLACK * held:
        units = held
    if held - units <= DUST * units:  # the account closes all of it as well
        units = max(units, held)
        state[AIM], state[ENTRIES + (on >= 0.0)] = 0.0, 0.0
        state[OLDEST + (on >= 0.0)] = row
    else:
        state[AIM] += side * units
    return units
