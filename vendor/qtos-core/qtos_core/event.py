"""Events, and the loop that hands each of them to its handlers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

Handler = Callable[["Event"], object]


@dataclass(frozen=True)
class Event:
    """Something that happened at a time.

    Parameters
    ----------
    timestamp : datetime or str
        When; an ISO 8601 string becomes a datetime.  Naive stays naive, aware
        stays aware.
    payload : object, default=None
        What happened, such as a bar.

    Raises
    ------
    ValueError
        If `timestamp` is a string that is not ISO 8601.

    Examples
    --------
    >>> Event("2020-01-02T00:00:00").timestamp
    datetime.datetime(2020, 1, 2, 0, 0)
    """

    timestamp: datetime
    payload: Any = None

    def __post_init__(self) -> None:
        given: object = self.timestamp
        if isinstance(given, str):
            object.__setattr__(self, "timestamp", datetime.fromisoformat(given))


class EventLoop:
    """Hand each event to every handler, in the order of subscription."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def subscribe(self, handler: Handler) -> None:
        """Call `handler` with every event dispatched from now on."""
        self._handlers.append(handler)

    def dispatch(self, event: Event) -> None:
        """Hand `event` to every handler; what a handler raises is not caught."""
        for handler in tuple(self._handlers):
            handler(event)

    def run(self, events: Iterable[Event]) -> None:
        """Dispatch `events` one after the other, in the order they come."""
        for event in events:
            self.dispatch(event)
