"""What a strategy is: a name, parameters and a function from bars to targets.

A strategy decides with `Decision.target_positions`: one float64 a bar, the position
to hold *after* deciding on that bar, in multiples of one sized entry.  Zero is flat, +1
one long entry, -1 one short entry; warm-up bars are zero and no value is missing.  The
level of bar ``t`` depends on bars up to and including ``t`` alone.

A strategy that must know what became of its entries before it leaves them decides
with a `Decision.plan` of orders instead; its targets then say what the plan would hold
if every order filled.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from backtesting import OrderPlan, PlanOutcome
from backtesting.bars import Bars
from backtesting.terms import Fill, Terms
from orchestrator.parameters import json_schema
from orchestrator.spec import AnswerWarning, StrategyParams
from orchestrator.strategies.signals.counts import SignalCounts
from orchestrator.strategies.signals.event_study import EventStudy

TargetPositions = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a strategy decided on given bars.

    Parameters
    ----------
    target_positions : ndarray of shape (n_bars,)
        Target positions; see the module.
    warnings : tuple of AnswerWarning, default=()
        What the caller must know of the decision.
    signal_counts : SignalCounts, optional
        What became of each of the caller's own signals.
    event_study : EventStudy, optional
        What the prices did after the caller's own signals.
    plan : OrderPlan, optional
        What is traded instead of `target_positions`; see the module.
    """

    target_positions: TargetPositions
    warnings: tuple[AnswerWarning, ...] = ()
    signal_counts: SignalCounts | None = None
    event_study: EventStudy | None = None
    plan: OrderPlan | None = None

    def after(self, outcome: PlanOutcome | None) -> Decision:
        """Return the decision with what its run tells of the caller's signals."""
        if outcome is None or self.signal_counts is None:
            return self
        counts = self.signal_counts.after(outcome)
        warnings = (*self.warnings, *counts.run_warnings())
        return replace(self, signal_counts=counts, warnings=warnings)


Decide = Callable[[Bars, Any, Terms], Decision]
"""Bars, the strategy's own parameters and the terms (direction, sizing) it trades
under; the second is typed in each strategy's file."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyDefinition:
    """One registered strategy.

    Parameters
    ----------
    name : str
        The ``strategy_type`` that asks for it.
    description : str
        One or two sentences for ``GET /strategies``.
    params : type of StrategyParams
        Its parameters, from which schema and documentation are derived.
    default_fill : Fill
        ``next_open`` for whatever reads a bar before it decides.
    decide : callable
        ``decide(bars, params, terms) -> Decision``.
    """

    name: str
    description: str
    params: type[StrategyParams]
    default_fill: Fill
    decide: Decide

    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of the parameters."""
        return json_schema(self.params)
