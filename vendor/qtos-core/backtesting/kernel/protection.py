"""What closes a position by itself: stops, targets, time, and the margin call.

The rules watch every price that comes after the entry: an entry at the open is
followed by its whole bar, an entry at the close or at a limit by the next bar.
Within a bar the open comes first: what it already passes fills at the open.  After
that the order of high and low is unknown, and the worse one is taken first: the
stop before the target.  The trailing stop follows the price paid and the best
price of the bars before, never of the bar it is tested on.  On a bar in which
nothing traded nothing is closed.
"""

from __future__ import annotations

import numpy as np

from backtesting.compiled import compiled
from backtesting.kernel.account import close_position
from backtesting.kernel.halts import trades_on
from backtesting.kernel.layout import (
    AVERAGE,
    BORROW_RATE,
    BORROWED,
    CASH,
    ENTRY_BAR,
    EXPOSED_FROM,
    EXTREME,
    HELD_LONG_ENOUGH,
    MAINTENANCE_MARGIN,
    MARGIN_CALLED,
    MARGIN_CALLS,
    MAX_HOLDING,
    NEXT_OPEN,
    POSITION,
    PROFIT_TAKEN,
    STOP_LOSS,
    STOPPED,
    TAKE_PROFIT,
    TRAILED,
    TRAILING_STOP,
    Book,
    Floats,
    Prices,
)


@compiled
def accrue_borrow(book: Book, previous_close: float) -> None:
    """Pay for the shares a short kept borrowed since the bar before."""
    account = book.account
    if account[POSITION] < 0.0:
        fee = -account[POSITION] * previous_close * book.terms[BORROW_RATE]
        account[CASH] -= fee
        account[BORROWED] += fee


@compiled
def has_exits(terms: Floats) -> bool:
    """Return whether any exit rule is on."""
    nearest = min(terms[STOP_LOSS], terms[TAKE_PROFIT], terms[TRAILING_STOP])
    return bool(min(nearest, terms[MAX_HOLDING]) < np.inf)


@compiled
def protect(book: Book, bar: int, prices: Prices) -> None:
    """Close the position if a rule says so on this bar; else follow its best price.

    Called once a bar, after the orders that fill at its open.
    """
    account, terms = book.account, book.terms
    if account[POSITION] == 0.0 or bar < account[EXPOSED_FROM]:
        return
    if not trades_on(prices.halted, bar):
        return
    side = 1.0 if account[POSITION] > 0.0 else -1.0
    is_due = bar - account[ENTRY_BAR] >= terms[MAX_HOLDING]
    if is_due and terms[NEXT_OPEN] != 0.0:
        close_position(book, bar, prices.open[bar], HELD_LONG_ENOUGH)
        return
    price, reason = _touched(book, bar, prices, side)
    if price > 0.0:
        account[MARGIN_CALLS] += reason == MARGIN_CALLED
        close_position(book, bar, price, reason)
    elif is_due:
        close_position(book, bar, prices.close[bar], HELD_LONG_ENOUGH)
    elif side > 0.0:
        account[EXTREME] = max(account[EXTREME], prices.high[bar])
    else:
        account[EXTREME] = min(account[EXTREME], prices.low[bar])


@compiled
def _touched(book: Book, bar: int, prices: Prices, side: float) -> tuple[float, int]:
    # Prices are multiplied by the side, so that up is good for shorts as well.
    opening = side * prices.open[bar]
    worst = side * (prices.low[bar] if side > 0.0 else prices.high[bar])
    best = side * (prices.high[bar] if side > 0.0 else prices.low[bar])
    stop, reason = _nearest_stop(book, side)
    target = side * book.account[AVERAGE] * (1.0 + side * book.terms[TAKE_PROFIT])
    if opening <= stop:
        return side * opening, reason
    if opening >= target:
        return side * opening, PROFIT_TAKEN
    if worst <= stop:
        return side * stop, reason
    if best >= target:
        return side * target, PROFIT_TAKEN
    return 0.0, reason


@compiled
def _nearest_stop(book: Book, side: float) -> tuple[float, int]:
    account, terms = book.account, book.terms
    stop, reason = side * account[AVERAGE] * (1.0 - side * terms[STOP_LOSS]), STOPPED
    trail = side * account[EXTREME] * (1.0 - side * terms[TRAILING_STOP])
    if trail > stop:
        stop, reason = trail, TRAILED
    if side < 0.0:
        # Equity is the margin required where cash - q p = m q p.
        short = -account[POSITION]
        call = -account[CASH] / (short * (1.0 + MAINTENANCE_MARGIN))
        if call > stop:
            stop, reason = call, MARGIN_CALLED
    return stop, reason
