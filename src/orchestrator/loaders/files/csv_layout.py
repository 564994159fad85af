"""How a CSV file is laid out: its text, separator, header and marks.

Files in the wild differ in all of these; the layout is read from the first lines
once, so that the rows themselves can be read by one fast reader.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from backtesting.bars import PRICE_COLUMNS
from orchestrator.loaders.files.csv_names import (
    SYMBOL,
    TIMESTAMP,
    Named,
    UnknownColumnError,
    is_repeated,
    listed,
    named,
)
from orchestrator.loaders.files.csv_numbers import Marks, MarksError, marks_of
from orchestrator.loaders.files.csv_shapes import looks_like_data, shape_of

_HEAD_BYTES = 64 * 1024
_HEADER_LINES = 5
_HEAD_LINES = 208
_SHAPE_LINES = 50
_SEPARATORS = (",", ";", "\t", "|")
_CURE = 'name them by "columns", such as {"timestamp": "Day", "close": "Px"}'


class LayoutError(ValueError):
    """A file whose text or header cannot be made out."""

    def __init__(self, line: int, column: str, rule: str) -> None:
        super().__init__(f"row {line}, {column}: breaks the rule {rule!r}")
        self.line = line
        self.column = column
        self.rule = rule


class NoHeaderError(LayoutError):
    """A file without a header that names what bars need."""

    def __init__(self, missing: str, found: Sequence[str]) -> None:
        rule = "a header that names timestamp, open, high, low, close"
        super().__init__(1, missing, f"{rule}; no {missing}")
        is_data = looks_like_data(found)
        seen = "the first line looks like data" if is_data else "the header found is"
        self.args = (f"{self}; {seen}: {listed(found)}; {_CURE}",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a file's columns are and how its cells are written.

    `columns` maps ``open`` and so on, and ``adjusted`` and ``splits`` where they are,
    to positions of numbers; `times` are the positions of the timestamp, two when date
    and clock stand apart; `symbol` is that of a column of symbols.  The rows begin at
    byte `start`, on line `first_line`; `header` is empty where there is none.
    """

    separator: str
    marks: Marks
    width: int
    columns: Mapping[str, int]
    times: tuple[int, ...]
    start: int
    first_line: int
    header: tuple[str, ...]
    symbol: int | None = None

    @property
    def decimal(self) -> str:
        """The decimal mark."""
        return self.marks.decimal

    @property
    def thousands(self) -> str | None:
        """The mark that groups thousands, if there is one."""
        return self.marks.thousands

    def marked(self, marks: Marks) -> Layout:
        """Return the layout with other marks."""
        return replace(self, marks=marks)

    def names(self) -> dict[str, str]:
        """Return what each column is called; ``column 3`` where it has no name."""
        places = {TIMESTAMP: self.times} | {
            column: (at,) for column, at in self.columns.items()
        }
        if self.symbol is not None:
            places[SYMBOL] = (self.symbol,)
        return {
            column: " and ".join(self._name(at) for at in at_all)
            for column, at_all in places.items()
        }

    def _name(self, at: int) -> str:
        return self.header[at].strip() if self.header else f"column {at + 1}"


def read_layout(text: bytes, own: Iterable[tuple[str, str]] = ()) -> Layout:
    """Return the layout of a file's text.

    Parameters
    ----------
    text : bytes
        UTF-8.
    own : iterable of (str, str)
        Columns and their names in the header, as the caller gives them.

    Raises
    ------
    LayoutError
        If no header names a timestamp, open, high, low and close, and the rows do
        not show them.
    UnknownColumnError
        If the header has not what the caller names.
    """
    lines, own = _head_lines(text), tuple(own)
    best: tuple[tuple[int, int], Sequence[str], Named] | None = None
    for number, line in enumerate(lines[:_HEADER_LINES]):
        for separator in _SEPARATORS:
            names = _cells(line, separator)
            found = named(names) if names else Named(columns={}, times=())
            if found.missing is None or (own and _has_all(names, own)):
                return _layout(lines, number, separator, own)
            score = len(found.columns) + bool(found.times), len(names)
            if best is None or score > best[0]:
                best = (score, names, found)
    shaped = _without_header(lines)
    if shaped is not None:
        return shaped
    if best is None:
        raise NoHeaderError(PRICE_COLUMNS[0], ())
    _, header, columns = best
    if own:
        named(header, own)
    raise NoHeaderError(columns.missing or TIMESTAMP, header)


