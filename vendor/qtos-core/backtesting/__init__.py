"""Backtests over historical bars, on qtos-core.

Two paths, one arithmetic:

* `simulate` runs target positions through a compiled kernel, `simulate_orders` a
  plan of orders;
* `BacktestEngine` runs a Python `qtos_core.Strategy`, with hooks, event by event;
  `ReplayStrategy` takes targets through it, `ReplayOrders` a plan.
"""

from __future__ import annotations

from backtesting.bars import BarContractError, Bars
from backtesting.data_loader import load_csv, load_dataframe
from backtesting.engine import (
    Advisor,
    BacktestEngine,
    BacktestResult,
    MarketData,
    Observer,
    PassThroughRiskManager,
    Rejection,
    Trade,
    Validator,
)
from backtesting.kernel import (
    ClosedLots,
    Fills,
    OrderCounts,
    OrderPlan,
    PlanOutcome,
    Rejections,
    Simulation,
    simulate,
    simulate_orders,
)
from backtesting.metrics import Metrics, compute_metrics
from backtesting.portfolio_report import print_report
from backtesting.replay import ReplayStrategy
from backtesting.replay_orders import ReplayOrders
from backtesting.terms import (
    Costs,
    Direction,
    Exits,
    Fill,
    Sizing,
    SizingRule,
    Terms,
)

__all__ = [
    "Advisor",
    "BacktestEngine",
    "BacktestResult",
    "BarContractError",
    "Bars",
    "ClosedLots",
    "Costs",
    "Direction",
    "Exits",
    "Fill",
    "Fills",
    "MarketData",
    "Metrics",
    "Observer",
    "OrderCounts",
    "OrderPlan",
    "PassThroughRiskManager",
    "PlanOutcome",
    "Rejection",
    "Rejections",
    "ReplayOrders",
    "ReplayStrategy",
    "Simulation",
    "Sizing",
    "SizingRule",
    "Terms",
    "Trade",
    "Validator",
    "compute_metrics",
    "load_csv",
    "load_dataframe",
    "print_report",
    "simulate",
    "simulate_orders",
]
