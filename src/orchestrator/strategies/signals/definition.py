"""The strategy that acts on the caller's own signals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backtesting import OrderPlan
from backtesting.bars import Bars
from backtesting.kernel import targets_of
from backtesting.terms import Fill, Sizing, SizingRule, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.signals.cells import refused
from orchestrator.strategies.signals.counts import SignalCounts, placements_of
from orchestrator.strategies.signals.event_study import EventStudy
from orchestrator.strategies.signals.orders import planned
from orchestrator.strategies.signals.placing import place
from orchestrator.strategies.signals.series import SCHEMA, Signals


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsParams(StrategyParams):
    """The signals, and how long each is held."""

    signals: Signals = parameter(  # noqa: RUF009 -- it makes a field
        description=(
            "Up to 100,000 signals in any order, as rows or as columns: each acts at "
            "the first fill that could have happened after it, a date after the close "
            "of that date"
        ),
        schema=SCHEMA,
        loader=Signals.from_json,
    )
    hold_bars: int | None = parameter(
        None,
        description=(
            "Bars after which what is left of each signal's own entry is closed; "
            "with or without it a signal reduces the other side's position, and opens "
            "its own from flat"
        ),
        minimum=1,
        maximum=1_000_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)


def decide(bars: Bars, params: SignalsParams, terms: Terms) -> Decision:
    """Act on each signal at the first fill that could have happened after it.

    Raises
    ------
    InvalidRequestError
        If a signal gives its own quantity and the sizing rule is not ``fixed``.
    """
    _check_quantities(params.signals, terms.sizing)
    placed = place(params.signals, bars, terms.fill)
    counts = SignalCounts(
        received=len(params.signals),
        acted=placed.bars.size,
        before_data=placed.before_data,
        after_data=placed.after_data,
        duplicates=placed.duplicates,
        moved=placed.moved,
        dated=int(np.count_nonzero(placed.dated)),
        placements=placements_of(params.signals, placed, bars, terms.fill),
    )
    hold_bars, columns = params.hold_bars or 0, (placed.sides, placed.quantities)
    plan = OrderPlan(planned(placed.bars, *columns, len(bars), hold_bars))
    return Decision(
        target_positions=targets_of(plan, len(bars), terms),
        plan=plan,
        warnings=tuple(counts.placing_warnings()),
        signal_counts=counts,
        event_study=EventStudy(
            bars=bars,
            buys=np.unique(placed.bars[placed.sides > 0.0]),
            sells=np.unique(placed.bars[placed.sides < 0.0]),
        ),
    )


def _check_quantities(signals: Signals, sizing: Sizing) -> None:
    own = ~np.isnan(signals.quantities)
    if own.any() and sizing.rule is not SizingRule.FIXED:
        raise refused(
            "",
            f"signal {int(own.argmax())} gives its own quantity, which the sizing rule "
            f"{sizing.rule.value!r} cannot follow; leave quantities out or use 'fixed'",
        )


SIGNALS = StrategyDefinition(
    name="signals",
    description=(
        "Acts on the caller's own signals, each at the first fill that could have "
        "happened after it, and studies what the price did after them."
    ),
    params=SignalsParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
