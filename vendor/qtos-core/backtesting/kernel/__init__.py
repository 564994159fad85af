"""The compiled kernel: one arithmetic for every path a backtest can take.

`simulate` runs a series of target positions from end to end, `simulate_orders` a plan
of orders.  The event loop of `backtesting.engine` calls the same functions of
`account`, `ledger` and `protection`, order by order.
"""

from __future__ import annotations

from backtesting.kernel.closed_lots import ClosedLots
from backtesting.kernel.layout import FillReason, RejectionReason
from backtesting.kernel.order_plan import OrderPlan, PlanOutcome
from backtesting.kernel.record import Fills, OrderCounts, Rejections
from backtesting.kernel.simulation import Simulation, simulate, simulate_orders
from backtesting.kernel.targets import targets_of

__all__ = [
    "ClosedLots",
    "FillReason",
    "Fills",
    "OrderCounts",
    "OrderPlan",
    "PlanOutcome",
    "RejectionReason",
    "Rejections",
    "Simulation",
    "simulate",
    "simulate_orders",
    "targets_of",
]
