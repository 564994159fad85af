"""A CSV file's bytes to rows: one fast reader, and a careful one behind it.

pandas' C reader takes clean files.  Whatever it stumbles over (an empty cell, a
word, a row too long) is read again row by row, which is slower and knows the line
and the text of everything it cannot use.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from backtesting.bars import COLUMNS
from orchestrator.loaders.csv_layout import (
    MAX_TEXT_BYTES,
    Layout,
    LayoutError,
    read_layout,
    read_text,
)
from orchestrator.loaders.rows import BadRowsError, CheckedRows, RawBars, check_rows
from orchestrator.loaders.timestamps import AmbiguousDatesError, read_moments
from orchestrator.spec import Adjust, OnBadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.budget import Budget

_TIME_WIDTH = 40
_ROWS_A_CHECK = 20_000
_POINT = re.compile(
    r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:,[0-9]{3})+)?(?:\.[0-9]*)?(?:[eE][+-]?[0-9]+)?",
    re.ASCII,
)
_COMMA = re.compile(
    r"[+-]?(?:[0-9]+|[0-9]{1,3}(?:\.[0-9]{3})+)?(?:,[0-9]*)?(?:[eE][+-]?[0-9]+)?",
    re.ASCII,
)
_MISSING = frozenset({"", "nan", "na", "n/a", "null", "none", "-", "."})


class NoAdjustedCloseError(ValueError):
    """An adjusted close was asked for and the file has none."""


def parse_csv(
    data: bytes, *, adjust: Adjust, on_bad_data: OnBadData, budget: Budget
) -> CheckedRows:
    """Return the checked bars of a CSV file's bytes.

    Newest-first files are turned around.

    Raises
    ------
    LayoutError
        If the text or its header cannot be made out.
    BadRowsError
        If rows break the bar contract; see `check_rows`.
    NoAdjustedCloseError
        If `adjust` needs a column the file does not have.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise LayoutError(1, "text", f"at most {MAX_TEXT_BYTES} bytes")
    text = read_text(data)
    layout = read_layout(text)
    if adjust is not Adjust.NONE and "adjusted" not in layout.columns:
        raise NoAdjustedCloseError("the file has no adjusted close")
    raw = _fast(text, layout)
    if raw is not None:
        try:
            return check_rows(shaped(raw, adjust), OnBadData.RAISE)
        except BadRowsError:
            pass
    return check_rows(shaped(_careful(text, layout, budget), adjust), on_bad_data)


def shaped(raw: RawBars, adjust: Adjust) -> RawBars:
    """Return rows oldest first, with prices adjusted as asked."""
    return _adjusted(_oldest_first(raw), adjust)


def _fast(text: bytes, layout: Layout) -> RawBars | None:
    """Return the rows of a clean file; None when the careful reader is needed."""
    if layout.thousands is not None or layout.start >= len(text):
        return None
    types: dict[int, str] = dict.fromkeys(range(layout.width), f"S{_TIME_WIDTH}")
    types |= dict.fromkeys(layout.columns.values(), "float64")
    try:
        frame = pd.read_csv(
            io.BytesIO(text[layout.start :]),
            sep=layout.separator,
            decimal=layout.decimal,
            header=None,
            names=list(range(layout.width)),
            dtype=cast("dict[object, str]", types),
            na_filter=False,
        )
    except (ValueError, OverflowError):  # every way the reader has of stumbling
        return None
    if not isinstance(frame.index, pd.RangeIndex):  # rows longer than the header
        return None
    times = [_trimmed(frame[position].to_numpy()) for position in layout.times]
    if any(column is None for column in times):
        return None
    numbers = {name: frame[at].to_numpy() for name, at in layout.columns.items()}
    return _raw(cast("list[NDArray[np.bytes_]]", times), numbers)


def _trimmed(column: NDArray[np.bytes_]) -> NDArray[np.bytes_] | None:
    """Return a column of texts in its own width, None if one was cut off."""
    if column.size == 0 or column.dtype.kind != "S":
        return None
    letters = column.view(np.uint8).reshape(column.size, _TIME_WIDTH)
    width = max(len(column[0]), 1)
    if letters[:, width:].any():
        if letters[:, -1].any():
            return None
        return column
    return np.ascontiguousarray(letters[:, :width]).view(f"S{width}").ravel()


def _raw(
    times: list[NDArray[np.bytes_]], numbers: dict[str, NDArray[np.float64]]
) -> RawBars:
    column = times[0]
    if len(times) > 1:
        column = np.strings.add(np.strings.add(times[0], b" "), times[1])
    try:
        labels = read_moments(column).labels()
    except AmbiguousDatesError as error:
        raise LayoutError(1, "timestamp", str(error)) from error
    size = labels.size
    numbers.setdefault("volume", np.zeros(size))
    return RawBars(timestamps=labels, **numbers)


