"""What is odd about a condition by itself: it may not say what its author meant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from backtesting.metrics import CATALOGUE
from backtesting.metrics.definition import Better
from orchestrator.evidence import FIGURES
from orchestrator.gate.wording import number
from orchestrator.spec import AnswerWarning, Condition, WarningCode

_AGAINST = {
    Better.HIGHER: (("<", "<="), ">"),
    Better.LOWER: ((">", ">="), "<"),
    Better.NEUTRAL: ((), ""),
}
_DIRECTIONS: Mapping[str, Better] = {one.name: one.direction for one in CATALOGUE} | {
    f"evidence.{one.name}": one.direction for one in FIGURES
}
"""A benchmark's metrics improve no run in either direction: they have none."""
_SMALL_UNITS = frozenset({"% a bar"})
_PERCENTS = (
    {one.name for one in CATALOGUE if "%" in one.unit and one.unit not in _SMALL_UNITS}
    | {f"evidence.{one.name}" for one in FIGURES if "%" in one.unit}
)  # fmt: skip


def condition_warnings(conditions: Iterable[Condition]) -> tuple[AnswerWarning, ...]:
    """Return a warning for each condition that says the reverse of what callers mean.

    ``condition_direction`` for an operator that asks for a worse figure
    (``sharpe_ratio < 0.5``), ``fraction_for_percent`` for a figure in percent beside
    a number between -1 and 1 (``cagr > 0.1`` is a tenth of a percent a year).

    Parameters
    ----------
    conditions : iterable of Condition

    Returns
    -------
    tuple of AnswerWarning
        In the order of the conditions.
    """
    return tuple(
        warning
        for condition in conditions
        for warning in (_direction(condition), _fraction(condition))
        if warning is not None
    )


def _direction(condition: Condition) -> AnswerWarning | None:
    better = _DIRECTIONS.get(condition.metric, Better.NEUTRAL)
    against, cure = _AGAINST[better]
    if condition.op not in against:
        return None
    return AnswerWarning(
        code=WarningCode.CONDITION_DIRECTION,
        detail=f"'{_text(condition)}' asks for a worse figure: {better} "
        f"{condition.metric} is better; if that is not meant, write {cure}",
    )


def _fraction(condition: Condition) -> AnswerWarning | None:
    threshold = condition.threshold
    name = condition.metric.removeprefix("benchmark.")
    if name not in _PERCENTS or not 0.0 < abs(threshold) < 1.0:
        return None
    return AnswerWarning(
        code=WarningCode.FRACTION_FOR_PERCENT,
        detail=f"'{_text(condition)}' compares with {number(threshold)} %: "
        f"{condition.metric} is in percent; if {number(threshold * 100.0)} % is "
        f"meant, write {number(threshold * 100.0)}",
    )


def _text(condition: Condition) -> str:
    return f"{condition.metric} {condition.op} {number(condition.threshold)}"
