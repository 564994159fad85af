"""Which orders open or add to a position, and which only reduce it.

Hooks that hold a run back let every exit through.  Under ``next_open`` the orders
of one bar fill together at the next open, so an exit that was let through counts
as done when the order after it is looked at.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TypeVar

from backtesting.terms import Fill, Terms
from qtos_core import Order, Portfolio, Side, Signal

WishT = TypeVar("WishT", Signal, Order)

_DUST = 1e-9


def signed(wish: Signal | Order) -> float:
    """Return the quantity, negative for a sell."""
    return wish.quantity if wish.side is Side.BUY else -wish.quantity


def is_entry(change: float, position: float) -> bool:
    """Return whether a change opens or adds to a position."""
    return position * change >= 0.0


def with_entries_marked(
    wishes: Iterable[WishT], position: float
) -> Iterator[tuple[WishT, bool]]:
    """Yield each wish, and whether it is an entry once those before it are done."""
    for wish in wishes:
        change = signed(wish)
        entry = is_entry(change, position)
        yield wish, entry
        position = position + change if entry else reduced(position, change)


def reduced(position: float, change: float) -> float:
    """Return what is left of a position after a change against it: never turned."""
    left = position + change
    if left * position <= 0.0 or abs(left) <= _DUST * abs(position):
        return 0.0
    return left


class OrderBook:
    """The position as it will be once the orders let through on this bar are filled.

    Parameters
    ----------
    terms : Terms
        Under fill ``close`` an order is filled before the next is looked at.
    """

    def __init__(self, terms: Terms) -> None:
        self._waits = terms.fill is Fill.NEXT_OPEN
        self._bar = -1
        self._change = 0.0
        self.entries_waiting = 0

    def position(self, order: Order, portfolio: Portfolio) -> float:
        """Return the position `order` will meet."""
        if portfolio.bar_index != self._bar:
            self._bar, self._change, self.entries_waiting = portfolio.bar_index, 0.0, 0
        return portfolio.position(order.symbol) + self._change

    def let_through(self, order: Order, portfolio: Portfolio) -> None:
        """Remember an order that goes on to be filled later."""
        position = self.position(order, portfolio)
        if not self._waits:
            return
        change = signed(order)
        if is_entry(change, position):
            self._change += change
            self.entries_waiting += 1
        else:
            self._change += reduced(position, change) - position
