"""The compiled kernel: one arithmetic for every path a backtest can take.

`simulate` runs a series of target levels from end to end.  The event loop of
`backtesting.engine` calls the same functions of `account` and `protection`, order
by order.
"""

from __future__ import annotations

from backtesting.kernel.layout import FillReason, RejectionReason
from backtesting.kernel.record import Fills, OrderCounts, Rejections
from backtesting.kernel.round_trips import RoundTrips
from backtesting.kernel.simulation import Simulation, simulate

__all__ = [
    "FillReason",
    "Fills",
    "OrderCounts",
    "RejectionReason",
    "Rejections",
    "RoundTrips",
    "Simulation",
    "simulate",
]
