"""The terms of a simulation: when orders fill, what they cost, how large they are.

Frozen values, read by the kernel, the event loop and whoever echoes them.
Percentages are percent (2.5 means 2.5 %), costs basis points, ``None`` means
"this rule is off".  Where a choice is asked for, its string will do: ``"close"`` for
``Fill.CLOSE``; any other string is a ValueError.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from qtos_core.choices import settle_choice


class Fill(StrEnum):
    """The price an order decided on bar ``t`` fills at."""

    CLOSE = "close"
    """The close of bar ``t`` itself."""
    NEXT_OPEN = "next_open"
    """The open of bar ``t + 1``."""


class Direction(StrEnum):
    """Which sides of the market a strategy's targets may take."""

    LONG = "long"
    SHORT = "short"
    BOTH = "both"


class SizingRule(StrEnum):
    """How many units one step of the target is worth."""

    FIXED = "fixed"
    PERCENT_OF_EQUITY = "percent_of_equity"
    ALL_IN = "all_in"
    RISK_PER_TRADE = "risk_per_trade"
    VOLATILITY_TARGET = "volatility_target"


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """What trading costs; all zero by default."""

    commission_bps: float = 0.0
    commission_per_share: float = 0.0
    commission_minimum: float = 0.0
    slippage_bps: float = 0.0
    borrow_bps_per_year: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizing:
    """The size of an entry.

    Parameters
    ----------
    rule : SizingRule, default=FIXED
    quantity : float, default=50.0
        Units of one entry under ``fixed``.
    percent : float, default=100.0
        Percent of equity an entry is worth (``percent_of_equity``), or is put at
        risk up to the stop (``risk_per_trade``).
    volatility_pct : float, default=10.0
        Annualized volatility aimed at under ``volatility_target``.
    volatility_bars : int, default=20
        Bars the realised volatility is measured over.
    lot_size : float, default=0.0
        Quantities are cut down to a multiple of it; 0 allows fractions.
    """

    rule: SizingRule = SizingRule.FIXED
    quantity: float = 50.0
    percent: float = 100.0
    volatility_pct: float = 10.0
    volatility_bars: int = 20
    lot_size: float = 0.0

    def __post_init__(self) -> None:
        settle_choice(self, "rule", SizingRule)


@dataclass(frozen=True, slots=True, kw_only=True)
class Exits:
    """Rules that close a position by themselves, from its entry on.

    An entry at the open is watched for its whole bar, one at the close or at a limit
    from the next bar.
    """

    stop_loss_pct: float | None = None
    take_profit_pct: float | None = None
    trailing_stop_pct: float | None = None
    max_holding_bars: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """Everything a simulation needs beside bars and targets."""

    initial_cash: float = 100_000.0
    fill: Fill = Fill.NEXT_OPEN
    costs: Costs = Costs()
    sizing: Sizing = Sizing()
    exits: Exits = Exits()
    direction: Direction = Direction.LONG
    periods_per_year: float = 252.0

    def __post_init__(self) -> None:
        settle_choice(self, "fill", Fill)
        settle_choice(self, "direction", Direction)
