"""Timestamps as people and programs write them, to UTC labels.

A label without an offset is read as UTC.  When every label of a column is a
midnight of its own zone the bars are daily, and each is labelled by its date:
``2024-01-02 00:00:00-05:00`` is the bar of 2024-01-02.  Everything else becomes
the instant it names, in UTC.  What cannot be read is NaT.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.datetime64]

_ISO = re.compile(
    r"\s*([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:[.,]([0-9]{1,9}))?)?)?"
    r"\s*(?:(Z|UTC)|([+-][0-9]{2}):?([0-9]{2})?)?\s*",
    re.ASCII | re.IGNORECASE,
)
_EPOCH = re.compile(r"\s*-?([0-9]{9,19})(?:\.0*)?\s*", re.ASCII)
_EPOCH_UNITS = {
    9: "s",
    10: "s",
    12: "ms",
    13: "ms",
    15: "us",
    16: "us",
} | dict.fromkeys((18, 19), "ns")
_DATE_FORMATS = ("%Y%m%d", "%Y/%m/%d", "%d.%m.%Y", "%d-%b-%Y", "%d %b %Y", "%b %d, %Y")
_DAY_FIRST, _MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %H%M%S", "%H%M%S", " %I:%M:%S %p", " %I:%M %p")
_SAMPLE = 200
_FIRST, _LAST = np.datetime64("1678-01-01", "s"), np.datetime64("2262-01-01", "s")


class AmbiguousDatesError(ValueError):
    """Dates such as 02/03/2024 that nothing in the column tells apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Instants in UTC, and the same as clocks in their own zones showed them."""

    instants: Times
    local: Times

    def labels(self) -> Times:
        """Return dates where every clock showed midnight, else the instants."""
        known = ~np.isnat(self.local)
        local = self.local[known]
        daily = bool((local == local.astype("datetime64[D]")).all())
        return self.local if daily else self.instants


def read_moments(texts: Sequence[str] | NDArray[np.bytes_]) -> Moments:
    """Return the moments of a column of texts, NaT where one cannot be read.

    Raises
    ------
    AmbiguousDatesError
        If day and month cannot be told apart.
    """
    if len(texts) == 0:
        return _same(np.array([], dtype="datetime64[ns]"))
    column = _as_bytes(texts)
    if column is not None:
        uniform = _uniform_iso(column)
        if uniform is not None:
            return uniform
    words = [_word(text) for text in texts]
    sample = words[:_SAMPLE] + words[-_SAMPLE:]
    if _share(_ISO, sample) >= _share(_EPOCH, sample) and _share(_ISO, sample) > 0:
        return _loose_iso(words)
    if not any(map(_compact, sample)) and _share(_EPOCH, sample) > 0:
        return _same(_epochs(words))
    return _same(_formatted(words, sample))


def _word(text: str | bytes) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _as_bytes(texts: Sequence[str] | NDArray[np.bytes_]) -> NDArray[np.bytes_] | None:
    if isinstance(texts, np.ndarray):
        return texts
    try:
        return np.array(texts, dtype="S")
    except UnicodeEncodeError:
        return None


def _same(times: Times) -> Moments:
    return Moments(times, times)


def _share(pattern: re.Pattern[str], words: Sequence[str]) -> int:
    return sum(pattern.fullmatch(word) is not None for word in words)


def _compact(word: str) -> bool:
    """Whether `word` is a date such as 20240102, alone or with a clock after it."""
    digits = word.strip()
    return len(digits) in {8, 14} and digits.isdigit() and digits[:2] in {"19", "20"}


_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9)
_CLOCK_DIGITS = (11, 12, 14, 15, 17, 18)
_WIDTHS = {10, 19, 20, 22, 24, 25}


def _uniform_iso(column: NDArray[np.bytes_]) -> Moments | None:
    """Return the moments of ISO 8601 texts of one shape, None if they are not."""
    width = column.dtype.itemsize
    if column.size == 0 or width not in _WIDTHS:
        return None
    letters = np.ascontiguousarray(column).view(np.uint8).reshape(column.size, width)
    places = _DIGITS if width == 10 else _DIGITS + _CLOCK_DIGITS
    shape = {4: b"-", 7: b"-"} | ({} if width == 10 else {13: b":", 16: b":"})
    if not _digits(letters, places) or not _marks(letters, shape):
        return None
    if width > 10 and not _marks(letters, {10: bytes(letters[0, 10:11])}):
        return None
    if width > 10 and bytes(letters[0, 10:11]) not in {b"T", b" "}:
        return None
    offset = _offsets(letters)
    stop = min(width, 19)
    if offset is None:
        return None
    try:
        text = np.ascontiguousarray(letters[:, :stop]).view(f"S{stop}").ravel()
        local = text.astype("datetime64[s]")
    except ValueError:
        return None
    return _within_range(local, local - offset)


def _digits(letters: NDArray[np.uint8], places: Sequence[int]) -> bool:
    return all(((letters[:, place] - np.uint8(48)) <= 9).all() for place in places)


def _marks(letters: NDArray[np.uint8], marks: dict[int, bytes]) -> bool:
    return all((letters[:, at] == ord(mark)).all() for at, mark in marks.items())


def _offsets(letters: NDArray[np.uint8]) -> NDArray[np.timedelta64] | None:
    """Return each text's offset from UTC, None when the tails are no offsets."""
    tail = letters[:, 19:]
    zero = np.zeros(1, dtype="timedelta64[s]")
    if tail.shape[1] == 0:
        return zero
    if tail.shape[1] == 1:
        return zero if (tail == ord("Z")).all() else None
    digits = {3: (1, 2), 5: (1, 2, 3, 4), 6: (1, 2, 4, 5)}[tail.shape[1]]
    signs = tail[:, 0]
    if not _digits(tail, digits) or not np.isin(signs, (43, 45)).all():
        return None
    if tail.shape[1] == 6 and not (tail[:, 3] == ord(":")).all():
        return None
    values = [tail[:, place].astype(np.int64) - 48 for place in (*digits, *digits)][:4]
    hours, minutes = values[0] * 10 + values[1], values[2] * 10 + values[3]
    if tail.shape[1] == 3:
        minutes = np.zeros_like(hours)
    if (minutes > 59).any() or (hours > 23).any():
        return None
    seconds = (hours * 60 + minutes) * 60
    return np.where(signs == 45, -seconds, seconds).astype("timedelta64[s]")


