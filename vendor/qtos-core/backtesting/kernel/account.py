"""What an order does to the account: checks, price, costs, and the record of it.

Both the compiled loop and the event loop call these functions, so there is one
arithmetic.  Cash pays ``quantity x price + commission`` on a buy and receives
``quantity x price - commission`` on a sale, where the price has slipped against
the trader.  Whatever opens a position must be affordable with its costs: a long
out of cash, a short out of the equity that earlier shorts have not yet pledged.
Whatever closes one always goes through.
"""

from __future__ import annotations

import numpy as np

from backtesting.compiled import compiled
from backtesting.kernel.layout import (
    ALLOWED_SIDE,
    AVAILABLE,
    AVERAGE,
    BAR,
    CASH,
    COMMISSION,
    COMMISSION_MINIMUM,
    COMMISSION_PER_SHARE,
    COMMISSION_RATE,
    CUT,
    DUST,
    EMITTED,
    ENTRY,
    ENTRY_BAR,
    EXIT,
    EXPIRED,
    EXPOSED_FROM,
    EXTREME,
    FILL_REASON,
    FILLED,
    FIXED,
    INSUFFICIENT_CASH,
    INSUFFICIENT_MARGIN,
    INVALID_QUANTITY,
    LIMIT_EXPIRED,
    LOT,
    NEEDED,
    NO_POSITION,
    NO_REASON,
    POSITION,
    PRICE,
    REJECTED,
    REJECTION_REASON,
    ROUNDED,
    SIDE,
    SIZING_RULE,
    SLIPPAGE,
    SLIPPAGE_RATE,
    UNITS,
    ZERO_QUANTITY,
    Book,
    Floats,
)


@compiled
def commission_of(terms: Floats, quantity: float, price: float) -> float:
    """Return the commission of a fill, in money."""
    rate = price * terms[COMMISSION_RATE] + terms[COMMISSION_PER_SHARE]
    return float(max(quantity * rate, terms[COMMISSION_MINIMUM]))


@compiled
def affordable(terms: Floats, available: float, price: float) -> float:
    """Return the most units whose price and commission `available` pays for."""
    unit = price * (1.0 + terms[COMMISSION_RATE]) + terms[COMMISSION_PER_SHARE]
    quantity = min(available / unit, (available - terms[COMMISSION_MINIMUM]) / price)
    if not quantity > 0.0:
        return 0.0
    # The division rounds to nearest, which may be a hair too much.
    while quantity * price + commission_of(terms, quantity, price) > available:
        quantity = np.nextafter(quantity, 0.0)
    return float(quantity)


@compiled
def whole_lots(terms: Floats, quantity: float) -> float:
    """Return `quantity` cut down to a multiple of the lot size."""
    lot = terms[LOT]
    if lot <= 0.0:
        return quantity
    # 0.3 / 0.1 is 2.9999999999999996, and three lots all the same.
    cut = np.floor(quantity / lot * (1.0 + 1e-12)) * lot
    return quantity if cut >= quantity * (1.0 - 1e-12) else float(cut)


@compiled
def refuse(
    book: Book,
    bar: int,
    side: float,
    quantity: float,
    price: float,
    reason: int,
    needed: float,
    available: float,
) -> int:
    """Record an order that was not filled and return `reason`."""
    account, record = book.account, book.rejections
    row = int(account[REJECTED] + account[EXPIRED])
    record[BAR, row] = bar
    record[SIDE, row] = side
    record[UNITS, row] = quantity
    record[PRICE, row] = price
    record[REJECTION_REASON, row] = reason
    record[NEEDED, row] = needed
    record[AVAILABLE, row] = available
    account[EXPIRED if reason == LIMIT_EXPIRED else REJECTED] += 1.0
    return reason


