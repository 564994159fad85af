"""What a run assumes: a spec's open choices, resolved on its bars."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from backtesting.kernel.packing import pack_terms
from backtesting.metrics import BarsPerYear, bars_per_year_of
from backtesting.metrics.periods import UNEVEN
from backtesting.terms import Terms
from orchestrator.errors import InvalidRequestError
from orchestrator.spec import (
    AnswerWarning,
    Assumptions,
    BacktestSpec,
    LoadedBars,
    WarningCode,
)

if TYPE_CHECKING:
    from orchestrator.strategies.base import StrategyDefinition


def resolve(
    spec: BacktestSpec, strategy: StrategyDefinition, loaded: LoadedBars
) -> Assumptions:
    """Return what a run of `spec` assumes."""
    periods = spec.periods_per_year
    if periods is None:
        periods = _bars_per_year(loaded).periods
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


def annualizing_warnings(
    spec: BacktestSpec, loaded: LoadedBars
) -> Iterator[AnswerWarning]:
    """Yield a warning where figures a year stand on a doubtful year."""
    if spec.risk_free_rate < 0.0:
        yield AnswerWarning(
            code=WarningCode.NEGATIVE_RISK_FREE_RATE,
            detail=f"a risk-free rate of {spec.risk_free_rate:g} counts idle cash as "
            "skill: every ratio over it is flattered",
        )
    asked, bars = spec.periods_per_year, _bars_per_year(loaded)
    if asked is None and not bars.is_even:
        yield AnswerWarning(
            code=WarningCode.PERIODS_PER_YEAR_UNCERTAIN,
            detail=f"{bars.counted:.4g} bars make a year over the whole window, but "
            f"{bars.usual:.4g} over most of it: bars of two spacings, a gap, or a row "
            "far from the others; every annualized figure is scaled by it",
        )
    if asked is None:
        return
    off = min(abs(asked / own - 1.0) for own in (bars.periods, bars.counted))
    if off > UNEVEN:
        yield AnswerWarning(
            code=WarningCode.PERIODS_PER_YEAR_DIFFERS,
            detail=f"periods_per_year {asked:g} was asked for, but "
            f"{bars.periods:g} bars make a year: every annualized figure is scaled "
            "by it",
        )


def _bars_per_year(loaded: LoadedBars) -> BarsPerYear:
    """Return how many of the bars make a year."""
    return loaded.periods or bars_per_year_of(loaded.bars)
