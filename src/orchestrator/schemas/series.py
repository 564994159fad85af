"""Long series in a body, as columns or as rows: checked with numpy, not one by one.

A hundred thousand rows cost marshmallow two seconds and numpy some milliseconds.
Errors still name the row and the column.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from orchestrator.errors import Place
from orchestrator.loaders.checks.labels import Labels, labels_of
from orchestrator.schemas.fields import INSTANT_PATTERN

Columns = dict[str, list[Any]]
_NUMBERS = {int, float, type(None)}
_INSTANT = re.compile(INSTANT_PATTERN, re.ASCII)
# One call checks a whole column of dates or of UTC date-times.
_UTC = (
    "(?:1[7-9]|2[01])[0-9]{2}-[0-9]{2}-[0-9]{2}"
    "(?:[T ][0-9:]{5}(?:[0-9:]{3}(?:[.][0-9]{1,9})?)?Z?)?"
)
_AT_ONCE = 1024
"""How many times are one text: others wait for as long as it is checked."""
_NUMBERS_AT_ONCE = 8192
_ALL_UTC = re.compile(f"(?:{_UTC},)*", re.ASCII)


_FINER = re.compile(r"[.][0-9]{6}([0-9]{1,3})")

MOST_PLACES = 10
"""How many places an error names."""


class SeriesError(ValueError):
    """A series that breaks a rule, with its places relative to the series."""

    def __init__(self, pointer: str, detail: str, *others: Place) -> None:
        super().__init__(f"{pointer} {detail}")
        self.places = (Place(pointer, detail), *others)

    @classmethod
    def of(cls, places: Sequence[Place]) -> Self:
        """Return the error of one place or more."""
        return cls(places[0].pointer, places[0].detail, *places[1:])


def columns_of(
    raw: object, *, required: Sequence[str], optional: Sequence[str], maximum: int
) -> Columns:
    """Return `raw` as columns of one length.

    Parameters
    ----------
    raw : object
        A mapping of column to list, or a list of rows that are mappings.
    required, optional : sequence of str
        The names that must, and that may, be there.
    maximum : int
        The most rows allowed.

    Raises
    ------
    SeriesError
        Naming the place and the rule.
    """
    if isinstance(raw, list):
        if len(raw) > maximum:
            raise SeriesError("", f"must have at most {maximum} rows")
        return _transposed(raw, required, optional)
    if not isinstance(raw, Mapping):
        raise SeriesError("", "must be an object of columns or an array of rows")
    _check_names(raw, "", required, optional)
    size = -1
    for name, values in raw.items():
        if not isinstance(values, list):
            raise SeriesError(f"/{name}", "must be an array")
        if size not in {-1, len(values)}:
            raise SeriesError(f"/{name}", f"must have {size} values like the others")
        size = len(values)
    if size > maximum:
        raise SeriesError("", f"must have at most {maximum} rows")
    return dict(raw)


def numbers(values: list[Any], pointer: str, *, most: float) -> NDArray[np.float64]:
    """Return a column of JSON numbers from -`most` to `most`, NaN for each null.

    Raises
    ------
    SeriesError
        Naming the first values that are neither.
    """
    array = np.empty(len(values))
    for first in range(0, len(values), _NUMBERS_AT_ONCE):
        some = values[first : first + _NUMBERS_AT_ONCE]
        if not set(map(type, some)) <= _NUMBERS:
            wrong = [row for row, v in enumerate(values) if type(v) not in _NUMBERS]
            raise _refused(pointer, wrong, "must be a number")
        try:
            array[first : first + len(some)] = np.array(some, dtype=np.float64)
        except OverflowError:
            raise SeriesError(pointer, "holds a number beyond a double") from None
    beyond = np.abs(array) > most
    if beyond.any():
        rows = np.flatnonzero(beyond).tolist()
        raise _refused(pointer, rows, f"must be from {-most:.15g} to {most:.15g}")
    return array


def _refused(pointer: str, rows: Sequence[int], detail: str) -> SeriesError:
    places = [Place(f"{pointer}/{row}", detail) for row in rows[:MOST_PLACES]]
    return SeriesError.of(places)


def instants(values: list[Any], pointer: str) -> Labels:
    """Return the labels of dates or RFC 3339 date-times, NaT for each null.

    Midnights of their own zone are dates, as in files; everything else is the instant
    in UTC.

    Raises
    ------
    SeriesError
        Naming the first value that is neither, or that carries no offset where others
        carry one.
    """
    times = _all_utc(values)
    if times is not None:
        return labels_of(times, times)
    parsed = [_moment(value, f"{pointer}/{row}") for row, value in enumerate(values)]
    finer = np.array([_finer(value) for value in values], dtype="timedelta64[ns]")
    zoned = [moment.tzinfo is not None for moment in parsed if moment is not None]
    if any(zoned) and not all(zoned):
        row = next(
            at for at, m in enumerate(parsed) if m is not None and m.tzinfo is None
        )
        raise SeriesError(
            f"{pointer}/{row}", "must carry an offset from UTC like others, or none may"
        )
    return labels_of(
        np.array([_utc(moment) for moment in parsed], dtype="datetime64[ns]") + finer,
        np.array([_local(moment) for moment in parsed], dtype="datetime64[ns]") + finer,
    )


def _all_utc(values: list[Any]) -> NDArray[np.datetime64] | None:
    """Return times that are all in UTC and evenly spelled; None where one is not."""
    if not set(map(type, values)) <= {str}:
        return None
    times = np.empty(len(values), dtype="datetime64[ns]")
    zoned = 0
    for first in range(0, len(values), _AT_ONCE):
        some = values[first : first + _AT_ONCE]
        joined = ",".join(some)
        texts = joined.replace("Z", "").split(",")
        zoned += joined.count("Z")
        if zoned not in {0, first + len(some)} or len(texts) != len(some):
            return None
        if not _ALL_UTC.fullmatch(f"{joined},"):
            return None
        try:
            times[first : first + len(some)] = np.array(texts, dtype="datetime64[ns]")
        except ValueError:
            return None  # a day that does not exist: found again, with its row
    return times


def _finer(value: object) -> int:
    """Return the nanoseconds that a datetime has no room for."""
    match = _FINER.search(value) if isinstance(value, str) else None
    return 0 if match is None else int(match[1].ljust(3, "0"))


def _utc(moment: datetime | None) -> np.datetime64:
    if moment is not None and moment.tzinfo is not None:
        moment = moment.astimezone(UTC)
    return _local(moment)


def _local(moment: datetime | None) -> np.datetime64:
    if moment is None:
        return np.datetime64("NaT", "ns")
    return np.datetime64(moment.replace(tzinfo=None), "ns")


def _moment(value: object, pointer: str) -> datetime | None:
    if value is None:
        return None
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise SeriesError(
            pointer,
            "must be a date such as 2024-01-31 or a date-time such as "
            "2024-01-31T14:30:00Z, from 1700 to 2199",
        )
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        raise SeriesError(pointer, "is not a day of the calendar") from None


def _transposed(
    rows: list[Any], required: Sequence[str], optional: Sequence[str]
) -> Columns:
    names = [*required, *optional]
    present = [name for name in names if rows and isinstance(rows[0], Mapping)]
    if rows and isinstance(rows[0], Mapping):
        present = [name for name in names if name in rows[0]]
    columns: Columns = {name: [] for name in present}
    wanted = set(present)
    for position, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise SeriesError(f"/{position}", "must be an object")
        if row.keys() != wanted:
            _check_names(row, f"/{position}", required, optional)
            raise SeriesError(f"/{position}", "must have the fields of the first row")
        for name in present:
            columns[name].append(row[name])
    if rows:
        _check_names(columns, "/0", required, optional)
    return columns


def _check_names(
    found: Mapping[str, Any],
    pointer: str,
    required: Sequence[str],
    optional: Sequence[str],
) -> None:
    for name in found:
        if name not in required and name not in optional:
            raise SeriesError(f"{pointer}/{name}", "is not a known field")
    for name in required:
        if name not in found:
            raise SeriesError(f"{pointer}/{name}", "is required")
