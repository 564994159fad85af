"""Exchange calendars: when a market was open, held in memory once asked for."""

from __future__ import annotations

import difflib
import threading
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import exchange_calendars
import numpy as np
import pandas as pd

from backtesting.timetable import DAY
from orchestrator.errors import InvalidRequestError
from orchestrator.loaders.checks.calendar_offsets import mend_offsets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.datetime64]
    Moments = NDArray[np.datetime64]
    Rows = NDArray[np.intp]
    Flags = NDArray[np.bool_]

ALWAYS_OPEN = "24/7"
_EARLIEST = np.datetime64("1950-01-01", "D")
_USUAL_START = np.datetime64("1990-01-01", "D")
_LATEST = np.datetime64("2100-12-31", "D")
_AHEAD = np.timedelta64(366, "D")
_YEARS_AVERAGED = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Sessions:
    """The sessions of a market over the days it is known for.

    Parameters
    ----------
    first, last : datetime64[D]
        The first and the last day anything is known of.
    days : ndarray of datetime64[D]
        The date of each session.
    opens, closes : ndarray of datetime64[ns]
        When each begins and ends, in UTC; half days end early, and a session may
        begin before 00:00 UTC of its date.
    """

    first: np.datetime64
    last: np.datetime64
    days: Days
    opens: Moments
    closes: Moments

    def between(self, first: np.datetime64, last: np.datetime64) -> Sessions:
        """Return what is known from `first` to `last`, both included."""
        start = int(np.searchsorted(self.days, first))
        stop = int(np.searchsorted(self.days, last, side="right"))
        return Sessions(
            first=max(first, self.first),
            last=min(last, self.last),
            days=self.days[start:stop],
            opens=self.opens[start:stop],
            closes=self.closes[start:stop],
        )

    def rows_of(self, labels: Moments) -> tuple[Rows, Flags]:
        """Return the session each label is of, and whether there is one.

        It is the first that ends at or after the label, if it begins within a day.
        """
        if not self.days.size:
            return np.zeros(labels.size, np.intp), np.zeros(labels.size, np.bool_)
        rows = np.minimum(np.searchsorted(self.closes, labels), self.days.size - 1)
        begins = self.opens[rows] - labels <= DAY
        return rows, begins & (labels <= self.closes[rows])

    def dates_of(self, labels: Moments, otherwise: Days) -> Days:
        """Return the date of each label's session, `otherwise` where there is none."""
        rows, found = self.rows_of(labels)
        dates: Days = otherwise.copy()
        dates[found] = self.days[rows[found]]
        return dates

    def per_year(self) -> float | None:
        """Return the sessions of a year, by the last ten whole years known."""
        stop = self.last.astype("datetime64[Y]")
        start = max(stop - _YEARS_AVERAGED, self.first.astype("datetime64[Y]") + 1)
        years = int((stop - start).astype(int))
        if years < 1:
            return None
        edges = np.array([start, stop]).astype("datetime64[D]")
        low, high = np.searchsorted(self.days, edges).tolist()
        return float(high - low) / years


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
            return _every_day(first, last)
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


def _every_day(first: np.datetime64, last: np.datetime64) -> Sessions:
    days = np.arange(first, last + 1)
    return Sessions(
        first=first,
        last=last,
        days=days,
        opens=days.astype("datetime64[ns]"),
        closes=(days + 1).astype("datetime64[ns]"),
    )


def _read(name: str, start: np.datetime64, end: np.datetime64) -> Sessions:
    mend_offsets()
    with warnings.catch_warnings():
        # exchange_calendars reads Series.values, which pandas deprecates.
        warnings.simplefilter("ignore", DeprecationWarning)
        calendar = _calendar(name, pd.Timestamp(start), pd.Timestamp(end))
    lower, upper = calendar.bound_min(), calendar.bound_max()
    return Sessions(
        first=start if lower is None else max(start, _day(lower)),
        last=end if upper is None else min(end, _day(upper)),
        days=calendar.sessions.to_numpy().astype("datetime64[D]"),
        opens=_moments(calendar.opens),
        closes=_moments(calendar.closes),
    )


def _calendar(
    name: str, start: pd.Timestamp, end: pd.Timestamp
) -> exchange_calendars.ExchangeCalendar:
    """Return a calendar from `start` to `end`, or as far as it knows."""
    try:
        return exchange_calendars.get_calendar(name, start=start, end=end)
    except ValueError:
        usual = exchange_calendars.get_calendar(name)
        lower, upper = usual.bound_min(), usual.bound_max()
        start = start if lower is None else max(start, lower)
        end = end if upper is None else min(end, upper)
        return exchange_calendars.get_calendar(name, start=start, end=end)


def _day(moment: pd.Timestamp) -> np.datetime64:
    return np.datetime64(moment.date(), "D")


def _moments(times: pd.Series[pd.Timestamp]) -> Moments:
    return pd.DatetimeIndex(times).tz_convert(None).to_numpy().astype("datetime64[ns]")
