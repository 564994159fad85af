"""The sessions of one exchange calendar, as exchange_calendars knows them.

Run as ``python -m orchestrator.loaders.checks.sessions NAME FIRST LAST``, it writes
them to its standard output: see `read_apart`.
"""

from __future__ import annotations

import io
import subprocess
import sys
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING

import exchange_calendars
import numpy as np
import pandas as pd

from backtesting.timetable import DAY
from orchestrator.loaders.checks.calendar_offsets import mend_offsets

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Days = NDArray[np.datetime64]
    Moments = NDArray[np.datetime64]
    Rows = NDArray[np.intp]
    Flags = NDArray[np.bool_]

_YEARS_AVERAGED = 10
_MODULE = "orchestrator.loaders.checks.sessions"


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


def every_day(first: np.datetime64, last: np.datetime64) -> Sessions:
    """Return the sessions of a market that never closes."""
    days = np.arange(first, last + 1)
    return Sessions(
        first=first,
        last=last,
        days=days,
        opens=days.astype("datetime64[ns]"),
        closes=(days + 1).astype("datetime64[ns]"),
    )


def read_sessions(name: str, start: np.datetime64, end: np.datetime64) -> Sessions:
    """Return the sessions of a calendar, as far as it knows any."""
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


def read_apart(name: str, start: np.datetime64, end: np.datetime64) -> Sessions:
    """Return what `read_sessions` does, worked out in a process of its own.

    A hundred and fifty years of holidays take seconds of Python, which other threads
    of this process would wait through.

    Raises
    ------
    subprocess.CalledProcessError
        If that process fails.
    """
    command = [sys.executable, "-P", "-m", _MODULE, name, str(start), str(end)]
    written = subprocess.run(command, check=True, stdout=subprocess.PIPE)  # noqa: S603 -- the name is a known calendar's
    with np.load(io.BytesIO(written.stdout)) as found:
        bounds = found["bounds"]
        return Sessions(
            first=bounds[0],
            last=bounds[1],
            days=found["days"],
            opens=found["opens"],
            closes=found["closes"],
        )


def _write(name: str, start: str, end: str) -> None:
    found = read_sessions(name, np.datetime64(start, "D"), np.datetime64(end, "D"))
    np.savez(
        sys.stdout.buffer,
        bounds=np.array([found.first, found.last]),
        days=found.days,
        opens=found.opens,
        closes=found.closes,
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


if __name__ == "__main__":
    _write(*sys.argv[1:])
