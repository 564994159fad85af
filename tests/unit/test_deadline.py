"""The time of one request, on a clock the test turns."""

from __future__ import annotations

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import BudgetExceededError


class Clock:
    """A clock that stands still until it is turned."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


class TestBudget:
    def test_counts_down(self) -> None:
        clock = Clock()
        deadline = Deadline.after(5.0, clock)

        clock.now += 2.0

        assert deadline.left() == 3.0
        deadline.check("the run")

    def test_refuses_work_once_it_is_spent(self) -> None:
        clock = Clock()
        deadline = Deadline.after(5.0, clock)

        clock.now += 5.0

        with pytest.raises(BudgetExceededError, match="before the run") as caught:
            deadline.check("the run")
        assert caught.value.retry_after == 1.0
