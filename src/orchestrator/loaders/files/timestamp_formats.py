"""Timestamps in the shapes that are not all alike: ISO, epochs, dates of every land."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.datetime64]
    Check = Callable[[], None]

ISO = re.compile(
    r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
    r"\s*(?:(Z|UTC)|([+-][0-9]{2}):?([0-9]{2})?)?\s*",
    re.ASCII | re.IGNORECASE,
)
EPOCH = re.compile(r"\s*-?([0-9]{9,19})(?:\.0*)?\s*", re.ASCII)
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
_WORDS_A_CHECK = 20_000
_DATE_FORMATS = ("%Y%m%d", "%Y/%m/%d", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y")
_DAY_FIRST, _MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %H%M%S", "%H%M%S", " %I:%M:%S %p", " %I:%M %p")
FIRST, LAST = np.datetime64("1678-01-01", "s"), np.datetime64("2262-01-01", "s")
"""The seconds between which a nanosecond can be told."""


class AmbiguousDatesError(ValueError):
    """Dates such as 02/03/2024 that nothing in the column tells apart."""


def _timed(words: Sequence[str], check: Check) -> Iterator[tuple[int, str]]:
    for row, word in enumerate(words):
        if row % _WORDS_A_CHECK == 0:
            check()
        yield row, word


def loose_iso(words: Sequence[str], check: Check) -> tuple[Times, Times]:
    """Return the moments of ISO 8601 texts of several shapes."""
    local = np.full(len(words), np.datetime64("NaT"), dtype="datetime64[ns]")
    instants = local.copy()
    for row, word in _timed(words, check):
        match = ISO.fullmatch(word)
        if match is None or not "1678" <= match[1][:4] <= "2261":
            continue
        date, clock, seconds, fraction, _, hours, minutes = match.groups()
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
    return (instants, local)


def epochs(words: Sequence[str], check: Check) -> Times:
    """Return the times of seconds, milli-, micro- or nanoseconds since 1970."""
    times = np.full(len(words), np.datetime64("NaT"), dtype="datetime64[ns]")
    for row, word in _timed(words, check):
        match = EPOCH.fullmatch(word)
        scale = None if match is None else _EPOCH_SCALES.get(len(match[1]))
        if match is not None and scale is not None:
            sign = -1 if word.strip().startswith("-") else 1
            nanoseconds = sign * int(match[1]) * scale
            if abs(nanoseconds) < 2**63:
                times[row] = np.datetime64(nanoseconds, "ns")
    return times


def formatted(words: Sequence[str], sample: Sequence[str], check: Check) -> Times:
    """Return the times of texts in the one format that reads most of `sample`."""
    stripped = pd.Series([word.strip() for word in words], dtype="object")
    picked = pd.Series([word.strip() for word in sample], dtype="object")
    best, read = "%Y%m%d", 0
    dates = (*_DATE_FORMATS, _MONTH_FIRST, _DAY_FIRST)
    for form in (date + clock for date in dates for clock in _CLOCKS):
        count = int(_parsed(picked, form).notna().sum())
        if count > read:
            best, read = form, count
    check()
    times = _parsed(stripped, best)
    check()
    if best.startswith((_DAY_FIRST, _MONTH_FIRST)):
        times = _told_apart(stripped, best[len(_DAY_FIRST) :])
    return times.to_numpy(dtype="datetime64[ns]")


def _told_apart(words: pd.Series, clock: str) -> pd.Series:
    """Return month-first or day-first times, whichever reads more of the column."""
    month_first = _parsed(words, _MONTH_FIRST + clock)
    day_first = _parsed(words, _DAY_FIRST + clock)
    months, days = int(month_first.notna().sum()), int(day_first.notna().sum())
    if months == days and not month_first.equals(day_first):
        raise AmbiguousDatesError(
            f"dates such as {words.iloc[0]!r} leave open which is the day and "
            "which the month; write YYYY-MM-DD"
        )
    return month_first if months > days else day_first


def _parsed(words: pd.Series, form: str) -> pd.Series:
    times = pd.to_datetime(words, format=form, errors="coerce")
    known = (times >= pd.Timestamp(FIRST)) & (times < pd.Timestamp(LAST))
    return times.where(known)
