"""The compiled loop over bars: a plan of orders in, fills and equity out."""

from __future__ import annotations

from backtesting.compiled import compiled
from backtesting.kernel.account import refuse
from backtesting.kernel.halts import trades_on
from backtesting.kernel.layout import (
    BAR,
    CASH,
    EMITTED,
    NEXT_OPEN,
    NO_NEXT_BAR,
    POSITION,
    SIDE,
    SLIPPAGE_RATE,
    Book,
    Floats,
    Prices,
    Quote,
)
from backtesting.kernel.ledger import ASKED, Ledger
from backtesting.kernel.order_plan import CLOSES
from backtesting.kernel.planned_orders import decide_orders, fill_order
from backtesting.kernel.protection import accrue_borrow, has_exits, protect
from backtesting.kernel.sizing import entry_size


@compiled
def run_orders(
    prices: Prices,
    plan: Floats,
    ledger: Ledger,
    book: Book,
    equity: Floats,
    positions: Floats,
) -> None:
    """Run the whole series, filling `ledger`, `book`, `equity` and `positions`."""
    account, terms, close = book.account, book.terms, prices.close
    next_open, is_guarded = terms[NEXT_OPEN] != 0.0, has_exits(terms)
    first = stop = bar = 0  # orders from first up to stop wait for the next open
    while bar < close.size:
        if account[POSITION] < 0.0 and bar > 0:
            accrue_borrow(book, close[bar - 1])
        if first < stop:
            quote = Quote(prices.open[bar], terms[SLIPPAGE_RATE], bar)
            first = _settle(book, plan, ledger, first, stop, bar, quote)
        if account[POSITION] < 0.0 or is_guarded:
            protect(book, bar, prices)
        stop = decided(plan, stop, bar)
        if first < stop:
            held = account[POSITION]
            size = entry_size(terms, account[CASH] + held * close[bar], close, bar)
            asking = decide_orders(
                plan, ledger, first, stop, held, size, terms, float(bar)
            )
            account[EMITTED] += asking
            if not next_open and trades_on(prices.halted, bar):
                quote = Quote(close[bar], terms[SLIPPAGE_RATE], bar + 1)
                first = _settle(book, plan, ledger, first, stop, bar, quote)
        cash, held = account[CASH], account[POSITION]
        until = bar + 1
        if first == stop and (held == 0.0 or (held > 0.0 and not is_guarded)):
            # Until the next order nothing can happen to this position.
            until = int(plan[BAR, stop]) if stop < plan.shape[1] else close.size
            until = min(until, close.size)
        while bar < until:
            equity[bar] = cash + held * close[bar]
            positions[bar] = held
            bar += 1
    _run_out(book, plan, ledger, first, stop, bar - 1, close[-1])


@compiled
def decided(plan: Floats, stop: int, bar: int) -> int:
    """Return where the orders decided on `bar` end."""
    while stop < plan.shape[1] and plan[BAR, stop] == bar:
        stop += 1
    return stop


@compiled
def _settle(
    book: Book,
    plan: Floats,
    ledger: Ledger,
    first: int,
    stop: int,
    bar: int,
    quote: Quote,
) -> int:
    for row in range(first, stop):
        units, side = ledger.rows[ASKED, row], plan[SIDE, row]
        closes = int(plan[CLOSES, row])
        if units >= 0.0:
            fill_order(book, ledger, row, closes, bar, side, units, quote)
    return stop


@compiled
def _run_out(
    book: Book,
    plan: Floats,
    ledger: Ledger,
    first: int,
    stop: int,
    bar: int,
    price: float,
) -> None:
    for row in range(first, stop):
        units = ledger.rows[ASKED, row]
        if units >= 0.0:
            refuse(book, bar, plan[SIDE, row], units, price, NO_NEXT_BAR, 0.0, 0.0)
