"""The quick CSV reader: plain rows of ISO timestamps and decimal numbers, compiled.

It reads what most files are made of and gives up on everything else: quotes,
exponents, fractions of seconds, an empty cell, more digits than a double holds
exactly.  What it does read is exact: a number of at most 53 bits over a power of ten
of at most 22 is rounded once, by one division.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.compiled import compiled
from orchestrator.loaders.checks.labels import labels_of
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.files.csv_layout import Layout
from orchestrator.loaders.files.timestamp_formats import ISO_OFFSET, ISO_PLAIN

if TYPE_CHECKING:
    from numpy.typing import NDArray

# ruff: noqa: PLR1714 -- a set in compiled code is made anew at every comparison

_TIME, _SKIPPED, _NO_COLUMN = -1, -2, -3
_POWERS = 10.0 ** np.arange(23)
_EXACT = 2**53
_LINE_END = ord("\n")


class ReadRows(NamedTuple):
    """Rows that were read, and how their timestamps are written."""

    raw: RawBars
    style: str


def read_plain(text: bytes, layout: Layout) -> ReadRows | None:
    """Return the rows of a plain file, None if it is anything else."""
    if layout.thousands is not None or len(layout.times) > 1:
        return None
    kinds = np.full(layout.width, _SKIPPED)
    for number, at in enumerate(layout.columns.values()):
        kinds[at] = number
    kinds[layout.times[0]] = _TIME
    names = list(layout.columns)
    volume = names.index("volume") if "volume" in names else _NO_COLUMN
    letters = np.frombuffer(text, dtype=np.uint8)
    most = _count_lines(letters, layout.start) + 1
    clocks = np.empty((3, most), dtype=np.int64)
    numbers = np.empty((len(layout.columns), most))
    marks = (ord(layout.separator), ord(layout.decimal))
    rows = _read(letters, layout.start, marks, kinds, volume, clocks, numbers)
    if rows <= 0:
        return None
    local, away, zoned = clocks[:, :rows]
    if zoned.any() != zoned.all():  # the careful reader will say so
        return None
    labels = labels_of(
        ((local - away) * 10**9).view("datetime64[ns]"),
        (local * 10**9).view("datetime64[ns]"),
    )
    columns = {
        name: numbers[number, :rows] for number, name in enumerate(layout.columns)
    }
    raw = RawBars.labelled(labels, columns)
    return ReadRows(raw, ISO_OFFSET if zoned.any() else ISO_PLAIN)


@compiled
def _count_lines(letters: NDArray[np.uint8], start: int) -> int:
    count = 0
    for at in range(start, letters.size):
        if letters[at] == _LINE_END:
            count += 1
    return count


@compiled
def _two(text: NDArray[np.uint8], at: int) -> int:
    """Return a number of two digits, or less than -1000 if they are none."""
    tens, ones = int(text[at]) - 48, int(text[at + 1]) - 48
    if tens < 0 or tens > 9 or ones < 0 or ones > 9:
        return -10_000
    return tens * 10 + ones


@compiled
def _date(text: NDArray[np.uint8], at: int) -> int:
    """Return the seconds to a date's midnight, or -1 << 62 if it is none."""
    year = _two(text, at) * 100 + _two(text, at + 2)
    month, day = _two(text, at + 5), _two(text, at + 8)
    if text[at + 4] != 45 or text[at + 7] != 45:
        return -1 << 62
    if year < 1678 or year > 2261 or month < 1 or month > 12 or day < 1 or day > 31:
        return -1 << 62
    if day > 30 and (month == 4 or month == 6 or month == 9 or month == 11):
        return -1 << 62
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    if month == 2 and day > (29 if leap else 28):
        return -1 << 62
    # Days since 1970-01-01 in the proleptic Gregorian calendar, years from March.
    shifted = year - 1 if month <= 2 else year
    era = shifted // 400
    in_era = shifted - era * 400
    since_march = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    days = in_era * 365 + in_era // 4 - in_era // 100 + since_march
    return (era * 146_097 + days - 719_468) * 86_400


