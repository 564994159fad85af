"""Buy once, hold for ever: the smallest strategy there is."""

from __future__ import annotations

from qtos_core.event import Event
from qtos_core.portfolio import Portfolio
from qtos_core.signal import Side, Signal
from qtos_core.strategy import Strategy


class BuyAndHoldStrategy(Strategy):
    """Emit one buy on the first event, whatever its payload, and nothing after.

    Parameters
    ----------
    symbol : str
        What to buy.
    quantity : float, default=1.0
        Units.
    """

    def __init__(self, symbol: str, quantity: float = 1.0) -> None:
        self.symbol = symbol
        self.quantity = quantity
        self._bought = False

    def on_event(
        self,
        event: Event,
        portfolio: Portfolio | None = None,  # noqa: ARG002 -- the interface's
    ) -> list[Signal]:
        """Return the one buy on the first event, then nothing."""
        if self._bought:
            return []
        self._bought = True
        return [Signal(self.symbol, Side.BUY, self.quantity, event.timestamp)]
