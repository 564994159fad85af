"""A plan of orders through the event loop: the same orders the kernel emits."""

from __future__ import annotations

import numpy as np

from backtesting.bars import Bars
from backtesting.kernel.halts import deferred_plan
from backtesting.kernel.layout import SIDE
from backtesting.kernel.ledger import ASKED, open_ledger, outcome_of
from backtesting.kernel.order_loop import decided
from backtesting.kernel.order_plan import CLOSES, OrderPlan, PlanOutcome
from backtesting.kernel.packing import pack_terms
from backtesting.kernel.planned_orders import decide_orders
from backtesting.kernel.sizing import entry_size
from backtesting.planned import Place, PlannedSignal
from backtesting.terms import Terms
from qtos_core import Event, Portfolio, Side, Signal, Strategy


class ReplayOrders(Strategy):
    """Emit the orders that `backtesting.simulate_orders` would emit for a plan.

    Without hooks, engine and kernel give the same fills and equity.

    Parameters
    ----------
    symbol : str
        What the bars are of.
    plan : OrderPlan
        See there.
    terms : Terms
        The terms the engine runs under; direction and sizing are read here.

    Notes
    -----
    Signals are `PlannedSignal`: an exit asks for what its own entry filled, so an
    entry that a hook drops is not left either.
    """

    def __init__(self, symbol: str, plan: OrderPlan, terms: Terms) -> None:
        self.symbol = symbol
        self._orders = plan
        self._terms = pack_terms(terms)
        self._ledger = open_ledger(len(plan))
        self._close = np.empty(1)
        self._bars = self._next = 0

    def wait_for_trading(self, bars: Bars) -> int:
        """Put off what cannot fill on `bars`, and return how many orders that is."""
        self._orders, delayed = deferred_plan(bars, self._orders, self._terms)
        return delayed

    def on_event(
        self, event: Event, portfolio: Portfolio | None = None
    ) -> list[Signal]:
        """Return the signals decided on this bar."""
        bar = self._bars
        self._remember(event.payload.close)
        first = self._next
        stop = decided(self._orders.matrix, first, bar)
        if stop == first:
            return []
        if portfolio is None:
            raise ValueError("orders can be replayed only against a portfolio")
        self._next = stop
        self._decide(portfolio, first, stop)
        found = (self._signal(event, row) for row in range(first, stop))
        return [signal for signal in found if signal is not None]

    def outcome(self) -> PlanOutcome:
        """Return what became of the orders of the run so far."""
        return outcome_of(self._ledger)

    def _decide(self, portfolio: Portfolio, first: int, stop: int) -> None:
        position, equity = portfolio.position(self.symbol), portfolio.equity
        size = entry_size(self._terms, float(equity), self._close, self._bars - 1)
        decide_orders(
            self._orders.matrix,
            self._ledger,
            first,
            stop,
            float(position),
            size,
            self._terms,
            float(self._bars - 1),
        )

    def _remember(self, close: float) -> None:
        if self._bars == self._close.size:
            self._close = np.concatenate((self._close, np.empty_like(self._close)))
        self._close[self._bars] = close
        self._bars += 1

    def _signal(self, event: Event, row: int) -> Signal | None:
        units = float(self._ledger.rows[ASKED, row])
        if units < 0.0:
            return None
        column = self._orders.matrix[:, row]
        return PlannedSignal(
            self.symbol,
            Side.BUY if column[SIDE] > 0.0 else Side.SELL,
            units,
            event.timestamp,
            place=Place(self._ledger, row, int(column[CLOSES])),
        )
