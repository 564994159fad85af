"""What a plan of orders would hold, whatever the prices and however much it costs."""

from __future__ import annotations

import numpy as np

from backtesting.compiled import compiled
from backtesting.kernel.layout import QUANTITY, Floats
from backtesting.kernel.ledger import AIM, AS_IT_IS, Ledger, open_ledger
from backtesting.kernel.order_loop import decided
from backtesting.kernel.order_plan import OrderPlan
from backtesting.kernel.packing import pack_terms
from backtesting.kernel.planned_orders import decide_orders
from backtesting.terms import Sizing, Terms


def targets_of(plan: OrderPlan, bars: int, terms: Terms) -> Floats:
    """Return the targets a plan aims at: what it would hold if every order filled.

    Parameters
    ----------
    plan : OrderPlan
    bars : int
        How many targets are wanted.
    terms : Terms
        Direction and sizing are read.  Under a rule other than ``fixed`` every entry
        without a quantity counts as one.

    Returns
    -------
    ndarray of shape (bars,)
        Positions after each bar's orders, in entries.
    """
    sizing = Sizing(quantity=terms.sizing.quantity)
    packed = pack_terms(Terms(sizing=sizing, direction=terms.direction))
    targets = np.empty(bars)
    _aim(plan.matrix, open_ledger(len(plan)), packed, targets)
    return targets


@compiled
def _aim(plan: Floats, ledger: Ledger, terms: Floats, targets: Floats) -> None:
    size, state = terms[QUANTITY], ledger.state
    first = stop = 0
    for bar in range(targets.size):
        stop = decided(plan, stop, bar)
        if first < stop:
            held = state[AIM]
            decide_orders(plan, ledger, first, stop, held, size, terms, AS_IT_IS)
            first = stop
        targets[bar] = state[AIM] / size
