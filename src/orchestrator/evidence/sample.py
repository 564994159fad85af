"""What a sample is made of, before anything is computed from it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleFacts:
    """How much there is to judge by.

    Parameters
    ----------
    years : float
        The smaller of the elapsed time over 365.25 days and of bars over bars a year:
        one stray bar of long ago makes no long record.
    closed_trades : int
        Trades closed, each from flat to flat; one open at the end is none.
    losing_trades : int
        How many of them lost money after costs.
    missing_pct : float, default=0.0
        Percent of the window without bars.
    """

    years: float
    closed_trades: int
    losing_trades: int
    missing_pct: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.losing_trades <= self.closed_trades:
            raise ValueError(
                f"{self.losing_trades} losing of {self.closed_trades} closed trades"
            )
        if not 0.0 <= self.years < float("inf"):
            raise ValueError(f"{self.years} is not a number of years")
