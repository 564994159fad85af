"""The instant by which one request must be answered, checked as the work goes on."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from dataclasses import dataclass

from orchestrator.errors import BudgetExceededError


@dataclass(frozen=True, slots=True)
class Deadline:
    """An instant on a monotonic clock by which a request must have its answer."""

    at: float
    clock: Callable[[], float] = time.monotonic

    @classmethod
    def after(
        cls, seconds: float, clock: Callable[[], float] = time.monotonic
    ) -> Deadline:
        """Return the deadline `seconds` from now."""
        return cls(clock() + seconds, clock)

    @classmethod
    def never(cls) -> Deadline:
        """Return the deadline of work that nobody waits for."""
        return cls(math.inf)

    def left(self) -> float:
        """Return the seconds left, negative once they are spent."""
        return self.at - self.clock()

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
