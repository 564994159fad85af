"""Verdicts that were answered survive the death of the worker that gave them."""

from __future__ import annotations

import pytest

from benchmarks.kills import kill_workers


@pytest.mark.slow
def test_no_acknowledged_verdict_is_lost_when_workers_are_killed() -> None:
    outcome = kill_workers(kills=6, verdicts=100, pause=1.5)

    assert outcome.acknowledged >= 100
    assert outcome.lost == 0
    assert outcome.chain.startswith("intact")
