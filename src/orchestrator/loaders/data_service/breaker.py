"""A circuit breaker: a service that keeps failing is left alone for a while."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

from orchestrator.errors import (
    DataSourceError,
    DataSourceSuspendedError,
    DataSourceTimeoutError,
)

T = TypeVar("T")


class Breaker:
    """Opens after `failures` in a row; after `rest` seconds lets one call through.

    Parameters
    ----------
    failures : int, default=5
    rest : float, default=30.0
        Seconds.
    clock : Callable, default=time.monotonic
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        rest: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._allowed = failures
        self._rest = rest
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until = 0.0

    def call(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, unless the service is being left alone.

        Raises
        ------
        DataSourceSuspendedError
            At once, while the service rests.
        """
        self._enter()
        try:
            result = work()
        except (DataSourceError, DataSourceTimeoutError):
            self._count()
            raise
        with self._lock:
            self._failed = 0
        return result

    def _enter(self) -> None:
        with self._lock:
            if self._failed < self._allowed:
                return
            left = self._open_until - self._clock()
            if left > 0.0:
                raise DataSourceSuspendedError(
                    f"the data service failed {self._failed} times in a row and is "
                    f"left alone for another {left:.0f} s",
                    retry_after=left,
                )
            self._open_until = self._clock() + self._rest  # others wait for one

    def _count(self) -> None:
        with self._lock:
            self._failed += 1
            if self._failed >= self._allowed:
                self._open_until = self._clock() + self._rest
