"""Turns: heavy work goes on a few at a time, and the rest waits in a short line."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.errors import OverloadedError

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline

_RETRY_AFTER = 2.0


class Turns:
    """So many pieces of work at once, so many waiting, in one process.

    Cheap work takes no turn, so that it never waits behind heavy work.

    Parameters
    ----------
    at_once : int, default=1
        Pieces worked on at the same time.
    waiting : int, default=16
        Pieces that may wait; one more is told to come again.

    Examples
    --------
    >>> from orchestrator.deadline import Deadline
    >>> turns = Turns()
    >>> with turns.taken(Deadline.after(1.0)):
    ...     answer = 42
    """

    def __init__(self, at_once: int = 1, waiting: int = 16) -> None:
        self._free = threading.BoundedSemaphore(at_once)
        self._places = threading.BoundedSemaphore(at_once + waiting)

    @contextmanager
    def taken(self, deadline: Deadline) -> Iterator[None]:
        """Wait for a turn, and hold it.

        Raises
        ------
        OverloadedError
            If too many wait already, or the turn does not come before `deadline`.
        """
        if not self._places.acquire(blocking=False):
            raise OverloadedError(
                "as much heavy work as may wait is waiting already: send this request "
                "again in a moment, or ask for fewer bars",
                retry_after=_RETRY_AFTER,
            )
        try:
            if not self._free.acquire(timeout=_seconds(deadline)):
                raise OverloadedError(
                    "heavy work of others took all the time this request had: send it "
                    "again in a moment, or ask for fewer bars",
                    retry_after=_RETRY_AFTER,
                )
            try:
                yield
            finally:
                self._free.release()
        finally:
            self._places.release()


def _seconds(deadline: Deadline) -> float:
    """Return how long to wait: what is left, or as long as a lock may be waited for."""
    return min(max(deadline.left(), 0.0), threading.TIMEOUT_MAX)
