"""Signals and orders that know which order of a plan they are.

An exit of a plan asks for what its entry filled, so what becomes of an order is
entered in the plan's ledger when it fills.  A hook that changes one keeps its place
by ``dataclasses.replace``; one made anew is filled like any other, and the ledger
does not hear of it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from backtesting.kernel.ledger import Ledger
from qtos_core import Order, Signal


class Place(NamedTuple):
    """Where an order stands: in which ledger, in which row, and which row it closes."""

    ledger: Ledger
    row: int
    closes: int


@dataclass(frozen=True)
class PlannedSignal(Signal):
    """A signal of a plan."""

    place: Place = field(kw_only=True, compare=False, repr=False)

    def to_order(self) -> PlannedOrder:
        """Return the market order of this signal."""
        return PlannedOrder(
            symbol=self.symbol,
            side=self.side,
            quantity=self.quantity,
            timestamp=self.timestamp,
            place=self.place,
        )


@dataclass(frozen=True)
class PlannedOrder(Order):
    """An order of a plan."""

    place: Place = field(kw_only=True, compare=False, repr=False)
