"""Exchange calendars: when a market was open, held in memory once asked for."""

from __future__ import annotations

import difflib
import threading
from dataclasses import dataclass

import exchange_calendars
import numpy as np

from orchestrator.errors import InvalidRequestError
from orchestrator.loaders.checks.sessions import (
    Sessions,
    every_day,
    read_apart,
    read_sessions,
)

ALWAYS_OPEN = "24/7"
_EARLIEST = np.datetime64("1950-01-01", "D")
_USUAL_START = np.datetime64("1990-01-01", "D")
_LATEST = np.datetime64("2100-12-31", "D")
_AHEAD = np.timedelta64(366, "D")


class Calendars:
    """The sessions of exchange calendars, by name; thread-safe.

    A calendar is read outside the common lock, once for all who wait for it, and
    what is known of it only ever grows: from 1990 to next year, or further, between
    1950 and 2100, once dates ask for it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reading: dict[str, threading.Lock] = {}
        self._known: dict[str, _Read] = {}

    def sessions(
        self, name: str, first: np.datetime64, last: np.datetime64
    ) -> Sessions:
        """Return the sessions from `first` to `last`, both included.

        Raises
        ------
        InvalidRequestError
            If there is no calendar of that name; it suggests the nearest.
        """
        first, last = first.astype("datetime64[D]"), last.astype("datetime64[D]")
        if name == ALWAYS_OPEN:
            return every_day(first, last)
        return self._covering(name, first, last).between(first, last)

    def per_year(self, name: str, around: np.datetime64) -> float | None:
        """Return how many sessions a year has; None for a calendar of no whole year."""
        if name == ALWAYS_OPEN:
            return 365.0
        day = around.astype("datetime64[D]")
        return self._covering(name, day, day).per_year()

    def _covering(
        self, name: str, first: np.datetime64, last: np.datetime64
    ) -> Sessions:
        known = self._known.get(name)
        if known is not None and known.covers(first, last):
            return known.sessions
        check_calendar(name)
        with self._lock:
            reading = self._reading.setdefault(name, threading.Lock())
        with reading:
            known = self._known.get(name)
            if known is None or not known.covers(first, last):
                known = self._known[name] = _wider(name, known, first, last)
        return known.sessions


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


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Read:
    """What was read for the days from `start` to `end`; a calendar may know fewer."""

    start: np.datetime64
    end: np.datetime64
    sessions: Sessions

    def covers(self, first: np.datetime64, last: np.datetime64) -> bool:
        """Return whether no more can be known of `first` to `last`."""
        starts = first >= self.start or self.start == _EARLIEST
        return bool(starts and (last <= self.end or self.end == _LATEST))


def _wider(
    name: str, known: _Read | None, first: np.datetime64, last: np.datetime64
) -> _Read:
    """Read in few sizes, so that a calendar is seldom read again."""
    soon = np.datetime64("today", "D") + _AHEAD
    start: np.datetime64 = _USUAL_START if first >= _USUAL_START else _EARLIEST
    end: np.datetime64 = soon if last <= soon else _LATEST
    if known is not None:
        start = start if start < known.start else known.start
        end = end if end > known.end else known.end
    return _Read(start=start, end=end, sessions=_read(name, start, end))


def _read(name: str, start: np.datetime64, end: np.datetime64) -> Sessions:
    """Read what is usual at once; what is wide would hold up every other thread."""
    soon = np.datetime64("today", "D") + _AHEAD
    is_usual = start >= _USUAL_START and end <= soon
    read = read_sessions if is_usual else read_apart
    return read(name, start, end)
