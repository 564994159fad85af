"""Follow the crossing of two exponential moving averages of the close."""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import parameter
from orchestrator.spec import StrategyParams
from orchestrator.strategies.averages import check_fast_under_slow
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.indicators import ema
from orchestrator.strategies.positions import crossing_levels
from orchestrator.strategies.targets import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class EmaCrossParams(StrategyParams):
    """Bars of the two averages."""

    fast: int = parameter(
        12, description="Bars of the fast average", minimum=1, maximum=10_000
    )
    slow: int = parameter(
        26,
        description="Bars of the slow average; more than fast",
        minimum=2,
        maximum=10_000,
    )

    def __post_init__(self) -> None:
        check_fast_under_slow(self)


def decide(bars: Bars, params: EmaCrossParams, terms: Terms) -> Decision:
    """Go long where the fast average crosses above the slow, out or short below."""
    targets = crossing_levels(
        ema(bars.close, params.fast), ema(bars.close, params.slow)
    )
    return decided(targets, terms, warmup=params.slow + 1)


EMA_CROSS = StrategyDefinition(
    name="ema_cross",
    description=(
        "Long from the bar on which the fast exponential moving average of the close "
        "crosses above the slow one until it crosses below; short in between when "
        "the direction allows. The first crossing is waited for."
    ),
    params=EmaCrossParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
