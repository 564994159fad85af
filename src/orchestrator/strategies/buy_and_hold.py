"""Buy one entry on the first bar and hold it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backtesting.bars import Bars
from backtesting.terms import Direction, Fill, Terms
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition


@dataclass(frozen=True, slots=True, kw_only=True)
class BuyAndHoldParams(StrategyParams):
    """Buy and hold has no parameters."""


def decide(bars: Bars, params: BuyAndHoldParams, terms: Terms) -> Decision:  # noqa: ARG001
    """Return the target of one entry on every bar.

    Under direction ``short`` the entry is a short one.
    """
    level = -1.0 if terms.direction is Direction.SHORT else 1.0
    return Decision(target_positions=np.full(len(bars), level))


BUY_AND_HOLD = StrategyDefinition(
    name="buy_and_hold",
    description=(
        "Buys one entry on the first bar, whatever it says, and holds it to the end."
    ),
    params=BuyAndHoldParams,
    # It reads no bar before it buys, so the first close is no look-ahead.
    default_fill=Fill.CLOSE,
    decide=decide,
)
