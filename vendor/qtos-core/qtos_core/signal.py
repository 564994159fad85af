"""What a strategy says: this side of that symbol, so many units, now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from qtos_core.choices import settle_choice


class Side(Enum):
    """Which way."""

    BUY = "buy"
    SELL = "sell"


@dataclass(frozen=True)
class Signal:
    """A wish to trade, before risk management has seen it.

    Parameters
    ----------
    symbol : str
        The instrument.
    side : Side or str
        Buy or sell; ``"buy"`` becomes ``Side.BUY``.
    quantity : float
        Units; always positive, the side says which way.
    timestamp : datetime
        When it was decided.

    Raises
    ------
    ValueError
        If `side` is a string that names none.
    """

    symbol: str
    side: Side
    quantity: float
    timestamp: datetime

    def __post_init__(self) -> None:
        settle_choice(self, "side", Side)
