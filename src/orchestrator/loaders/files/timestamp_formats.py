"""Timestamps in the shapes that are not all alike: ISO, epochs, dates of every land."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from pandas._libs.tslibs.nattype import NaTType

    Times = NDArray[np.datetime64]
    Check = Callable[[], None]

ISO = re.compile(
    r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
    r"\s*(?:(Z|UTC)|([+-][0-9]{2}):?([0-9]{2})?)?\s*",
    re.ASCII | re.IGNORECASE,
)
EPOCH = re.compile(r"\s*-?([0-9]{1,19})(?:\.0*)?\s*", re.ASCII)
ISO_PLAIN, ISO_OFFSET = "ISO 8601 without an offset", "ISO 8601 with offsets"
EPOCHS = "epoch"
_EPOCH_SCALES = {
    9: 10**9,
    10: 10**9,
    12: 10**6,
    13: 10**6,
    15: 10**3,
    16: 10**3,
    18: 1,
    19: 1,
}
"""Nanoseconds of one unit, by the digits a date of our times has in it."""
_SHORTEST = 9
_LEAST_STEP = 60  # seconds: rows that are counted are no times
_WORDS_A_CHECK = 20_000
_DATE_FORMATS = (
    *("%Y%m%d", "%Y/%m/%d", "%Y.%m.%d", "%d.%m.%Y", "%d-%b-%Y", "%d-%b-%y"),
    *("%d %b %Y", "%d %B %Y", "%b %d, %Y", "%B %d, %Y", "%b %d %Y"),
)
_EITHER_FIRST = (
    ("%m/%d/%Y", "%d/%m/%Y"),
    ("%m-%d-%Y", "%d-%m-%Y"),
    ("%m/%d/%y", "%d/%m/%y"),
)
_CLOCKS = (
    *("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%f", " %H%M%S", "%H%M%S", "T%H:%M:%S"),
    *(" %I:%M:%S %p", " %I:%M %p"),
)
FIRST, LAST = np.datetime64("1678-01-01", "s"), np.datetime64("2262-01-01", "s")
"""The seconds between which a nanosecond can be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOptions:
    """How a caller says that timestamps are to be read.

    Parameters
    ----------
    timezone : str, optional
        The zone of clocks without an offset; UTC by default.
    date_format : str, optional
        The format of every timestamp, in the signs of `strptime`.
    """

    timezone: str | None = None
    date_format: str | None = None


class TimestampsError(ValueError):
    """Timestamps that cannot be read; `row` is that of the first, if it is known."""

    def __init__(self, detail: str, row: int | None = None) -> None:
        super().__init__(detail)
        self.row = row


class AmbiguousDatesError(TimestampsError):
    """Dates such as 02/03/2024 that nothing in the column tells apart."""


class MixedZonesError(TimestampsError):
    """Timestamps of which some carry an offset and some do not."""


def _timed(words: Sequence[str], check: Check) -> Iterator[tuple[int, str]]:
    for row, word in enumerate(words):
        if row % _WORDS_A_CHECK == 0:
            check()
        yield row, word


def loose_iso(words: Sequence[str], check: Check) -> tuple[Times, Times]:
    """Return the moments of ISO 8601 texts of several shapes.

    Raises
    ------
    MixedZonesError
        If some carry an offset and others do not.
    """
    local = np.full(len(words), np.datetime64("NaT"), dtype="datetime64[ns]")
    instants = local.copy()
    zoned = np.zeros(len(words), dtype=np.bool_)
    for row, word in _timed(words, check):
        match = ISO.fullmatch(word)
        if match is None or not "1678" <= match[1][:4] <= "2261":
            continue
        date, clock, seconds, fraction, utc, hours, minutes = match.groups()
        zoned[row] = utc is not None or hours is not None
        try:
            shown = np.datetime64(
                f"{date}T{clock or '00:00'}:{seconds or '00'}.{fraction or '0'}", "ns"
            )
        except ValueError:
            continue
        away = int(hours or 0) * 60
        away += int(minutes or 0) * (-1 if (hours or "+")[0] == "-" else 1)
        local[row] = shown
        instants[row] = shown - np.timedelta64(away, "m")
    known = ~np.isnat(local)
    if (zoned & known).any() and not zoned[known].all():
        row = int((known & ~zoned).argmax())
        raise MixedZonesError(
            "an offset from UTC on every timestamp or on none: "
            f"{words[row].strip()[:40]!r} has none, others have one",
            row,
        )
    return instants, local


