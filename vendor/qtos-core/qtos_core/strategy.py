"""The interface every trading idea is written against."""

from __future__ import annotations

from abc import ABC, abstractmethod

from qtos_core.event import Event
from qtos_core.portfolio import Portfolio
from qtos_core.signal import Signal


class Strategy(ABC):
    """Events in, signals out."""

    @abstractmethod
    def on_event(
        self, event: Event, portfolio: Portfolio | None = None
    ) -> list[Signal]:
        """Return what to trade now that `event` has happened.

        Parameters
        ----------
        event : Event
            What happened; in a backtest its payload is the bar that just closed.
        portfolio : Portfolio, optional
            What is held, to read and not to change.

        Returns
        -------
        list of Signal
            Empty to do nothing.
        """
