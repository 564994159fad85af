"""One piece of work a key at a time: who comes second waits for the first."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Generic, TypeVar

from orchestrator.errors import BudgetExceededError

if __debug__:  # names used in annotations only
    from orchestrator.deadline import Deadline

T = TypeVar("T")


class SingleFlight(Generic[T]):
    """Run equal work once, and hand its outcome to everyone who asked meanwhile."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._flights: dict[Hashable, Future[T]] = {}

    def run(self, key: Hashable, work: Callable[[], T], deadline: Deadline) -> T:
        """Return what `work` returns, or what it returned to the one before us.

        Raises
        ------
        BudgetExceededError
            If the one before us takes longer than our deadline.
        """
        with self._lock:
            flight = self._flights.get(key)
            if flight is None:
                mine: Future[T] = Future()
                self._flights[key] = mine
        if flight is not None:
            return self._wait(flight, deadline)
        try:
            result = work()
        except BaseException as error:
            mine.set_exception(error)
            raise
        else:
            mine.set_result(result)
            return result
        finally:
            with self._lock:
                del self._flights[key]

    @staticmethod
    def _wait(flight: Future[T], deadline: Deadline) -> T:
        try:
            return flight.result(timeout=max(deadline.left(), 0.0))
        except FutureTimeoutError:
            if flight.done():
                raise
            raise BudgetExceededError(
                "the request's time was spent waiting for the same data to arrive; "
                "try again later",
                retry_after=1.0,
            ) from None