def _within_range(local: Times, instants: Times) -> Moments:
    """Return the moments as nanoseconds, NaT outside what those can say."""
    known = (instants >= _FIRST) & (instants < _LAST)
    if not known.all():
        local = np.where(known, local, np.datetime64("NaT"))
        instants = np.where(known, instants, np.datetime64("NaT"))
    shown = local.astype("datetime64[ns]")
    return Moments(instants.astype("datetime64[ns]"), shown)


def _loose_iso(words: Sequence[str]) -> Moments:
    """Return the moments of ISO 8601 texts of several shapes."""
    local = np.full(len(words), np.datetime64("NaT"), dtype="datetime64[ns]")
    instants = local.copy()
    for row, word in enumerate(words):
        match = _ISO.fullmatch(word)
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
    return Moments(instants, local)


def _epochs(words: Sequence[str]) -> Times:
    times = np.full(len(words), np.datetime64("NaT"), dtype="datetime64[ns]")
    for row, word in enumerate(words):
        match = _EPOCH.fullmatch(word)
        unit = None if match is None else _EPOCH_UNITS.get(len(match[1]))
        if unit is None:
            continue
        moment = np.datetime64(int(float(word)) if "." in word else int(word), unit)
        if unit == "ns" or _FIRST <= moment < _LAST:
            times[row] = moment
    return times


def _formatted(words: Sequence[str], sample: Sequence[str]) -> Times:
    """Return the times of texts in the one format that reads most of `sample`."""
    stripped = pd.Series([word.strip() for word in words], dtype="object")
    picked = pd.Series([word.strip() for word in sample], dtype="object")
    best, read = "%Y%m%d", 0
    dates = (*_DATE_FORMATS, _MONTH_FIRST, _DAY_FIRST)
    for form in (date + clock for date in dates for clock in _CLOCKS):
        count = int(_parsed(picked, form).notna().sum())
        if count > read:
            best, read = form, count
    times = _parsed(stripped, best)
    if best.startswith((_DAY_FIRST, _MONTH_FIRST)):
        times = _told_apart(stripped, times, best[len(_DAY_FIRST) :])
    return times.to_numpy(dtype="datetime64[ns]")


def _told_apart(words: pd.Series, times: pd.Series, clock: str) -> pd.Series:
    """Return month-first or day-first times, whichever reads more of the column."""
    month_first = _parsed(words, _MONTH_FIRST + clock)
    day_first = _parsed(words, _DAY_FIRST + clock)
    months, days = int(month_first.notna().sum()), int(day_first.notna().sum())
    if months == days and not month_first.equals(day_first):
        raise AmbiguousDatesError(
            f"dates such as {words.iloc[0]!r} leave open which is the day and "
            "which the month; write YYYY-MM-DD"
        )
    del times
    return month_first if months > days else day_first


def _parsed(words: pd.Series, form: str) -> pd.Series:
    times = pd.to_datetime(words, format=form, errors="coerce")
    known = (times >= pd.Timestamp(_FIRST)) & (times < pd.Timestamp(_LAST))
    return times.where(known)
