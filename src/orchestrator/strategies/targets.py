"""From the targets of a rule to a decision under the terms of a run."""

from __future__ import annotations

import numpy as np

from backtesting.terms import Direction, Terms
from orchestrator.spec import AnswerWarning, WarningCode
from orchestrator.strategies.base import Decision, TargetPositions


def decided(targets: TargetPositions, terms: Terms, *, warmup: int) -> Decision:
    """Return the decision of `target_positions`, cut to the sides the direction allows.

    Parameters
    ----------
    targets : ndarray of shape (n_bars,)
        Targets of a rule that takes both sides.
    terms : Terms
        The direction is read.
    warmup : int
        Bars the rule needs before it can decide anything; with fewer the decision
        says ``warmup_exceeds_data``.
    """
    if terms.direction is Direction.LONG:
        np.maximum(targets, 0.0, out=targets)
    elif terms.direction is Direction.SHORT:
        np.minimum(targets, 0.0, out=targets)
    return Decision(
        target_positions=targets,
        warnings=warmup_warnings(targets.size, warmup),
    )


def warmup_warnings(bars: int, warmup: int) -> tuple[AnswerWarning, ...]:
    """Return the warning that `bars` bars are too few to decide anything, or none."""
    if bars >= warmup:
        return ()
    detail = (
        f"the strategy needs {warmup} bars before it can decide and the data has "
        f"{bars}: it never traded"
    )
    return (AnswerWarning(code=WarningCode.WARMUP_EXCEEDS_DATA, detail=detail),)
