"""The careful CSV reader: slower, and it knows the line of everything it cannot use."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.files.csv_compiled import ReadRows
from orchestrator.loaders.files.csv_layout import Layout, LayoutError
from orchestrator.loaders.files.csv_numbers import is_nothing, number, ratio
from orchestrator.loaders.files.timestamp_formats import TimeOptions, TimestampsError
from orchestrator.loaders.files.timestamps import read_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.deadline import Deadline
    from orchestrator.loaders.checks.labels import Labels

    Texts = dict[tuple[int, str], str]
    Rows = list[tuple[int, list[str]]]

_ROWS_A_CHECK = 20_000
_MOST_TEXTS = 1_000
"""How many unreadable cells are remembered: an error names the first ten rows."""
_ROWS_TO_JUDGE = 10_000
_BROKEN: list[str] = []


def read_carefully(
    text: bytes, layout: Layout, options: TimeOptions, deadline: Deadline
) -> ReadRows:
    """Return the rows of any file, with the line of each and what it could not read.

    Rows without a single filled cell are passed over; a volume that says that there
    is none is 0.

    Raises
    ------
    LayoutError
        If the file's quotes or dates cannot be made out, or most of its rows are none.
    BudgetExceededError
        If it takes longer than the request may.
    """
    rows = list(_whole_rows(text, layout, deadline))
    texts: Texts = {}
    numbers = {
        name: _column(rows, layout, name, texts, deadline=deadline)
        for name in layout.columns
    }
    stamps = [
        " ".join(cells[at].strip() for at in layout.times if at < len(cells))
        for _, cells in _checked(rows, deadline)
    ]
    labels, style = _labels(stamps, rows, (layout, options), deadline)
    deadline.check("checking a CSV file row by row")
    broken = np.array([cells is _BROKEN for _, cells in rows], dtype=np.bool_)
    raw = replace(
        RawBars.labelled(labels, numbers),
        lines=np.array([line for line, _ in rows], dtype=np.int64),
        texts=texts,
        broken=broken if broken.any() else None,
        broken_rule=f"{layout.width} cells a row",
        stamps=stamps,
    )
    return ReadRows(raw, style)


def _whole_rows(
    text: bytes, layout: Layout, deadline: Deadline
) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with their lines; one with too few or too many cells is `_BROKEN`."""
    least = max(*layout.columns.values(), *layout.times) + 1
    broken = 0
    for count, (line, cells) in enumerate(_rows(text, layout, deadline), start=1):
        if least <= len(cells) <= layout.width:
            yield line, cells
            continue
        broken += 1
        if count >= _ROWS_TO_JUDGE and broken > count / 2:
            raise LayoutError(line, "row", f"{layout.width} cells a row, in most rows")
        yield line, _BROKEN


def _rows(
    text: bytes, layout: Layout, deadline: Deadline
) -> Iterator[tuple[int, list[str]]]:
    # Decoded as it is read: a whole text would be four times as long in memory.
    source = io.BytesIO(text)
    source.seek(layout.start)
    lines = io.TextIOWrapper(source, "utf-8", "replace", newline="")
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


def _column(
    rows: Rows, layout: Layout, name: str, texts: Texts, *, deadline: Deadline
) -> NDArray[np.float64]:
    at, numbers = layout.columns[name], np.empty(len(rows))
    read = ratio if name == "splits" else number
    for row, cells in _checked(rows, deadline):
        cell = cells[at].strip() if at < len(cells) else ""
        numbers[row] = read(cell, layout.decimal)
        if math.isfinite(numbers[row]):
            continue
        if name == "volume" and cells is not _BROKEN and is_nothing(cell):
            numbers[row] = 0.0
        elif len(texts) < _MOST_TEXTS:
            texts[row, name] = cell
    return numbers


def _labels(
    stamps: list[str],
    rows: Rows,
    read_as: tuple[Layout, TimeOptions],
    deadline: Deadline,
) -> tuple[Labels, str]:
    layout, options = read_as
    try:
        moments = read_moments(stamps, options, lambda: deadline.check("reading dates"))
        return moments.labels(), moments.style
    except TimestampsError as error:
        line = layout.first_line if error.row is None else rows[error.row][0]
        raise LayoutError(line, "timestamp", str(error)) from error
