"""The compiled loop over bars: targets in, fills and equity out."""

from __future__ import annotations

import numpy as np

from backtesting.compiled import compiled
from backtesting.kernel.account import execute, refuse
from backtesting.kernel.halts import trades_on
from backtesting.kernel.layout import (
    ALLOWED_SIDE,
    CASH,
    EMITTED,
    NEXT_OPEN,
    NO_NEXT_BAR,
    POSITION,
    SLIPPAGE_RATE,
    Book,
    Floats,
    Prices,
)
from backtesting.kernel.protection import accrue_borrow, has_exits, protect
from backtesting.kernel.sizing import entry_size
from backtesting.kernel.target_positions import clipped, entries_held, plan, units_of

_NONE = -1.0  # no such order; an entry of 0 units is an order, and is refused


@compiled
def count_changes(targets: Floats, allowed_side: float) -> int:
    """Return how often the level changes: the bound on what must be recorded.

    Returns -1 if a level is not finite.
    """
    changes = 0
    previous = 0.0
    for raw in targets:
        if not np.isfinite(raw):
            return -1
        level = clipped(raw, allowed_side)
        changes += level != previous
        previous = level
    return changes


@compiled
def run(
    prices: Prices,
    targets: Floats,
    book: Book,
    equity: Floats,
    positions: Floats,
) -> None:
    """Run the whole series, filling `book`, `equity` and `positions`."""
    account, terms, close = book.account, book.terms, prices.close
    next_open, is_guarded = terms[NEXT_OPEN] != 0.0, has_exits(terms)
    previous = held = aimed = position_then = side = 0.0
    exit_units = entry_units = _NONE
    bar = 0
    while bar < close.size:
        if account[POSITION] < 0.0 and bar > 0:
            accrue_borrow(book, close[bar - 1])
        if side != 0.0:
            _settle(book, bar, side, exit_units, entry_units, prices.open[bar], bar)
            side = 0.0
        if account[POSITION] < 0.0 or is_guarded:
            protect(book, bar, prices)
        level = clipped(targets[bar], terms[ALLOWED_SIDE])
        if level != previous:
            position = account[POSITION]
            held = entries_held(held, aimed, position_then, position)
            leaving, entries, aimed = plan(held, previous, level)
            side = 1.0 if level > previous else -1.0
            exit_units = entry_units = _NONE
            if leaving > 0.0:
                exit_units = units_of(leaving, held, position)
            if entries > 0.0:
                worth = account[CASH] + position * close[bar]
                entry_units = entries * entry_size(terms, worth, close, bar)
            account[EMITTED] += (exit_units >= 0.0) + (entry_units >= 0.0)
            previous, position_then = level, position
            if not next_open and trades_on(prices.halted, bar):
                base = close[bar]
                _settle(book, bar, side, exit_units, entry_units, base, bar + 1)
                side = 0.0
        cash, position = account[CASH], account[POSITION]
        equity[bar] = cash + position * close[bar]
        positions[bar] = position
        bar += 1
        if side == 0.0 and (position == 0.0 or (position > 0.0 and not is_guarded)):
            bar = _coast(bar, targets, close, cash, position, equity, positions)
    if side != 0.0:
        _run_out(book, close.size - 1, side, exit_units, entry_units, close[-1])


@compiled
def _coast(
    bar: int,
    targets: Floats,
    close: Floats,
    cash: float,
    position: float,
    equity: Floats,
    positions: Floats,
) -> int:
    # Until the level changes again nothing can happen to this position.
    level = targets[bar - 1]
    while bar < close.size and targets[bar] == level:
        equity[bar] = cash + position * close[bar]
        positions[bar] = position
        bar += 1
    return bar


@compiled
def _settle(
    book: Book,
    bar: int,
    side: float,
    exit_units: float,
    entry_units: float,
    base: float,
    exposed_from: int,
) -> None:
    slippage = book.terms[SLIPPAGE_RATE]
    if exit_units >= 0.0:
        execute(book, bar, side, exit_units, base, slippage, exposed_from)
    if entry_units >= 0.0:
        execute(book, bar, side, entry_units, base, slippage, exposed_from)


@compiled
def _run_out(
    book: Book,
    bar: int,
    side: float,
    exit_units: float,
    entry_units: float,
    price: float,
) -> None:
    if exit_units >= 0.0:
        refuse(book, bar, side, exit_units, price, NO_NEXT_BAR, 0.0, 0.0)
    if entry_units >= 0.0:
        refuse(book, bar, side, entry_units, price, NO_NEXT_BAR, 0.0, 0.0)
