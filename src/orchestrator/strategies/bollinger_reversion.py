"""Buy below the lower Bollinger band and leave at the middle."""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.indicators import bands
from orchestrator.strategies.positions import held_between
from orchestrator.strategies.targets import decided

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class BollingerReversionParams(StrategyParams):
    """Bars and width of the bands."""

    period: int = parameter(
        20, description="Bars of average and deviation", minimum=2, maximum=10_000
    )
    width: float = parameter(
        2.0,
        description="Population standard deviations from the middle to each band",
        exclusive_minimum=0.0,
        maximum=100.0,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)


def decide(bars: Bars, params: BollingerReversionParams, terms: Terms) -> Decision:
    """Go long below the lower band, short above the upper, out at the middle."""
    upper, middle, lower = bands(bars.close, params.period, params.width)
    # Over prices that stand still all three are the price, but for rounding.
    slack = _ROUNDING * middle
    longs = held_between(bars.close < lower - slack, bars.close >= middle - slack)
    shorts = held_between(bars.close > upper + slack, bars.close <= middle + slack)
    return decided(longs - shorts, terms, warmup=params.period)


BOLLINGER_REVERSION = StrategyDefinition(
    name="bollinger_reversion",
    description=(
        "Long from a close below the lower Bollinger band until a close at or above "
        "the middle; short from above the upper band until the middle when the "
        "direction allows."
    ),
    params=BollingerReversionParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
