"""Exchange calendars: which days a market was open, held in memory once asked for."""

from __future__ import annotations

import difflib
import threading
import warnings
from typing import TYPE_CHECKING

import exchange_calendars
import numpy as np
import pandas as pd
from exchange_calendars import errors as calendar_errors

from orchestrator.errors import InvalidRequestError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.datetime64]

ALWAYS_OPEN = "24/7"
_START = np.datetime64("1990-01-01", "D")
_AHEAD = np.timedelta64(366, "D")


class Calendars:
    """The sessions of exchange calendars, by name; thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sessions: dict[str, tuple[np.datetime64, np.datetime64, Days]] = {}

    def sessions(self, name: str, first: np.datetime64, last: np.datetime64) -> Days:
        """Return the sessions from `first` to `last`, both included.

        Days the calendar knows nothing about count as no sessions.

        Raises
        ------
        InvalidRequestError
            If there is no calendar of that name; it suggests the nearest.
        """
        first, last = first.astype("datetime64[D]"), last.astype("datetime64[D]")
        if name == ALWAYS_OPEN:
            return np.arange(first, last + 1)
        with self._lock:
            known = self._sessions.get(name)
            if known is None or first < known[0] or last > known[1]:
                known = _read(name, first, last)
                self._sessions[name] = known
        days = known[2]
        return days[
            np.searchsorted(days, first) : np.searchsorted(days, last, side="right")
        ]


def check_calendar(name: str) -> None:
    """Refuse a calendar nobody knows.

    Raises
    ------
    InvalidRequestError
        Naming the nearest calendars.
    """
    names = exchange_calendars.get_calendar_names()
    if name in names:
        return
    near = difflib.get_close_matches(name.upper(), names, n=3)
    hint = f"; near it are {', '.join(near)}" if near else ", such as XNYS or 24/7"
    detail = f"{name!r} is not an exchange calendar{hint}"
    raise InvalidRequestError.at("/calendar", detail)


def _read(
    name: str, first: np.datetime64, last: np.datetime64
) -> tuple[np.datetime64, np.datetime64, Days]:
    check_calendar(name)
    start = min(first, _START)
    end = max(last, np.datetime64("today", "D")) + _AHEAD
    with warnings.catch_warnings():
        # exchange_calendars reads Series.values, which pandas 3.1 deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            calendar = _calendar(name, pd.Timestamp(start), pd.Timestamp(end))
        except calendar_errors.NoSessionsError:
            return start, end, np.array([], dtype="datetime64[D]")
    return start, end, calendar.sessions.to_numpy().astype("datetime64[D]")


def _calendar(
    name: str, start: pd.Timestamp, end: pd.Timestamp
) -> exchange_calendars.ExchangeCalendar:
    """Return a calendar from `start` to `end`, or as far as it knows."""
    try:
        return exchange_calendars.get_calendar(name, start=start, end=end)
    except ValueError:
        known = exchange_calendars.get_calendar(name)
        lower, upper = known.bound_min(), known.bound_max()
        start = start if lower is None else max(start, lower)
        end = end if upper is None else min(end, upper)
        return exchange_calendars.get_calendar(name, start=start, end=end)
