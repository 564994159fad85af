"""What may stand between a strategy and its fills, and watch them.

Hooks are called with the portfolio of the run.  Beside cash and positions it knows
its ``equity``, the last price of each symbol (``marks``) and the ``bar_index``; a
hook reads it and does not change it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from backtesting.planned import PlannedSignal
from qtos_core import Event, Order, Portfolio, RiskManager, Signal

if TYPE_CHECKING:
    from backtesting.result import Trade


class Advisor(Protocol):
    """Change, add or drop signals before risk management sees them."""

    def __call__(
        self, signals: list[Signal], event: Event, portfolio: Portfolio, /
    ) -> Sequence[Signal]:
        """Return the signals to go on with."""
        ...


class Validator(Protocol):
    """Change or refuse an order after risk management."""

    def __call__(self, order: Order, portfolio: Portfolio, /) -> Order | None:
        """Return the order to place, or None to refuse it."""
        ...


class Observer(Protocol):
    """Watch trades."""

    def __call__(self, trade: Trade, portfolio: Portfolio, /) -> None:
        """Take note of `trade`; `portfolio` has it already."""
        ...


class PassThroughRiskManager(RiskManager):
    """Let everything through: a signal becomes a market order of its quantity."""

    def check(
        self,
        signal_or_order: Signal | Order,
        portfolio: Portfolio,  # noqa: ARG002 -- the interface's
    ) -> Order | None:
        """Return an order as it is, and a signal as a market order."""
        if isinstance(signal_or_order, Order):
            return signal_or_order
        if isinstance(signal_or_order, PlannedSignal):
            return signal_or_order.to_order()
        return Order(
            symbol=signal_or_order.symbol,
            side=signal_or_order.side,
            quantity=signal_or_order.quantity,
            timestamp=signal_or_order.timestamp,
        )
