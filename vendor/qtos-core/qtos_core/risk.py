"""The interface between a signal and an order."""

from __future__ import annotations

from abc import ABC, abstractmethod

from qtos_core.order import Order
from qtos_core.portfolio import Portfolio
from qtos_core.signal import Signal


class RiskManager(ABC):
    """Turn a signal into an order, or refuse it."""

    @abstractmethod
    def check(
        self, signal_or_order: Signal | Order, portfolio: Portfolio
    ) -> Order | None:
        """Return the order to place, or None to refuse.

        Parameters
        ----------
        signal_or_order : Signal or Order
            What is wanted.
        portfolio : Portfolio
            What is held.
        """
