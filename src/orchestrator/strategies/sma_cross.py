"""Follow the crossing of two simple moving averages of the close."""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import parameter
from orchestrator.spec import StrategyParams
from orchestrator.strategies.averages import check_fast_under_slow
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.indicators import sma
from orchestrator.strategies.positions import crossing_levels
from orchestrator.strategies.targets import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class SmaCrossParams(StrategyParams):
    """Bars of the two averages."""

    fast: int = parameter(
        10, description="Bars of the fast average", minimum=1, maximum=10_000
    )
    slow: int = parameter(
        30,
        description="Bars of the slow average; more than fast",
        minimum=2,
        maximum=10_000,
    )

    def __post_init__(self) -> None:
        check_fast_under_slow(self)


def decide(bars: Bars, params: SmaCrossParams, terms: Terms) -> Decision:
    """Go long where the fast average crosses above the slow, out or short below."""
    targets = crossing_levels(
        sma(bars.close, params.fast), sma(bars.close, params.slow)
    )
    # The first pair of averages shows no crossing yet; the second may.
    return decided(targets, terms, warmup=params.slow + 1)


SMA_CROSS = StrategyDefinition(
    name="sma_cross",
    description=(
        "Long from the bar on which the fast simple moving average of the close "
        "crosses above the slow one until it crosses below; short in between when "
        "the direction allows. The first crossing is waited for."
    ),
    params=SmaCrossParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
