"""What risk management lets through: an order."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from qtos_core.choices import settle_choice
from qtos_core.signal import Side


class OrderType(Enum):
    """How an order finds its price."""

    MARKET = "market"
    LIMIT = "limit"


@dataclass(frozen=True)
class Order:
    """An instruction to trade.

    Parameters
    ----------
    symbol : str
        The instrument.
    side : Side or str
        Buy or sell; ``"buy"`` becomes ``Side.BUY``.
    quantity : float
        Units; always positive.
    order_type : OrderType or str, default=OrderType.MARKET
        Market or limit; ``"limit"`` becomes ``OrderType.LIMIT``.
    limit_price : float, optional
        The worst price a limit order accepts.
    timestamp : datetime, optional
        When it was placed.

    Raises
    ------
    ValueError
        If `side` or `order_type` is a string that names none.
    """

    symbol: str
    side: Side
    quantity: float
    order_type: OrderType = OrderType.MARKET
    limit_price: float | None = None
    timestamp: datetime | None = None

    def __post_init__(self) -> None:
        settle_choice(self, "side", Side)
        settle_choice(self, "order_type", OrderType)
