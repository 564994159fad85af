"""Follow the crossing of the MACD and its signal line."""

from __future__ import annotations

from dataclasses import dataclass

from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import parameter
from orchestrator.spec import StrategyParams
from orchestrator.strategies.averages import check_fast_under_slow
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.indicators import macd_lines
from orchestrator.strategies.positions import crossing_levels
from orchestrator.strategies.targets import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class MacdParams(StrategyParams):
    """Bars of the three averages."""

    fast: int = parameter(
        12, description="Bars of the fast average", minimum=2, maximum=10_000
    )
    slow: int = parameter(
        26,
        description="Bars of the slow average; more than fast",
        minimum=3,
        maximum=10_000,
    )
    signal: int = parameter(
        9,
        description="Bars of the signal line, the average of their difference",
        minimum=1,
        maximum=10_000,
    )

    def __post_init__(self) -> None:
        check_fast_under_slow(self)


def decide(bars: Bars, params: MacdParams, terms: Terms) -> Decision:
    """Go long where the MACD crosses above its signal line, out or short below."""
    line, signal = macd_lines(bars.close, params.fast, params.slow, params.signal)
    targets = crossing_levels(line, signal)
    return decided(targets, terms, warmup=params.slow + params.signal)


MACD = StrategyDefinition(
    name="macd",
    description=(
        "Long from the bar on which the MACD (fast minus slow exponential average of "
        "the close) crosses above its signal line until it crosses below; short in "
        "between when the direction allows. The first crossing is waited for."
    ),
    params=MacdParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
