"""A small event-driven trading core: events, signals, orders, portfolio, strategy.

The package holds the vocabulary and the two interfaces a trading idea is written
against, `Strategy` and `RiskManager`.  It simulates nothing and knows no market:
`backtesting` runs it over historical bars.
"""

from __future__ import annotations

from qtos_core.event import Event, EventLoop
from qtos_core.order import Order, OrderType
from qtos_core.portfolio import Portfolio
from qtos_core.risk import RiskManager
from qtos_core.signal import Side, Signal
from qtos_core.strategy import Strategy

__all__ = [
    "Event",
    "EventLoop",
    "Order",
    "OrderType",
    "Portfolio",
    "RiskManager",
    "Side",
    "Signal",
    "Strategy",
]
