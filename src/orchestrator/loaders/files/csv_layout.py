"""How a CSV file is laid out: its text, separator, header and decimal mark.

Files in the wild differ in all of these; the layout is read from the first lines
once, so that the rows themselves can be read by one fast reader.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backtesting.bars import PRICE_COLUMNS

_HEAD_BYTES = 64 * 1024
_HEADER_LINES = 5
_HEAD_LINES = 208
_SEPARATORS = (",", ";", "\t", "|")
_TIMES = (
    "datetime",
    "timestamp",
    "date",
    "time",
    "gmt time",
    "open time",
    "unix",
    "ts",
)
_NAMES: Mapping[str, tuple[str, ...]] = {
    "open": ("open", "o", "1. open"),
    "high": ("high", "h", "2. high"),
    "low": ("low", "l", "3. low"),
    "close": ("close", "c", "4. close", "last", "close/last"),
    "volume": ("volume", "vol", "v", "vol.", "5. volume", "6. volume"),
    "adjusted": ("adj close", "adjclose", "adjusted close", "5. adjusted close"),
}
_NUMBER_WITH_POINT = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")


class LayoutError(ValueError):
    """A file whose text or header cannot be made out."""

    def __init__(self, line: int, column: str, rule: str) -> None:
        super().__init__(f"row {line}, {column}: breaks the rule {rule!r}")
        self.line = line
        self.column = column
        self.rule = rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """Where a file's columns are and how its cells are written.

    `columns` maps ``open`` and so on, and ``adjusted`` where there is one, to
    positions; `times` are the positions of the timestamp, two when date and clock
    stand apart.  The rows begin at byte `start`, on line `first_line`.
    """

    separator: str
    decimal: str
    thousands: str | None
    width: int
    columns: Mapping[str, int]
    times: tuple[int, ...]
    start: int
    first_line: int


def read_layout(text: bytes) -> Layout:
    """Return the layout of a file's text.

    Raises
    ------
    LayoutError
        If no header names a timestamp, open, high, low and close.
    """
    lines = _head_lines(text)
    found: list[str] = []
    for number, line in enumerate(lines[:_HEADER_LINES]):
        for separator in _SEPARATORS:
            names = _cells(line, separator)
            columns = _columns(names)
            if len(columns) > len(found):
                found = list(columns)
            if all(name in columns for name in PRICE_COLUMNS):
                return _layout(lines, number, separator)
    missing = next(name for name in PRICE_COLUMNS if name not in found)
    rule = f"a header that names timestamp, open, high, low, close; no {missing}"
    raise LayoutError(1, missing, rule)


def columns_of(names: Sequence[str]) -> Layout:
    """Return the layout of a table whose columns are already apart.

    Raises
    ------
    LayoutError
        If a timestamp, open, high, low or close is missing.
    """
    columns = _columns(names)
    times = _times([_normal(name) for name in names])
    for name in PRICE_COLUMNS:
        if name not in columns:
            raise LayoutError(1, name, f"a column named {name}")
    if not times:
        raise LayoutError(1, "timestamp", "a column of timestamps")
    return Layout(
        separator=",",
        decimal=".",
        thousands=None,
        width=len(names),
        columns=columns,
        times=times[:1],
        start=0,
        first_line=1,
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


def _normal(name: str) -> str:
    return " ".join(name.strip().strip("<>").replace("_", " ").lower().split())


def _columns(names: Sequence[str]) -> dict[str, int]:
    normal = [_normal(name) for name in names]
    columns = {}
    for column, aliases in _NAMES.items():
        for alias in aliases:
            if alias in normal:
                columns[column] = normal.index(alias)
                break
    return columns


def _layout(lines: Sequence[str], number: int, separator: str) -> Layout:
    names = _cells(lines[number], separator)
    normal = [_normal(name) for name in names]
    columns = _columns(names)
    for column, position in columns.items():
        if normal.count(normal[position]) > 1:
            raise LayoutError(number + 1, column, "each column named once")
    first, times = number + 1, _times(normal)
    if normal[0] == "price" and lines[first : first + 1][0].startswith("Ticker"):
        first, times = number + 3, (0,)  # the three header lines of yfinance
    if not times:
        raise LayoutError(number + 1, "timestamp", "a column of timestamps")
    decimal, thousands = _marks(lines[first : first + 200], columns, separator)
    return Layout(
        separator=separator,
        decimal=decimal,
        thousands=thousands,
        width=len(names),
        columns=columns,
        times=times,
        start=sum(len(line.encode()) + 1 for line in lines[:first]),
        first_line=first + 1,
    )


def _times(normal: Sequence[str]) -> tuple[int, ...]:
    if "date" in normal and "time" in normal:
        return normal.index("date"), normal.index("time")
    for name in _TIMES:
        if name in normal:
            return (normal.index(name),)
    return (0,) if normal[0] in {"", "index", "unnamed: 0"} else ()


def _marks(
    lines: Sequence[str], columns: Mapping[str, int], separator: str
) -> tuple[str, str | None]:
    """Return the decimal mark and the thousands mark of a file's numbers."""
    telling = '"' if separator == "," else ","
    if not any(telling in line for line in lines):
        return ".", None
    cells = [
        row[position].strip()
        for row in (_cells(line, separator) for line in lines)
        for position in columns.values()
        if position < len(row)
    ]
    with_comma = [cell for cell in cells if "," in cell]
    if not with_comma:
        return ".", None
    if any(0 <= cell.rfind(".") < cell.rfind(",") for cell in with_comma):
        return ",", "."
    if all(_NUMBER_WITH_POINT.fullmatch(cell) for cell in with_comma):
        grouped = any("." in cell or cell.count(",") > 1 for cell in with_comma)
        plain = any("." in cell for cell in cells)
        if grouped or plain or separator == ",":
            return ".", ","
    return ",", "."