def _careful(text: bytes, layout: Layout, budget: Budget) -> RawBars:
    """Return the rows of any file, with the line of each and what it could not read."""
    rows = list(_rows(text, layout, budget))
    width = max(*layout.columns.values(), *layout.times) + 1
    broken = {
        number: f"{layout.width} cells a row"
        for number, (_, cells) in enumerate(rows)
        if not width <= len(cells) <= layout.width
    }
    texts: dict[tuple[int, str], str] = {}
    numbers = {
        name: np.array(
            [
                _number(cells, at, layout, texts, (number, name))
                for number, (_, cells) in enumerate(rows)
            ],
            dtype=np.float64,
        )
        for name, at in layout.columns.items()
    }
    stamps = [
        " ".join(cells[at].strip() for at in layout.times if at < len(cells))
        for _, cells in rows
    ]
    for number, stamp in enumerate(stamps):
        texts[number, "timestamp"] = stamp
    try:
        labels = read_moments(stamps).labels() if stamps else np.array([], "M8[ns]")
    except AmbiguousDatesError as error:
        raise LayoutError(1, "timestamp", str(error)) from error
    numbers.setdefault("volume", np.zeros(len(rows)))
    lines = np.array([line for line, _ in rows], dtype=np.int64)
    return RawBars(
        timestamps=labels, lines=lines, texts=texts, broken=broken, **numbers
    )


def _rows(
    text: bytes, layout: Layout, budget: Budget
) -> Iterator[tuple[int, list[str]]]:
    lines = io.StringIO(text[layout.start :].decode("utf-8", "replace"), newline="")
    reader = csv.reader(lines, delimiter=layout.separator)
    before = 0
    try:
        for count, cells in enumerate(reader):
            if count % _ROWS_A_CHECK == 0:
                budget.check("reading a CSV file row by row")
            line, before = layout.first_line + before, reader.line_num
            if any(cell.strip() for cell in cells):
                yield line, cells
    except csv.Error as error:
        line = layout.first_line + reader.line_num - 1
        raise LayoutError(line, "row", f"readable CSV ({error})") from error


def _number(
    cells: list[str],
    at: int,
    layout: Layout,
    texts: dict[tuple[int, str], str],
    place: tuple[int, str],
) -> float:
    if at >= len(cells):
        return float("nan")
    cell = cells[at].strip()
    pattern = _COMMA if layout.decimal == "," else _POINT
    plain = cell.replace("." if layout.decimal == "," else ",", "").replace(",", ".")
    if not pattern.fullmatch(cell) or not any(map(str.isdigit, cell)):
        texts[place] = cell
        return float("nan")
    number = float(plain)
    if not np.isfinite(number) or cell.lower() in _MISSING:
        texts[place] = cell
    return number


def _oldest_first(raw: RawBars) -> RawBars:
    """Return newest-first rows turned around, all others as they are."""
    known = raw.timestamps[~np.isnat(raw.timestamps)]
    if known.size < 2 or known[0] <= known[-1] or (known[1:] > known[:-1]).any():
        return raw
    last = raw.timestamps.size - 1
    return RawBars(
        timestamps=raw.timestamps[::-1],
        adjusted=None if raw.adjusted is None else raw.adjusted[::-1],
        lines=None if raw.lines is None else raw.lines[::-1],
        texts={(last - row, name): text for (row, name), text in raw.texts.items()},
        broken={last - row: rule for row, rule in raw.broken.items()},
        **{name: getattr(raw, name)[::-1] for name in COLUMNS},
    )


def _adjusted(raw: RawBars, adjust: Adjust) -> RawBars:
    """Return the rows with prices scaled so that close is the adjusted close."""
    if adjust is Adjust.NONE or raw.adjusted is None:
        return raw
    close = raw.adjusted
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = close / raw.close
    # Rounding may put an extreme one unit in the last place inside the close.
    high, low = raw.high * factor, raw.low * factor
    touched = raw.close == raw.high, raw.close == raw.low
    return RawBars(
        timestamps=raw.timestamps,
        open=raw.open * factor,
        high=np.where(touched[0], np.maximum(high, close), high),
        low=np.where(touched[1], np.minimum(low, close), low),
        close=close,
        volume=raw.volume,
        lines=raw.lines,
        texts=raw.texts,
        broken=raw.broken,
    )
