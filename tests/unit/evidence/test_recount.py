"""Recounting equals weighing anew."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.evidence import SampleFacts, Trials, weigh
from orchestrator.evidence.recount import recount

RETURNS = np.random.default_rng(7).normal(0.0008, 0.01, 500)
FACTS = SampleFacts(years=2.0, closed_trades=40, losing_trades=15)
COUNTS = [
    Trials(counted=None),
    Trials(counted=1),
    Trials(counted=7, claimed=30, all_callers=99),
    Trials(counted=40, sharpe_variance=0.3),
]


@pytest.mark.parametrize("before", COUNTS)
@pytest.mark.parametrize("after", COUNTS)
@pytest.mark.parametrize("returns", [RETURNS, -RETURNS, np.zeros(500)])
def test_recount_is_the_same_as_weighing_anew(
    before: Trials, after: Trials, returns: np.ndarray
) -> None:
    first, anew = (
        weigh(returns, periods_per_year=252.0, sample=FACTS, trials=trials)
        for trials in (before, after)
    )

    found = recount(first, after)

    assert dict(found.figures) == dict(anew.figures)
    assert dict(found.undefined) == dict(anew.undefined)
    assert found.trials == after
