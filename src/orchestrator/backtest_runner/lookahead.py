"""Does a strategy look ahead?  Change the future and see whether the past changes.

For chosen bars ``t`` the bars after ``t`` are replaced, or cut off, and the strategy
decides anew: every target up to and including ``t`` must be the same, to the bit, and
so must every order of a plan that is decided up to ``t``.
One difference proves look-ahead; none, over the bars tried, does not prove its
absence, and the report says how much was tried.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from backtesting import OrderPlan
from backtesting.bars import Bars
from backtesting.terms import Terms
from orchestrator.deadline import Deadline
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decision, StrategyDefinition, TargetPositions

DEFAULT_CUTS = 16
_FACTOR = 3.0
_SEED = 20_260_101


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A decision that changed because bars after it did."""

    cut_point: int
    """Position of the last bar that was left as it was."""
    bar: int
    """Position of the first target or order that changed."""
    perturbation: str
    """Which change of the bars after the cut point changed it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LookaheadReport:
    """What changing the future did to the past.

    Parameters
    ----------
    bars : int
        Bars of the data.
    cut_points : int
        Bars after which the rest was changed.
    perturbations : tuple of str
        The ways it was changed, each after every cut point.
    target_changes : int
        Changes of the target over all bars: without any, little was tested.
    difference : Difference or None
        The first look-ahead found.
    """

    bars: int
    cut_points: int
    perturbations: tuple[str, ...]
    target_changes: int
    difference: Difference | None

    @property
    def lookahead_found(self) -> bool:
        """Whether a decision changed: then the strategy looks ahead."""
        return self.difference is not None

    def to_json(self) -> dict[str, object]:
        """Return the report as JSON-ready values."""
        answer: dict[str, object] = {
            "lookahead_found": self.lookahead_found,
            "bars": self.bars,
            "cut_points": self.cut_points,
            "perturbations": list(self.perturbations),
            "target_changes": self.target_changes,
        }
        if self.difference is not None:
            answer["difference"] = {
                "cut_point": self.difference.cut_point,
                "bar": self.difference.bar,
                "perturbation": self.difference.perturbation,
            }
        return answer


def validate_no_lookahead(
    definition: StrategyDefinition,
    params: StrategyParams,
    bars: Bars,
    terms: Terms,
    *,
    cuts: int = DEFAULT_CUTS,
    deadline: Deadline | None = None,
) -> LookaheadReport:
    """Change the bars after some bars, and report whether a decision before changed.

    Parameters
    ----------
    definition : StrategyDefinition
    params : StrategyParams
    bars : Bars
    terms : Terms
    cuts : int, default=16
        Bars to cut at: spread evenly, and where the target changes.
    deadline : Deadline, optional
        Checked before every decision.

    Raises
    ------
    BudgetExceededError
        If the deadline is spent.
    """
    decision = definition.decide(bars, params, terms)
    targets = decision.target_positions
    chosen = _cuts(targets, cuts)
    difference = None
    for cut in chosen:
        for name, perturb in PERTURBATIONS.items():
            if deadline is not None:
                deadline.check("the look-ahead check")
            changed = definition.decide(perturb(bars, cut), params, terms)
            bar = _first_change(decision, changed, cut)
            if difference is None and bar is not None:
                difference = Difference(cut_point=cut, bar=bar, perturbation=name)
    return LookaheadReport(
        bars=len(bars),
        cut_points=len(chosen),
        perturbations=tuple(PERTURBATIONS),
        target_changes=int(np.count_nonzero(np.diff(targets, prepend=0.0))),
        difference=difference,
    )


def _first_change(decision: Decision, changed: Decision, cut: int) -> int | None:
    """Return the first bar up to `cut` that was decided otherwise, if any was."""
    stop = cut + 1
    if decision.plan is not None and changed.target_positions.size == stop:
        # What is ordered on the last bar may hang on when the next one opens.
        stop = cut
    differs = changed.target_positions[:stop] != decision.target_positions[:stop]
    bars = [int(differs.argmax())] if differs.any() else []
    if decision.plan is not None and changed.plan is not None:
        plans = decision.plan.before(stop), changed.plan.before(stop)
        bars += _changed_orders(*plans)
    elif decision.plan is not changed.plan:
        bars.append(0)
    return min(bars, default=None)


def _changed_orders(ours: OrderPlan, theirs: OrderPlan) -> list[int]:
    """Return the bar of the first order that is in one plan and not in the other."""
    common = min(len(ours), len(theirs))
    left, right = ours.matrix[:, :common], theirs.matrix[:, :common]
    same = ((left == right) | (np.isnan(left) & np.isnan(right))).all(axis=0)
    first = common if same.all() else int(same.argmin())
    return [int(plan.bar[first]) for plan in (ours, theirs) if first < len(plan)]


def _cuts(targets: TargetPositions, count: int) -> list[int]:
    """Return positions to cut after, never the last: nothing comes after it."""
    last = targets.size - 1
    changes = np.flatnonzero(np.diff(targets, prepend=0.0))
    changes = changes[changes < last]
    even = np.linspace(0, max(last - 1, 0), max(count - count // 2, 1))
    places = np.linspace(0, changes.size - 1, min(count // 2, changes.size))
    chosen = np.concatenate((even.astype(np.intp), changes[places.astype(np.intp)]))
    return [int(cut) for cut in np.unique(chosen[chosen < last])]


def _scaled(bars: Bars, cut: int, factor: float) -> Bars:
    factors = np.ones(len(bars))
    factors[cut + 1 :] = factor
    return replace(
        bars,
        open=bars.open * factors,
        high=bars.high * factors,
        low=bars.low * factors,
        close=bars.close * factors,
        volume=bars.volume * factors,
    )


def _higher(bars: Bars, cut: int) -> Bars:
    return _scaled(bars, cut, _FACTOR)


def _lower(bars: Bars, cut: int) -> Bars:
    return _scaled(bars, cut, 1.0 / _FACTOR)


def _shuffled(bars: Bars, cut: int) -> Bars:
    order: NDArray[np.intp] = np.arange(len(bars))
    np.random.default_rng(_SEED).shuffle(order[cut + 1 :])
    return replace(
        bars,
        open=bars.open[order],
        high=bars.high[order],
        low=bars.low[order],
        close=bars.close[order],
        volume=bars.volume[order],
    )


def _absent(bars: Bars, cut: int) -> Bars:
    return bars.between(None, bars.timestamps[cut + 1])


PERTURBATIONS: Mapping[str, Callable[[Bars, int], Bars]] = MappingProxyType(
    {
        "three_times_higher": _higher,
        "three_times_lower": _lower,
        "shuffled": _shuffled,
        "absent": _absent,
    }
)
"""The ways the bars after a cut are changed, all within the bar contract."""
