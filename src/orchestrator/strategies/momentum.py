"""Hold what has risen: time-series momentum."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter, refusal
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.positions import side_of
from orchestrator.strategies.targets import decided


@dataclass(frozen=True, slots=True, kw_only=True)
class MomentumParams(StrategyParams):
    """Where the past return starts and ends."""

    lookback: int = parameter(
        252, description="Bars back the return starts", minimum=1, maximum=10_000
    )
    skip: int = parameter(
        21,
        description="Bars back the return ends; less than lookback",
        minimum=0,
        maximum=9_999,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)
        if self.skip >= self.lookback:
            detail = f"{self.skip} is not under lookback, which is {self.lookback}"
            raise refusal("skip", detail, under=STRATEGY_PARAMS)


def decide(bars: Bars, params: MomentumParams, terms: Terms) -> Decision:
    """Go long where ``close[t - skip] > close[t - lookback]``, out or short below."""
    targets = np.zeros(len(bars))
    measured = len(bars) - params.lookback
    if measured > 0:
        start = params.lookback - params.skip
        ends = bars.close[start : start + measured]
        targets[params.lookback :] = side_of(ends, bars.close[:measured])
    return decided(targets, terms, warmup=params.lookback + 1)


MOMENTUM = StrategyDefinition(
    name="momentum",
    description=(
        "Long while the close skip bars ago is above the close lookback bars ago, out "
        "(or short, when the direction allows) while it is below; between equals it "
        "keeps what it holds."
    ),
    params=MomentumParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
