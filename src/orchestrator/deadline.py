"""The time one request may take, spent as the work goes on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.errors import BudgetExceededError


@dataclass(frozen=True, slots=True)
class Budget:
    """Seconds until a deadline on a monotonic clock."""

    deadline: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def of(cls, seconds: float, clock: Callable[[], float] = time.monotonic) -> Budget:
        """Return a budget of `seconds` that starts now."""
        return cls(clock() + seconds, clock)

    def left(self) -> float:
        """Return the seconds left, negative once they are spent."""
        return self.deadline - self.clock()

    def check(self, work: str) -> None:
        """Raise unless time is left to begin `work`.

        Raises
        ------
        BudgetExceededError
            If the deadline has passed.
        """
        left = self.left()
        if left <= 0.0:
            raise BudgetExceededError(
                f"the request's time was spent {-left:.1f} s before {work}; "
                "ask for fewer bars or try again later",
                retry_after=1.0,
            )
