"""Numbers as people write them: decimal and thousands marks, currencies, K and M."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from backtesting.bars import PRICE_COLUMNS

_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
# Groups of three, or of two before the last three: 1,234,567 and 12,34,567.
_POINT = re.compile(
    r"[+-]?(?:(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{2,3})*,[0-9]{3})(?:\.[0-9]*)?|\.[0-9]+)"
    + _EXPONENT,
    re.ASCII,
)
_COMMA = re.compile(
    r"[+-]?(?:(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]*)?|,[0-9]+)" + _EXPONENT,
    re.ASCII,
)
_GAPS = re.compile("(?<=[0-9])[ '\u2019\u00a0\u202f](?=[0-9]{3}(?![0-9]))")
_SIGNS = "$\u20ac\u00a3\u00a5\u20b9\u20a9\u20ba\u20bd \u00a0"
_SCALES = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
_RATIO = re.compile(
    r"([0-9]+(?:\.[0-9]+)?)(?:\s*[:/]\s*|\s*-?\s*for\s*-?\s*)([0-9]+(?:\.[0-9]+)?)",
    re.ASCII | re.IGNORECASE,
)
_NOTHING = frozenset(
    {
        *("", "-", "--", "\u2013", "\u2014"),
        *("nan", "n/a", "na", "#n/a", "none", "null", "nil"),
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Marks:
    """The decimal mark of a file's numbers, and the one that groups thousands.

    `certain` says that a number in it can be read in one way alone.
    """

    decimal: str = "."
    thousands: str | None = None
    certain: bool = False

    def other(self) -> Marks:
        """Return the other way to read numbers that can be read in two."""
        if self.decimal == ",":
            return Marks(decimal=".", thousands=",")
        return Marks(decimal=",", thousands=".")


class MarksError(ValueError):
    """Numbers of one file that do not agree on their decimal mark."""


def marks_of(
    rows: Sequence[Sequence[str]], columns: Mapping[str, int], separator: str
) -> Marks:
    """Return the marks of a file's numbers.

    A cell with both marks, with one twice, or without exactly three digits after
    its one mark, decides.  Where none does, the mark of prices is the decimal one if
    volumes have the other; else a comma is one unless commas separate cells, and a
    point is one.

    Raises
    ------
    MarksError
        If cells decide otherwise than others.
    """
    prices = _cells(rows, [columns[name] for name in PRICE_COLUMNS])
    volumes = _cells(rows, [columns["volume"]] if "volume" in columns else [])
    votes = {vote: cell for cell in prices + volumes for vote in _votes(cell)}
    if len(votes) > 1:
        raise MarksError(
            f"{votes['.']!r} has a decimal point and {votes[',']!r} a decimal comma"
        )
    in_prices = {mark for cell in prices for mark in ".," if mark in cell}
    in_volumes = {mark for cell in volumes for mark in ".," if mark in cell}
    used = in_prices | in_volumes
    if votes:
        decimal = next(iter(votes))
    elif len(in_prices) == 1 and in_volumes and in_prices != in_volumes:
        decimal = next(iter(in_prices))
    elif used == {","} and separator != ",":
        decimal = ","
    else:
        decimal = "."
    thousands = "," if decimal == "." else "."
    return Marks(
        decimal=decimal,
        thousands=thousands if thousands in used or decimal == "," else None,
        certain=bool(votes),
    )


def number(cell: str, decimal: str) -> float:
    """Return the number of a cell, NaN if it is none.

    Currency signs around it, spaces and apostrophes between thousands, and K, M, B
    and T behind it are understood.
    """
    text = cell.strip(_SIGNS)
    scale = 1.0
    if text[-1:].upper() in _SCALES:
        scale, text = _SCALES[text[-1].upper()], text[:-1].rstrip()
    text = _GAPS.sub("", text)
    pattern = _COMMA if decimal == "," else _POINT
    if not pattern.fullmatch(text):
        return math.nan
    grouping = "." if decimal == "," else ","
    return float(text.replace(grouping, "").replace(",", ".")) * scale


def ratio(cell: str, decimal: str) -> float:
    """Return new shares for an old one: ``4``, ``4:1``, ``3/2`` or ``2-for-1``.

    NaN where the cell is none of these.
    """
    match = _RATIO.fullmatch(cell.strip())
    if match is None:
        return number(cell, decimal)
    new, old = float(match[1]), float(match[2])
    return new / old if old else math.nan


def is_nothing(cell: str) -> bool:
    """Return whether a cell says that there is no value."""
    return cell.strip().lower() in _NOTHING


def _cells(rows: Sequence[Sequence[str]], places: Sequence[int]) -> list[str]:
    return [
        _GAPS.sub("", row[at].strip(_SIGNS).rstrip("KMBTkmbt"))
        for row in rows
        for at in places
        if at < len(row)
    ]


def _votes(cell: str) -> str:
    """Return the decimal mark that a cell shows, nothing if it shows none."""
    commas, points = cell.count(","), cell.count(".")
    if commas and points:
        return "," if cell.rfind(",") > cell.rfind(".") else "."
    if commas + points > 1:
        return "." if commas else ","
    if commas + points == 0:
        return ""
    mark = "," if commas else "."
    whole, _, rest = cell.partition(mark)
    digits = len(rest)
    whole = whole.lstrip("+-")
    is_group = digits == 3 and 1 <= len(whole) <= 3 and not whole.startswith("0")
    return "" if is_group or not rest.isdigit() else mark