@compiled
def fill(
    book: Book,
    bar: int,
    side: float,
    quantity: float,
    base: float,
    price: float,
    reason: int,
    exposed_from: int,
) -> None:
    """Book a fill that has been checked; `base` is the price before slippage."""
    account, record = book.account, book.fills
    commission = commission_of(book.terms, quantity, price)
    position = account[POSITION]
    after = position + side * quantity
    if position * side >= 0.0:
        if position == 0.0:
            account[ENTRY_BAR] = bar
            account[EXPOSED_FROM] = exposed_from
            account[EXTREME] = account[AVERAGE] = price
        else:
            held = abs(position) * account[AVERAGE]
            account[AVERAGE] = (held + quantity * price) / abs(after)
    account[CASH] -= side * quantity * price + commission
    account[POSITION] = after
    row = int(account[FILLED])
    record[BAR, row] = bar
    record[SIDE, row] = side
    record[UNITS, row] = quantity
    record[PRICE, row] = price
    record[COMMISSION, row] = commission
    record[SLIPPAGE, row] = abs(price - base) * quantity
    record[FILL_REASON, row] = reason
    account[FILLED] += 1.0


@compiled
def close_position(book: Book, bar: int, base: float, reason: int) -> None:
    """Close the whole position at `base`, by a rule and not by an order."""
    account = book.account
    side = -1.0 if account[POSITION] > 0.0 else 1.0
    price = base * (1.0 + side * book.terms[SLIPPAGE_RATE])
    account[EMITTED] += 1.0
    fill(book, bar, side, abs(account[POSITION]), base, price, reason, bar + 1)


@compiled
def execute(
    book: Book,
    bar: int,
    side: float,
    quantity: float,
    base: float,
    slippage: float,
    exposed_from: int,
) -> int:
    """Fill an order at `base` plus slippage, or refuse it; 0 means filled."""
    position = book.account[POSITION]
    price = base * (1.0 + side * slippage)
    if not 0.0 <= quantity < np.inf:
        return refuse(book, bar, side, quantity, price, INVALID_QUANTITY, 0.0, 0.0)
    if position * side < 0.0:
        return _reduce(book, bar, side, quantity, base, price)
    if book.terms[ALLOWED_SIDE] * side < 0.0:
        return refuse(book, bar, side, quantity, price, NO_POSITION, quantity, 0.0)
    return _enter(book, bar, side, quantity, base, price, exposed_from)


@compiled
def _reduce(
    book: Book, bar: int, side: float, quantity: float, base: float, price: float
) -> int:
    account = book.account
    held = abs(account[POSITION])
    if held - quantity <= DUST * quantity:  # what rounding leaves over is no position
        account[CUT] += quantity - held > DUST * held
        units = held
    else:
        units = whole_lots(book.terms, quantity)
        account[ROUNDED] += units < quantity
    if units <= 0.0:
        return refuse(book, bar, side, quantity, price, ZERO_QUANTITY, 0.0, 0.0)
    fill(book, bar, side, units, base, price, EXIT, bar + 1)
    return NO_REASON


@compiled
def _enter(
    book: Book,
    bar: int,
    side: float,
    quantity: float,
    base: float,
    price: float,
    exposed_from: int,
) -> int:
    account, terms = book.account, book.terms
    units = whole_lots(terms, quantity)
    account[ROUNDED] += units < quantity
    if units <= 0.0:
        return refuse(book, bar, side, quantity, price, ZERO_QUANTITY, 0.0, 0.0)
    # A short's cash holds its own proceeds: twice its value is spoken for.
    pledged = 2.0 * abs(account[POSITION]) * price if side < 0.0 else 0.0
    available = account[CASH] - pledged
    needed = units * price + commission_of(terms, units, price)
    if needed == np.inf:
        return refuse(book, bar, side, quantity, price, INVALID_QUANTITY, 0.0, 0.0)
    if needed > available:
        most = 0.0
        if terms[SIZING_RULE] != FIXED:
            most = whole_lots(terms, affordable(terms, available, price))
        if most <= DUST * units:  # cash left over by rounding pays for no trade
            reason = INSUFFICIENT_CASH if side > 0.0 else INSUFFICIENT_MARGIN
            return refuse(book, bar, side, units, price, reason, needed, available)
        account[CUT] += 1.0
        units = most
    fill(book, bar, side, units, base, price, ENTRY, exposed_from)
    return NO_REASON
