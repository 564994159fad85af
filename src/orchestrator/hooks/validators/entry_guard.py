"""What validators share that refuse entries and let exits pass."""

from __future__ import annotations

from collections.abc import Mapping

from backtesting.terms import Terms
from orchestrator.hooks.sides import OrderBook, is_entry, signed
from qtos_core import Order, Portfolio


class EntryGuard:
    """Refuse entries while `refuses` says so; every exit passes."""

    def __init__(self, terms: Terms) -> None:
        self._book = OrderBook(terms)
        self._refused = 0

    def __call__(self, order: Order, portfolio: Portfolio) -> Order | None:
        """Return the order, or None if it is an entry that is refused."""
        position = self._book.position(order, portfolio)
        if is_entry(signed(order), position) and self.refuses(portfolio):
            self._refused += 1
            return None
        self._book.let_through(order, portfolio)
        return order

    def refuses(self, _portfolio: Portfolio) -> bool:
        """Return whether an entry is refused now."""
        raise NotImplementedError

    def report(self) -> Mapping[str, object]:
        """Return how many entries were refused."""
        return {"entries_refused": self._refused}
