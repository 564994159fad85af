"""Deadlines that cut a connection, however slowly the other side goes on.

A timeout on a socket bounds the wait for the next byte only.  A `CallTimer` shuts
the socket itself, so that bytes that come one a second end in time as well.
"""

from __future__ import annotations

import socket
import threading
from contextlib import suppress
from contextvars import ContextVar
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import InvalidHeader
from urllib3.util import Retry

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline


LONGEST_WAIT = 86_400.0
"""Seconds; a ``Retry-After`` beyond a day is read as a day."""


class GivenUpError(Exception):
    """No time is left for another attempt."""

    def __init__(self, wait: float | None = None) -> None:
        super().__init__("no time is left for another attempt")
        self.wait = wait


class CallTimer:
    """Shuts the connection in use when time is up; a context around one request.

    Parameters
    ----------
    deadline : Deadline
        The time of the caller's request.
    seconds : float
        At most this much of it.
    """

    def __init__(self, deadline: Deadline, seconds: float) -> None:
        self._deadline = deadline
        self._until = deadline.clock() + min(seconds, deadline.left())
        self._lock = threading.Lock()
        self._connection: socket.socket | None = None
        self._timer = threading.Timer(max(self.left(), 0.0), self._expire)
        self._timer.daemon = True
        self.expired = False

    def left(self) -> float:
        """Return the seconds left."""
        return self._until - self._deadline.clock()

    def hold(self, connection: socket.socket | None) -> None:
        """Watch the connection in use, in place of the one before."""
        with self._lock:
            self._connection = connection
            if self.expired:
                self._shut()

    def _expire(self) -> None:
        with self._lock:
            self.expired = True
            self._shut()

    def _shut(self) -> None:
        if self._connection is not None:
            with suppress(OSError):
                self._connection.shutdown(socket.SHUT_RDWR)

    def __enter__(self) -> Self:
        self._token = _current.set(self)
        self._timer.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._timer.cancel()
        self.hold(None)
        _current.reset(self._token)


_current: ContextVar[CallTimer] = ContextVar("deadline of the request in this thread")


class BoundedRetry(Retry):
    """Tries again only while the timer allows it."""

    def increment(self, *args: Any, **kwargs: Any) -> Self:
        """Count a failed attempt, or give up when time is."""
        if _current.get().left() <= 0.0:
            raise GivenUpError
        return super().increment(*args, **kwargs)

    def get_retry_after(self, response: Any) -> float | None:
        """Return the seconds an answer asks for; None if it asks for none legibly."""
        try:
            asked = super().get_retry_after(response)
        except (InvalidHeader, ValueError, OverflowError):
            return None
        return None if asked is None else min(asked, LONGEST_WAIT)

    def sleep(self, response: Any = None) -> None:
        """Wait as the answer asks, or back off, unless time would run out."""
        wait = self.get_backoff_time()
        asked = None
        if response is not None:
            asked = self.get_retry_after(response)
        if (asked or wait) >= _current.get().left():
            raise GivenUpError(asked)
        super().sleep(response)


class _Plain(HTTPConnection):
    def getresponse(self) -> Any:
        _current.get().hold(self.sock)
        return _undrained(super().getresponse())


class _Secure(HTTPSConnection):
    def getresponse(self) -> Any:
        _current.get().hold(self.sock)
        return _undrained(super().getresponse())


def _undrained(response: Any) -> Any:
    """Close a failed answer instead of reading on, however long it is."""
    response.drain_conn = response.close
    return response


class _PlainPool(HTTPConnectionPool):
    ConnectionCls = _Plain


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _Secure


class BoundedAdapter(HTTPAdapter):
    """A pool whose connections a `CallTimer` can shut."""

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Make the pools."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": _PlainPool,
            "https": _SecurePool,
        }