def epochs(words: Sequence[str], check: Check) -> Times:
    """Return the times of seconds, milli-, micro- or nanoseconds since 1970.

    The digits of a number tell its unit.  One of fewer digits than dates of our times
    have, from 1966 to 1973, is of the unit of the longest in the column; seconds that
    lie less than a minute apart are none, but rows that are counted.
    """
    times = np.full(len(words), np.datetime64("NaT"), dtype="datetime64[ns]")
    found = [EPOCH.fullmatch(word) for word in words]
    longest = max((len(match[1]) for match in found if match), default=0)
    usual = _EPOCH_SCALES.get(longest, _EPOCH_SCALES[_SHORTEST])
    for row, word in _timed(words, check):
        match = found[row]
        if match is None:
            continue
        scale = _EPOCH_SCALES.get(len(match[1]), usual)
        sign = -1 if word.strip().startswith("-") else 1
        nanoseconds = sign * int(match[1]) * scale
        if abs(nanoseconds) < 2**63:
            times[row] = np.datetime64(nanoseconds, "ns")
    if longest < _SHORTEST:
        steps = np.abs(np.diff(times[~np.isnat(times)]))
        if not steps.size or steps.min() < np.timedelta64(_LEAST_STEP, "s"):
            times[:] = np.datetime64("NaT")
    return times


def formatted(
    words: Sequence[str], sample: Sequence[str], check: Check
) -> tuple[Times, str]:
    """Return the times of texts in the one format that reads most of `sample`.

    Raises
    ------
    AmbiguousDatesError
        If day and month cannot be told apart.
    """
    stripped = pd.Series([word.strip() for word in words], dtype="object")
    picked = pd.Series([word.strip() for word in sample], dtype="object")
    best, read = "%Y%m%d", 0
    dates = (*_DATE_FORMATS, *(form for pair in _EITHER_FIRST for form in pair))
    for form in (date + clock for date in dates for clock in _CLOCKS):
        count = int(_parsed(picked, form).notna().sum())
        if count > read:
            best, read = form, count
    check()
    pair = next((pair for pair in _EITHER_FIRST if best.startswith(pair)), None)
    if pair is not None:
        times, best = _told_apart(stripped, pair, best[len(pair[0]) :])
    else:
        times = _parsed(stripped, best)
    check()
    return times.to_numpy(dtype="datetime64[ns]"), best


def in_format(words: Sequence[str], form: str, check: Check) -> tuple[Times, Times]:
    """Return the moments of texts in a format the caller names, NaT for others.

    The second are clocks in their own zones, where the format has an offset.
    """
    check()
    stripped = pd.Series([word.strip() for word in words], dtype="object")
    if "%z" not in form:
        times = _parsed(stripped, form).to_numpy(dtype="datetime64[ns]")
        return times, times
    utc = pd.to_datetime(stripped, format=form, errors="coerce", utc=True)
    local = [
        np.datetime64("NaT") if moment is pd.NaT else moment.replace(tzinfo=None)
        for moment in (_one(word, form) for word in stripped)
    ]
    instants = utc.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
    return instants, np.array(local, dtype="datetime64[ns]")


def _one(word: str, form: str) -> datetime | NaTType:
    try:
        return datetime.strptime(word, form)  # noqa: DTZ007 -- the zone is in the form
    except ValueError:
        return pd.NaT


def _told_apart(
    words: pd.Series, pair: tuple[str, str], clock: str
) -> tuple[pd.Series, str]:
    """Return month-first or day-first times, whichever reads more of the column."""
    month_first = _parsed(words, pair[0] + clock)
    day_first = _parsed(words, pair[1] + clock)
    months, days = int(month_first.notna().sum()), int(day_first.notna().sum())
    if months == days and not month_first.equals(day_first):
        raise AmbiguousDatesError(
            f"dates such as {words.iloc[0]!r} leave open which is the day and "
            'which the month; write YYYY-MM-DD, or say "date_format": '
            f'"{pair[0]}" or "{pair[1]}"'
        )
    if months > days:
        return month_first, pair[0] + clock
    return day_first, pair[1] + clock


def _parsed(words: pd.Series, form: str) -> pd.Series:
    times = pd.to_datetime(words, format=form, errors="coerce")
    known = (times >= pd.Timestamp(FIRST)) & (times < pd.Timestamp(LAST))
    return times.where(known)
