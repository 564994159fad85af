"""How many bytes of bodies are worked on at once: what is more waits outside.

A body of some megabytes becomes ten times as much while it is read.  Small bodies are
never counted; large ones share `capacity`, and one that does not fit is told to come
again.  Those that are in are read one after another, each in its turn.
"""

from __future__ import annotations

import threading
from contextlib import AbstractContextManager, nullcontext

from flask import Flask, current_app, g, request

from orchestrator.deadline import Deadline
from orchestrator.errors import OverloadedError
from orchestrator.turns import Turns

SMALL = 512 * 1024
"""Bytes of a body that is never counted."""
BODIES = 4
"""How many bodies of the largest size are worked on at once."""
_EXTENSION = "orchestrator.admission"


class Admission:
    """Counts the bytes of large bodies in one process.

    Parameters
    ----------
    capacity : int
    """

    def __init__(self, capacity: int) -> None:
        self._capacity = capacity
        self._used = 0
        self._lock = threading.Lock()

    def enter(self, size: int) -> int:
        """Count a body in; return what `leave` must be told.

        Raises
        ------
        OverloadedError
            If it does not fit beside those that are worked on.
        """
        if size <= SMALL:
            return 0
        with self._lock:
            if self._used and self._used + size > self._capacity:
                raise OverloadedError(
                    f"bodies of {self._used // 1_000_000} MB are worked on already: "
                    "send this one again in a moment",
                    retry_after=1.0,
                )
            self._used += size
        return size

    def leave(self, size: int) -> None:
        """Count a body out."""
        with self._lock:
            self._used -= size


def parsing(size: int) -> AbstractContextManager[None]:
    """Return what reading a body of `size` bytes waits for: nothing if it is small.

    Raises
    ------
    OverloadedError
        On entering, if the turn does not come in time.
    """
    if size <= SMALL:
        return nullcontext()
    turns, seconds = current_app.extensions[_EXTENSION]
    taken: AbstractContextManager[None] = turns.taken(Deadline.after(seconds))
    return taken


def register_admission(
    app: Flask, most: int, turns: Turns, seconds: float
) -> Admission:
    """Have `app` admit large bodies by their bytes; one may have `most`.

    They are read in `turns`, for which one waits at most `seconds`.
    """
    admission = Admission(BODIES * most)
    app.extensions[_EXTENSION] = (turns, seconds)

    @app.before_request
    def enter() -> None:
        # A body in chunks may be as long as any.
        length = request.content_length
        chunked = "Transfer-Encoding" in request.headers
        size = most if length is None and chunked else length or 0
        g.admitted = 0
        g.admitted = admission.enter(min(size, most))

    @app.teardown_request
    def leave(_: BaseException | None) -> None:
        admission.leave(g.get("admitted", 0))

    return admission
