"""The careful CSV reader: slower, and it knows the line of everything it cannot use."""

from __future__ import annotations

import csv
import io
import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.files.csv_layout import Layout, LayoutError
from orchestrator.loaders.files.timestamp_formats import AmbiguousDatesError
from orchestrator.loaders.files.timestamps import read_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.deadline import Deadline

    Texts = dict[tuple[int, str], str]
    Rows = list[tuple[int, list[str]]]

_ROWS_A_CHECK = 20_000
_EXPONENT = r"(?:[eE][+-]?[0-9]+)?"
_POINT = re.compile(
    r"[+-]?(?:(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)(?:\.[0-9]*)?|\.[0-9]+)" + _EXPONENT,
    re.ASCII,
)
_COMMA = re.compile(
    r"[+-]?(?:(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)(?:,[0-9]*)?|,[0-9]+)" + _EXPONENT,
    re.ASCII,
)


def read_carefully(text: bytes, layout: Layout, deadline: Deadline) -> RawBars:
    """Return the rows of any file, with the line of each and what it could not read.

    Rows without a single filled cell are passed over.

    Raises
    ------
    LayoutError
        If the file's quotes or dates cannot be made out.
    BudgetExceededError
        If it takes longer than the request may.
    """
    rows = list(_rows(text, layout, deadline))
    texts: Texts = {}
    numbers = {
        name: _column(rows, layout, name, texts, deadline=deadline)
        for name in layout.columns
    }
    labels = _labels(rows, layout, texts, deadline)
    deadline.check("checking a CSV file row by row")
    return RawBars.of(
        labels,
        numbers,
        lines=np.array([line for line, _ in rows], dtype=np.int64),
        texts=texts,
        broken=_broken(rows, layout, deadline),
    )


def _rows(
    text: bytes, layout: Layout, deadline: Deadline
) -> Iterator[tuple[int, list[str]]]:
    lines = io.StringIO(text[layout.start :].decode("utf-8", "replace"), newline="")
    reader = csv.reader(lines, delimiter=layout.separator)
    before = 0
    try:
        for count, cells in enumerate(reader):
            if count % _ROWS_A_CHECK == 0:
                deadline.check("reading a CSV file row by row")
            line, before = layout.first_line + before, reader.line_num
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error as error:
        line = layout.first_line + reader.line_num - 1
        raise LayoutError(line, "row", f"readable CSV ({error})") from error


def _checked(rows: Rows, deadline: Deadline) -> Iterator[tuple[int, list[str]]]:
    """Yield each row's position and cells while the request's time lasts."""
    for position, (_, cells) in enumerate(rows):
        if position % _ROWS_A_CHECK == 0:
            deadline.check("reading a CSV file row by row")
        yield position, cells


def _broken(rows: Rows, layout: Layout, deadline: Deadline) -> dict[int, str]:
    least = max(*layout.columns.values(), *layout.times) + 1
    return {
        number: f"{layout.width} cells a row"
        for number, cells in _checked(rows, deadline)
        if not least <= len(cells) <= layout.width
    }


def _column(
    rows: Rows, layout: Layout, name: str, texts: Texts, *, deadline: Deadline
) -> NDArray[np.float64]:
    at, numbers = layout.columns[name], np.empty(len(rows))
    for row, cells in _checked(rows, deadline):
        cell = cells[at].strip() if at < len(cells) else ""
        numbers[row] = _number(cell, layout.decimal)
        if not math.isfinite(numbers[row]):
            texts[row, name] = cell
    return numbers


def _number(cell: str, decimal: str) -> float:
    pattern = _COMMA if decimal == "," else _POINT
    if not pattern.fullmatch(cell):
        return math.nan
    grouping = "." if decimal == "," else ","
    return float(cell.replace(grouping, "").replace(",", "."))


def _labels(
    rows: Rows, layout: Layout, texts: Texts, deadline: Deadline
) -> NDArray[np.datetime64]:
    stamps = [
        " ".join(cells[at].strip() for at in layout.times if at < len(cells))
        for _, cells in _checked(rows, deadline)
    ]
    for row, stamp in enumerate(stamps):
        texts[row, "timestamp"] = stamp
    try:
        return read_moments(stamps, lambda: deadline.check("reading dates")).labels()
    except AmbiguousDatesError as error:
        raise LayoutError(layout.first_line, "timestamp", str(error)) from error
