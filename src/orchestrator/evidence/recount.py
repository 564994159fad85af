"""Weigh again what was weighed, under another count of trials.

The count is known only once the ledger has the present trial, while every other
writer waits; the expensive part of the evidence does not depend on it.
"""

from __future__ import annotations

import math
from dataclasses import replace
from types import MappingProxyType

from orchestrator.evidence.annualized import trial_figures
from orchestrator.evidence.findings import Evidence
from orchestrator.evidence.trials import Trials


def recount(evidence: Evidence, trials: Trials) -> Evidence:
    """Return `evidence` as `weigh` would have found it with `trials`."""
    figures = dict(evidence.figures)
    undefined = dict(evidence.undefined)
    figures["trials"] = trials.used
    for name, count in (
        ("trials_counted", trials.counted),
        ("trials_all_callers", trials.all_callers),
    ):
        figures.pop(name, None)
        if count is not None:
            figures[name] = count
    if evidence.sharpe is not None:
        for name, value in trial_figures(
            evidence.sharpe,
            evidence.p_value_judged,
            trials,
            evidence.periods_per_year,
        ).items():
            figures.pop(name, None)
            undefined.pop(name, None)
            if math.isfinite(value):
                figures[name] = value
            else:
                undefined[name] = "overflow"
    return replace(
        evidence,
        trials=trials,
        figures=MappingProxyType(figures),
        undefined=MappingProxyType(undefined),
    )
