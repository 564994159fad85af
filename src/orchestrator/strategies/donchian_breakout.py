"""Follow breakouts from the channel of the highs and lows before."""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.bars import Bars
from backtesting.terms import Direction, Fill, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.indicators import highest, lowest
from orchestrator.strategies.positions import (
    TargetPositions,
    held_between,
    one_bar_later,
)
from orchestrator.strategies.targets import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class DonchianBreakoutParams(StrategyParams):
    """Bars of the two channels."""

    entry: int = parameter(
        20,
        description="Bars before this one whose high (low) a close must break to enter",
        minimum=2,
        maximum=1_000,
    )
    exit: int = parameter(
        10,
        description="Bars before this one whose low (high) a close must break to leave",
        minimum=2,
        maximum=1_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)


def decide(bars: Bars, params: DonchianBreakoutParams, terms: Terms) -> Decision:
    """Go long above the channel of `entry` bars, out below that of `exit` bars."""
    if terms.direction is Direction.LONG:
        targets = _longs(bars, params)
    elif terms.direction is Direction.SHORT:
        targets = 0.0 - _shorts(bars, params)
    else:
        targets = _longs(bars, params) - _shorts(bars, params)
    return decided(targets, terms, warmup=params.entry + 1)


def _longs(bars: Bars, params: DonchianBreakoutParams) -> TargetPositions:
    ceiling = one_bar_later(highest(bars.high, params.entry))
    floor = one_bar_later(lowest(bars.low, params.exit))
    return held_between(bars.close > ceiling, bars.close < floor)


def _shorts(bars: Bars, params: DonchianBreakoutParams) -> TargetPositions:
    floor = one_bar_later(lowest(bars.low, params.entry))
    ceiling = one_bar_later(highest(bars.high, params.exit))
    return held_between(bars.close < floor, bars.close > ceiling)


DONCHIAN_BREAKOUT = StrategyDefinition(
    name="donchian_breakout",
    description=(
        "Long from a close above the highest high of the entry bars before it until a "
        "close below the lowest low of the exit bars before it; short the other way "
        "round when the direction allows."
    ),
    params=DonchianBreakoutParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
