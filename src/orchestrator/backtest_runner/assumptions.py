"""What a run assumes: a spec's open choices, resolved on its bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backtesting.kernel.packing import pack_terms
from backtesting.metrics import infer_periods_per_year
from backtesting.terms import Terms
from orchestrator.errors import InvalidRequestError
from orchestrator.spec import AnswerWarning, Assumptions, BacktestSpec, WarningCode

if TYPE_CHECKING:
    from backtesting.bars import Bars
    from orchestrator.strategies.base import StrategyDefinition

ODD_YEAR = 0.1
"""How far a caller's year may be off the bars' own before it is warned of: 260
business days are no oddity."""


def resolve(
    spec: BacktestSpec, strategy: StrategyDefinition, bars: Bars
) -> Assumptions:
    """Return what a run of `spec` assumes."""
    periods = spec.periods_per_year
    if periods is None:
        periods = _periods_per_year(bars)
    return Assumptions(
        fill=strategy.default_fill if spec.fill is None else spec.fill,
        costs=spec.costs,
        sizing=spec.sizing,
        exits=spec.exits,
        direction=spec.direction,
        initial_cash=spec.initial_cash,
        periods_per_year=periods,
        risk_free_rate=spec.risk_free_rate,
    )


def terms_of(assumptions: Assumptions) -> Terms:
    """Return the terms of a simulation.

    Raises
    ------
    InvalidRequestError
        If one is out of the engine's range.
    """
    terms = Terms(
        initial_cash=assumptions.initial_cash,
        fill=assumptions.fill,
        costs=assumptions.costs,
        sizing=assumptions.sizing,
        exits=assumptions.exits,
        direction=assumptions.direction,
        periods_per_year=assumptions.periods_per_year,
    )
    try:
        pack_terms(terms)
    except ValueError as error:
        raise InvalidRequestError(str(error)) from error
    return terms


def annualizing_warnings(spec: BacktestSpec, bars: Bars) -> Iterator[AnswerWarning]:
    """Yield a warning where the caller annualizes by another year than the bars'."""
    if spec.risk_free_rate < 0.0:
        yield AnswerWarning(
            code=WarningCode.NEGATIVE_RISK_FREE_RATE,
            detail=f"a risk-free rate of {spec.risk_free_rate:g} counts idle cash as "
            "skill: every ratio over it is flattered",
        )
    asked = spec.periods_per_year
    if asked is None:
        return
    inferred = _periods_per_year(bars)
    if abs(asked / inferred - 1.0) > ODD_YEAR:
        yield AnswerWarning(
            code=WarningCode.PERIODS_PER_YEAR_DIFFERS,
            detail=f"periods_per_year {asked:g} was asked for, but the bars' spacing "
            f"says {inferred:g}: every annualized figure is scaled by it",
        )


def _periods_per_year(bars: Bars) -> float:
    """Return how many of the bars make a year, worked out once for them."""
    return bars.remembered(
        "periods_per_year", lambda: infer_periods_per_year(bars.timestamps)
    )
