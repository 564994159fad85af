"""Buy weakness and sell strength by the relative strength index."""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter, refusal
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.indicators import rsi
from orchestrator.strategies.positions import reversal_levels
from orchestrator.strategies.targets import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class RsiReversionParams(StrategyParams):
    """Bars of the index and its two thresholds."""

    period: int = parameter(
        14, description="Bars of the index", minimum=2, maximum=10_000
    )
    lower: float = parameter(
        30.0,
        description="Weak under this index; less than upper",
        minimum=0.0,
        maximum=100.0,
    )
    upper: float = parameter(
        70.0, description="Strong over this index", minimum=0.0, maximum=100.0
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)
        if self.lower >= self.upper:
            detail = f"{self.lower} is not under upper, which is {self.upper}"
            raise refusal("lower", detail, under=STRATEGY_PARAMS)


def decide(bars: Bars, params: RsiReversionParams, terms: Terms) -> Decision:
    """Go long where the index is under `lower`, out or short where over `upper`."""
    index = rsi(bars.close, params.period)
    targets = reversal_levels(index, params.lower, params.upper)
    return decided(targets, terms, warmup=params.period + 1)


RSI_REVERSION = StrategyDefinition(
    name="rsi_reversion",
    description=(
        "Long from the bar on which Wilder's RSI of the close is under lower until it "
        "is over upper; short in between when the direction allows."
    ),
    params=RsiReversionParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
