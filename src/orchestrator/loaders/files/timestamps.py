"""Timestamps as people and programs write them, to UTC labels.

A label without an offset is read as UTC.  When every label of a column is a
midnight of its own zone the bars are daily, and each is labelled by its date:
``2024-01-02 00:00:00-05:00`` is the bar of 2024-01-02.  Everything else becomes
the instant it names, in UTC.  What cannot be read is NaT.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from orchestrator.loaders.checks.labels import Labels, labels_of
from orchestrator.loaders.files.timestamp_formats import (
    EPOCH,
    EPOCHS,
    FIRST,
    ISO,
    ISO_OFFSET,
    ISO_PLAIN,
    LAST,
    TimeOptions,
    epochs,
    formatted,
    in_format,
    loose_iso,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Times = NDArray[np.datetime64]

_SAMPLE = 200


def _unbounded() -> None:
    """Never say that time is up."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Instants in UTC, and the same as clocks in their own zones showed them."""

    instants: Times
    local: Times
    style: str = ISO_PLAIN

    def labels(self) -> Labels:
        """Return dates where clocks showed midnight, else the instants."""
        return labels_of(self.instants, self.local)

    def in_zone(self, name: str) -> Moments:
        """Return moments without an offset as clocks of a zone showed them.

        A clock that a zone skips, or shows twice, is NaT.
        """
        if self.style in {ISO_OFFSET, EPOCHS}:
            return self
        index = pd.DatetimeIndex(self.local)
        there = index.tz_localize(name, ambiguous="NaT", nonexistent="NaT")
        utc = there.tz_convert("UTC").tz_localize(None)
        instants = utc.to_numpy().astype("datetime64[ns]")
        return Moments(instants, self.local, self.style)


def read_moments(
    texts: Sequence[str] | NDArray[np.bytes_],
    options: TimeOptions = TimeOptions(),  # noqa: B008 -- frozen
    check: Callable[[], None] = _unbounded,
) -> Moments:
    """Return the moments of a column of texts, NaT where one cannot be read.

    `check` is called every so many texts, and raises when time is up.

    Raises
    ------
    TimestampsError
        If day and month cannot be told apart, or only some carry an offset.
    """
    if len(texts) == 0:
        return _same(np.array([], dtype="datetime64[ns]"), ISO_PLAIN)
    moments = _read(texts, options.date_format, check)
    return moments if options.timezone is None else moments.in_zone(options.timezone)


def _read(
    texts: Sequence[str] | NDArray[np.bytes_],
    date_format: str | None,
    check: Callable[[], None],
) -> Moments:
    column = _as_bytes(texts) if date_format is None else None
    if column is not None:
        uniform = _uniform_iso(column)
        if uniform is not None:
            return uniform
    words = [_word(text) for text in texts]
    if date_format is not None:
        style = ISO_OFFSET if "%z" in date_format else date_format
        return Moments(*in_format(words, date_format, check), style)
    sample = words[:_SAMPLE] + words[-_SAMPLE:]
    if _share(ISO, sample) >= _share(EPOCH, sample) and _share(ISO, sample) > 0:
        found = loose_iso(words, check)
        is_zoned = any(_has_offset(word) for word in sample)
        return Moments(*found, ISO_OFFSET if is_zoned else ISO_PLAIN)
    if not any(map(_compact, sample)) and _share(EPOCH, sample) > 0:
        return _same(epochs(words, check), EPOCHS)
    return _same(*formatted(words, sample, check))


def _has_offset(word: str) -> bool:
    match = ISO.fullmatch(word)
    return match is not None and (match[5] is not None or match[6] is not None)


def _word(text: str | bytes) -> str:
    return text.decode("utf-8", "replace") if isinstance(text, bytes) else text


def _as_bytes(texts: Sequence[str] | NDArray[np.bytes_]) -> NDArray[np.bytes_] | None:
    if isinstance(texts, np.ndarray):
        return texts
    width, joined = len(texts[0]), "".join(texts)
    if width and joined.isascii() and set(map(len, texts)) == {width}:
        return np.frombuffer(joined.encode(), dtype=f"S{width}")
    return None


def _same(times: Times, style: str) -> Moments:
    return Moments(times, times, style)


def _share(pattern: re.Pattern[str], words: Sequence[str]) -> int:
    return sum(pattern.fullmatch(word) is not None for word in words)


def _compact(word: str) -> bool:
    """Whether `word` is a date such as 20240102, alone or with a clock after it."""
    digits = word.strip()
    return len(digits) in {8, 14} and digits.isdigit() and digits[:2] in {"19", "20"}


_DIGITS = (0, 1, 2, 3, 5, 6, 8, 9)
_LAST_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])
_CLOCK_DIGITS = (11, 12, 14, 15, 17, 18)
_WIDTHS = {10, 19, 20, 22, 24, 25}


def _uniform_iso(column: NDArray[np.bytes_]) -> Moments | None:
    """Return the moments of ISO 8601 texts of one shape, None if they are not."""
    width = column.dtype.itemsize
    if column.size == 0 or width not in _WIDTHS:
        return None
    letters = np.ascontiguousarray(column).view(np.uint8).reshape(column.size, width)
    offset = _offsets(letters) if _is_iso(letters) else None
    if offset is None or not _on_the_calendar(letters):
        return None
    stop = min(width, 19)
    text = np.ascontiguousarray(letters[:, :stop]).view(f"S{stop}").ravel()
    local = text.astype("datetime64[s]")
    instants: Times = np.subtract(local, offset)
    return _within_range(local, instants, ISO_OFFSET if width > 19 else ISO_PLAIN)


def _is_iso(letters: NDArray[np.uint8]) -> bool:
    """Whether digits, dashes and colons stand where ISO 8601 has them."""
    marks = {4: b"-", 7: b"-"}
    if letters.shape[1] == 10:
        return _digits(letters, _DIGITS) and _marks(letters, marks)
    between = bytes(letters[0, 10:11])
    marks |= {10: between, 13: b":", 16: b":"}
    return (
        between in {b"T", b" "}
        and _digits(letters, _DIGITS + _CLOCK_DIGITS)
        and _marks(letters, marks)
    )


def _on_the_calendar(letters: NDArray[np.uint8]) -> bool:
    """Whether there are such days and clocks: no month 13, no 30 February.

    Asked before NumPy converts the texts: for more than 500 of them its error is
    no exception but a crash of the process (2.4.6).
    """

    def two(place: int) -> NDArray[np.uint8]:
        pair: NDArray[np.uint8] = letters[:, place] * 10 + letters[:, place + 1] - 16
        return pair  # 48 * 11 is 16 more than a whole number of bytes

    month, day, in_century = two(5), two(8), two(2)
    if not ((month >= 1) & (month <= 12) & (day >= 1)).all():
        return False
    leap = np.where(in_century == 0, two(0) % 4 == 0, in_century % 4 == 0)
    last = _LAST_DAYS[month] + (leap & (month == 2))
    if (day > last).any():
        return False
    if letters.shape[1] == 10:
        return True
    return bool(((two(11) < 24) & (two(14) < 60) & (two(17) < 60)).all())


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


def _within_range(local: Times, instants: Times, style: str) -> Moments:
    """Return the moments as nanoseconds, NaT outside what those can say."""
    known = (instants >= FIRST) & (instants < LAST)
    if not known.all():
        local = np.where(known, local, np.datetime64("NaT"))
        instants = np.where(known, instants, np.datetime64("NaT"))
    shown = local.astype("datetime64[ns]")
    return Moments(instants.astype("datetime64[ns]"), shown, style)
