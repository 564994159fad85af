"""The strategy that acts on the caller's own signals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backtesting.bars import Bars
from backtesting.terms import Direction, Fill, Sizing, SizingRule, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter
from orchestrator.spec import Notice, StrategyParams
from orchestrator.strategies.base import Decision, Levels, StrategyDefinition
from orchestrator.strategies.event_study import EventStudy
from orchestrator.strategies.signal_counts import SignalCounts
from orchestrator.strategies.signals.cells import refused
from orchestrator.strategies.signals.levels import running_levels, timed_levels
from orchestrator.strategies.signals.placing import place
from orchestrator.strategies.signals.series import SCHEMA, Signals

_LIMITS = {
    Direction.LONG: (0.0, np.inf),
    Direction.SHORT: (-np.inf, 0.0),
    Direction.BOTH: (-np.inf, np.inf),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalsParams(StrategyParams):
    """The signals, and how long each is held."""

    signals: Signals = parameter(  # noqa: RUF009 -- it makes a field
        description=(
            "Up to 100,000 signals in any order, as rows or as columns: each acts on "
            "the first bar whose label is at or after its timestamp"
        ),
        schema=SCHEMA,
        loader=Signals.from_json,
    )
    hold_bars: int | None = parameter(
        None,
        description=(
            "Bars after which each signal's own entry is left again; without it a "
            "signal reduces the other side's position and opens its own from flat"
        ),
        minimum=1,
        maximum=1_000_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)


def decide(bars: Bars, params: SignalsParams, terms: Terms) -> Decision:
    """Act on each signal at the first bar it could have been known at.

    Raises
    ------
    InvalidRequestError
        If a signal gives its own quantity and the sizing rule is not ``fixed``.
    """
    placed = place(params.signals, bars)
    steps = placed.sides * _multiples(placed.quantities, params.signals, terms.sizing)
    limits = _LIMITS[terms.direction]
    levels, idle, cut = _levels(
        placed.bars, steps, len(bars), hold_bars=params.hold_bars, limits=limits
    )
    counts = SignalCounts(
        received=len(params.signals),
        acted=placed.bars.size,
        before_data=placed.before_data,
        after_data=placed.after_data,
        duplicates=placed.duplicates,
        moved=placed.moved,
        without_effect=idle,
        cut=cut,
    )
    return Decision(
        levels=levels,
        notices=_notices(counts),
        signal_counts=counts,
        event_study=EventStudy(
            bars=bars,
            buys=np.unique(placed.bars[placed.sides > 0.0]),
            sells=np.unique(placed.bars[placed.sides < 0.0]),
        ),
    )


def _multiples(
    quantities: NDArray[np.float64], signals: Signals, sizing: Sizing
) -> NDArray[np.float64]:
    own = ~np.isnan(signals.quantities)
    if own.any() and sizing.rule is not SizingRule.FIXED:
        raise refused(
            "",
            f"signal {int(own.argmax())} gives its own quantity, which the sizing rule "
            f"{sizing.rule.value!r} cannot follow; leave quantities out or use 'fixed'",
        )
    return np.where(np.isnan(quantities), 1.0, quantities / sizing.quantity)


def _levels(
    positions: NDArray[np.intp],
    steps: NDArray[np.float64],
    size: int,
    *,
    hold_bars: int | None,
    limits: tuple[float, float],
) -> tuple[Levels, int, int]:
    if hold_bars is None:
        return running_levels(positions, steps, size, limits)
    allowed = (steps >= limits[0]) & (steps <= limits[1])
    levels = timed_levels(positions[allowed], steps[allowed], size, hold_bars)
    return levels, int(np.count_nonzero(~allowed)), 0


def _notices(counts: SignalCounts) -> tuple[Notice, ...]:
    found = (
        (
            "signals_outside_data",
            counts.before_data + counts.after_data,
            f"{counts.before_data} before the first bar and {counts.after_data} after "
            "the last one were not acted on",
        ),
        (
            "signals_moved",
            counts.moved,
            f"{counts.moved} carry the time of no bar and act on the next one",
        ),
        (
            "signals_duplicate",
            counts.duplicates,
            f"{counts.duplicates} repeat the time and side of another and were dropped",
        ),
        (
            "signals_without_effect",
            counts.without_effect,
            f"{counts.without_effect} found nothing to do in this direction",
        ),
        (
            "signals_cut",
            counts.cut,
            f"{counts.cut} were larger than the position they reduced, and closed it",
        ),
    )
    return tuple(
        Notice(code=code, detail=f"of {counts.received} signals {detail}")
        for code, count, detail in found
        if count
    )


SIGNALS = StrategyDefinition(
    name="signals",
    description=(
        "Acts on the caller's own signals, each on the first bar it could have been "
        "known at, and studies what the price did after them."
    ),
    params=SignalsParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