def columns_of(names: Sequence[str], own: Iterable[tuple[str, str]] = ()) -> Layout:
    """Return the layout of a table whose columns are already apart.

    Raises
    ------
    LayoutError
        If a timestamp, open, high, low or close is missing.
    UnknownColumnError
        If it has not what the caller names.
    """
    found = named(names, own)
    if found.missing is not None:
        raise NoHeaderError(found.missing, names)
    return _laid_out(
        found, names, separator=",", marks=Marks(certain=True), start=0, first_line=1
    )


def _head_lines(text: bytes) -> list[str]:
    head = text[:_HEAD_BYTES]
    if b"\x00" in head:
        raise LayoutError(1, "text", "text without NUL")
    if len(text) > _HEAD_BYTES:
        head = head[: head.rfind(b"\n") + 1] or head
    try:
        lines = head.decode().split("\n", _HEAD_LINES)[:_HEAD_LINES]
    except UnicodeDecodeError as error:
        line = head[: error.start].count(b"\n") + 1
        raise LayoutError(line, "text", "UTF-8 text") from error
    if len(text) <= _HEAD_BYTES or len(lines) > 1:
        return lines
    raise LayoutError(1, "text", f"lines of at most {_HEAD_BYTES} bytes")


def _cells(line: str, separator: str) -> list[str]:
    try:
        return next(csv.reader([line.rstrip("\r")], delimiter=separator), [])
    except csv.Error:  # a bare carriage return, say: the readers will tell
        return []


def _has_all(names: Sequence[str], own: Sequence[tuple[str, str]]) -> bool:
    """Return whether a header has what the caller names, and so all there must be."""
    try:
        return named(names, own).missing is None
    except UnknownColumnError:
        return False


def _layout(
    lines: Sequence[str], number: int, separator: str, own: Sequence[tuple[str, str]]
) -> Layout:
    names = _cells(lines[number], separator)
    found = named(names, own)
    for column, position in found.columns.items():
        if is_repeated(names, position) and column not in dict(own):
            raise LayoutError(number + 1, column, "each column named once")
    first = number + 1
    if lines[first : first + 1] and lines[first].startswith("Ticker"):
        first = number + 3  # the three header lines of yfinance
    return _laid_out(
        found,
        names,
        separator=separator,
        marks=_marks(lines[first : first + 200], found, separator, first + 1),
        start=sum(len(line.encode()) + 1 for line in lines[:first]),
        first_line=first + 1,
    )


def _without_header(lines: Sequence[str]) -> Layout | None:
    """Return the layout of a file whose rows begin at once."""
    some = [line for line in lines[:_SHAPE_LINES] if line.strip()]
    for separator in _SEPARATORS:
        rows = [_cells(line, separator) for line in some]
        found = shape_of(rows)
        if found is not None:
            return _laid_out(
                found,
                (),
                separator=separator,
                marks=_marks(lines[:200], found, separator, 1),
                start=0,
                first_line=1,
                width=len(rows[0]),
            )
    return None


def _laid_out(
    found: Named,
    names: Sequence[str],
    *,
    separator: str,
    marks: Marks,
    start: int,
    first_line: int,
    width: int = 0,
) -> Layout:
    columns = {name: at for name, at in found.columns.items() if name != SYMBOL}
    return Layout(
        separator=separator,
        marks=marks,
        width=width or len(names),
        columns=columns,
        times=found.times,
        start=start,
        first_line=first_line,
        header=tuple(names),
        symbol=found.columns.get(SYMBOL),
    )


def _marks(
    lines: Sequence[str], found: Named, separator: str, first_line: int
) -> Marks:
    try:
        rows = [_cells(line, separator) for line in lines]
        return marks_of(rows, found.columns, separator)
    except MarksError as error:
        raise LayoutError(first_line, "row", f"one decimal mark: {error}") from error
