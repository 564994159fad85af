"""A condition judged: whether it is met, its margin and its confidence state."""

from __future__ import annotations

import math
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from orchestrator.evidence import Evidence
from orchestrator.spec import Condition

NOT_MEASURED = "not_measured"
NOT_FINITE = "not_finite"

_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_ABOVE = frozenset({">", ">="})


class Figures(Protocol):
    """Figures that are defined, and for each that is not, the reason."""

    @property
    def values(self) -> Mapping[str, float]:
        """Return the defined figures."""
        ...

    @property
    def undefined(self) -> Mapping[str, str]:
        """Return the reasons of the others."""
        ...


class ConditionState(StrEnum):
    """What a confidence interval says of a condition."""

    SUPPORTED = "supported"
    """The whole interval meets it."""
    REFUTED = "refuted"
    """No part of the interval meets it."""
    UNRESOLVED = "unresolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedCondition:
    """A condition and what became of it.

    Parameters
    ----------
    condition : Condition
    value : float or None
        None where the figure is undefined.
    met : bool
        Never for an undefined figure.
    undefined : str or None
        The reason's code.
    margin : float or None
        By how much it is met, in the figure's unit; negative where it is missed.
    state : ConditionState or None
        None where the figure has no confidence interval.
    """

    condition: Condition
    value: float | None
    met: bool
    undefined: str | None = None
    margin: float | None = None
    state: ConditionState | None = None

    def to_json(self) -> dict[str, object]:
        """Return JSON; what does not exist is absent."""
        optional = {
            "value": self.value,
            "margin": self.margin,
            "undefined": self.undefined,
            "state": self.state and self.state.value,
        }
        return {
            "metric": self.condition.metric,
            "op": self.condition.op,
            "threshold": self.condition.threshold,
            "met": self.met,
        } | {name: value for name, value in optional.items() if value is not None}


def judge_condition(
    condition: Condition,
    *,
    measured: Figures,
    benchmark: Figures | None,
    evidence: Evidence | None,
) -> JudgedCondition:
    """Return `condition` with its figure; undefined figures meet nothing."""
    value, reason = _look_up(condition.metric, measured, benchmark, evidence)
    if reason is not None:
        return JudgedCondition(
            condition=condition, value=None, met=False, undefined=reason
        )
    threshold = condition.threshold
    margin = value - threshold if condition.op in _ABOVE else threshold - value
    return JudgedCondition(
        condition=condition,
        value=value,
        met=_COMPARE[condition.op](value, threshold),
        margin=margin + 0.0 if math.isfinite(margin) else None,
        state=_state(condition, evidence),
    )


def _look_up(
    name: str,
    measured: Figures,
    benchmark: Figures | None,
    evidence: Evidence | None,
) -> tuple[float, str | None]:
    values, undefined = measured.values, measured.undefined
    room, dot, figure = name.partition(".")
    if dot and room == "evidence":
        name, values, undefined = figure, {}, {}
        if evidence is not None:
            values, undefined = evidence.figures, evidence.undefined
    elif dot and room == "benchmark":
        name, values, undefined = figure, {}, {}
        if benchmark is not None:
            values, undefined = benchmark.values, benchmark.undefined
    # A figure that is both defined and excused is not trusted.
    if name in undefined or name not in values:
        return math.nan, str(undefined.get(name, NOT_MEASURED))
    value = float(values[name])
    return value + 0.0, None if math.isfinite(value) else NOT_FINITE


def _state(condition: Condition, evidence: Evidence | None) -> ConditionState | None:
    if condition.metric not in {"sharpe_ratio", "evidence.sharpe_ann"}:
        return None
    figures = {} if evidence is None else evidence.figures
    low, high = figures.get("sharpe_ci_low_ann"), figures.get("sharpe_ci_high_ann")
    if low is None or high is None:
        return None
    holds = _COMPARE[condition.op]
    at_low, at_high = (
        holds(low, condition.threshold),
        holds(high, condition.threshold),
    )
    if at_low and at_high:
        return ConditionState.SUPPORTED
    return ConditionState.UNRESOLVED if at_low or at_high else ConditionState.REFUTED
