"""What a backtest through the event loop gives back."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from backtesting.kernel import FillReason, OrderCounts, RejectionReason, Simulation
from qtos_core import Portfolio, Side


@dataclass(frozen=True)
class Trade:
    """One fill.

    Parameters
    ----------
    timestamp : datetime
        Label of the bar it happened on.
    symbol : str
        The instrument.
    side : Side
        Buy or sell.
    quantity, price : float
        Units, and the price of one with slippage.
    commission, slippage : float, default=0.0
        What it cost, in money.
    reason : FillReason, default=FillReason.ENTRY
        What caused it.
    """

    timestamp: datetime
    symbol: str
    side: Side
    quantity: float
    price: float
    commission: float = 0.0
    slippage: float = 0.0
    reason: FillReason = FillReason.ENTRY


@dataclass(frozen=True)
class Rejection:
    """One order that was not filled, and why.

    `needed` and `available` say what was short: cash or equity for
    ``insufficient_cash`` and ``insufficient_margin``, units for ``no_position``, the
    limit and the best price of the bar for ``limit_expired``.
    """

    timestamp: datetime
    symbol: str
    side: Side
    quantity: float
    price: float
    reason: RejectionReason
    needed: float = 0.0
    available: float = 0.0


@dataclass
class BacktestResult:
    """The end of a run.

    Parameters
    ----------
    portfolio : Portfolio
        What is left.
    trades : list of Trade
        Every fill, in order.
    equity_curve : list of (datetime, float)
        Cash plus positions at the close of each bar.
    rejections : list of Rejection
        Every order that was rejected or expired, in order.
    counts : OrderCounts
        What became of every order.
    signals_refused : int
        Signals the risk manager made no order of.
    simulation : Simulation or None
        The same as arrays.
    """

    portfolio: Portfolio
    trades: list[Trade]
    equity_curve: list[tuple[datetime, float]]
    rejections: list[Rejection] = field(default_factory=list)
    counts: OrderCounts = field(default_factory=OrderCounts)
    signals_refused: int = 0
    simulation: Simulation | None = field(default=None, compare=False, repr=False)
