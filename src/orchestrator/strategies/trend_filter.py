"""Hold while the close is above its average."""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.indicators import sma
from orchestrator.strategies.positions import side_of
from orchestrator.strategies.targets import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class TrendFilterParams(StrategyParams):
    """Bars of the average."""

    period: int = parameter(
        200, description="Bars of the average", minimum=2, maximum=10_000
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)


def decide(bars: Bars, params: TrendFilterParams, terms: Terms) -> Decision:
    """Go long where the close is above its simple average, out or short below."""
    targets = side_of(bars.close, sma(bars.close, params.period))
    return decided(targets, terms, warmup=params.period)


TREND_FILTER = StrategyDefinition(
    name="trend_filter",
    description=(
        "Long while the close is above its simple moving average, out (or short, when "
        "the direction allows) while it is below; on the average it keeps what it "
        "holds."
    ),
    params=TrendFilterParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