@compiled
def _clock(text: NDArray[np.uint8], at: int, stop: int) -> tuple[int, int]:
    """Return a clock's seconds and the place after it, which is -1 if it is none."""
    if at + 5 > stop or text[at + 2] != 58:
        return 0, -1
    hours, minutes, seconds, end = _two(text, at), _two(text, at + 3), 0, at + 5
    if end < stop and text[end] == 58:
        if end + 3 > stop:
            return 0, -1
        seconds, end = _two(text, end + 1), end + 3
    if min(hours, minutes, seconds) < 0 or hours > 23 or minutes > 59 or seconds > 59:
        return 0, -1
    return (hours * 60 + minutes) * 60 + seconds, end


@compiled
def _offset(text: NDArray[np.uint8], at: int, stop: int) -> int:
    """Return the seconds a text such as Z, +05:30 or -04 is ahead, -1 << 62 if none."""
    length = stop - at
    if length == 1 and text[at] == 90:
        return 0
    known = length == 3 or length == 5 or length == 6
    if not known or (text[at] != 43 and text[at] != 45):
        return -1 << 62
    if length == 6 and text[at + 3] != 58:
        return -1 << 62
    hours, minutes = _two(text, at + 1), 0
    if length > 3:
        minutes = _two(text, stop - 2)
    if min(hours, minutes) < 0 or hours > 23 or minutes > 59:
        return -1 << 62
    ahead = (hours * 60 + minutes) * 60
    return ahead if text[at] == 43 else -ahead


@compiled
def _moment(text: NDArray[np.uint8], at: int, stop: int) -> tuple[int, int, bool, bool]:
    """Return local seconds, offset, whether one is given, and whether it is a time."""
    if stop - at < 10:
        return 0, 0, False, False
    local, offset = _date(text, at), 0
    if local == -1 << 62:
        return 0, 0, False, False
    if stop - at == 10:
        return local, 0, False, True
    if text[at + 10] != 32 and text[at + 10] != 84:
        return 0, 0, False, False
    seconds, end = _clock(text, at + 11, stop)
    if end < 0:
        return 0, 0, False, False
    if end < stop:
        offset = _offset(text, end, stop)
    return local + seconds, offset, end < stop, offset != -1 << 62


@compiled
def _number(
    text: NDArray[np.uint8], at: int, stop: int, decimal: int
) -> tuple[float, bool]:
    """Return a cell's number, and whether it is one that can be read exactly."""
    place = at
    negative = place < stop and text[place] == 45
    if place < stop and (negative or text[place] == 43):
        place += 1
    mantissa, digits, fraction, pointed = 0, 0, 0, False
    while place < stop:
        letter = text[place]
        if letter == decimal and not pointed:
            pointed = True
        elif 48 <= letter <= 57:
            mantissa = mantissa * 10 + (int(letter) - 48)
            digits += 1
            fraction += pointed
            if mantissa > _EXACT:
                return 0.0, False
        else:
            return 0.0, False
        place += 1
    if digits == 0 or fraction > 22:
        return 0.0, False
    value = mantissa / _POWERS[fraction]
    return -value if negative else value, True


@compiled
def _read(  # noqa: PLR0917 -- compiled: arrays in, arrays out
    text: NDArray[np.uint8],
    start: int,
    marks: tuple[int, int],
    kinds: NDArray[np.int64],
    volume: int,
    clocks: NDArray[np.int64],
    numbers: NDArray[np.float64],
) -> int:
    """Fill `clocks` and `numbers`; return how many rows there are, -1 to give up."""
    separator, decimal = marks
    size, at, row, last = text.size, start, 0, kinds.size - 1
    while at < size:
        if text[at] == 10 or text[at] == 13:  # a blank line, or the end of a line
            at += 1
            continue
        for column in range(kinds.size):
            stop, ends = at, True
            while stop < size:
                letter = text[stop]
                ends = letter == 10 or letter == 13
                if ends or letter == separator:
                    break
                if letter == 34:  # a quote
                    return -1
                stop += 1
            if (ends or stop == size) != (column == last):
                return -1
            kind, good = kinds[column], True
            if kind == _TIME:
                local, away, zoned, good = _moment(text, at, stop)
                clocks[0, row], clocks[1, row], clocks[2, row] = local, away, zoned
            elif kind == volume and stop == at:
                numbers[kind, row] = 0.0  # no volume
            elif kind != _SKIPPED:
                numbers[kind, row], good = _number(text, at, stop, decimal)
            if not good:
                return -1
            at = stop + 1
        row += 1
    return row
