"""A CSV file's bytes to rows: two fast readers, and a careful one behind them.

The quick reader takes plain files, pandas' C reader what is merely unusual (quotes,
exponents, dates of other lands).  Whatever they stumble over (an empty cell, a word,
a row too long) is read again row by row, which is slower and knows the line and the
text of everything it cannot use.
"""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from backtesting.bars import PRICE_COLUMNS
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.rows import BadRowsError, CheckedRows, check_rows
from orchestrator.loaders.files.csv_careful import read_carefully
from orchestrator.loaders.files.csv_compiled import ReadRows, read_plain
from orchestrator.loaders.files.csv_layout import Layout, LayoutError, read_layout
from orchestrator.loaders.files.csv_symbols import rows_of_symbol
from orchestrator.loaders.files.csv_text import MAX_TEXT_BYTES, read_text
from orchestrator.loaders.files.file_reading import ParsedFile
from orchestrator.loaders.files.timestamp_formats import (
    EPOCHS,
    ISO_OFFSET,
    TimeOptions,
    TimestampsError,
)
from orchestrator.loaders.files.timestamps import read_moments
from orchestrator.spec import Adjust, FileReading, OnBadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.deadline import Deadline
    from orchestrator.spec import BarQuery

_TIME_WIDTH = 40
_LEAP = 100.0
_OF_THEIR_OWN = {ISO_OFFSET, EPOCHS}
"""Timestamps that need no zone."""


class NoAdjustedCloseError(ValueError):
    """An adjusted close was asked for and the file has none."""


def parse_csv(data: bytes, query: BarQuery, deadline: Deadline) -> ParsedFile:
    """Return the checked bars of a CSV file's bytes, and how they were read.

    Newest-first files are turned around; of a file of several symbols the query's is
    taken.

    Raises
    ------
    LayoutError
        If the text or its header cannot be made out.
    UnknownColumnError
        If the query names a column that is not there.
    UnknownSymbolError
        If the file has a column of symbols, and not the query's.
    BadRowsError
        If rows break the bar contract; see `check_rows`.
    NoAdjustedCloseError
        If the query needs an adjusted close the file does not have.
    """
    if len(data) > MAX_TEXT_BYTES:
        raise LayoutError(1, "text", f"at most {MAX_TEXT_BYTES} bytes")
    text, encoding = read_text(data)
    layout = read_layout(text, query.columns or ())
    if query.adjust is not Adjust.NONE and "adjusted" not in layout.columns:
        raise NoAdjustedCloseError("the file has no adjusted close")
    text, of_symbol = rows_of_symbol(text, layout, query.symbol, deadline)
    layout, rows, checked = _read(text, layout, query, deadline)
    return ParsedFile(
        rows=checked,
        reading=FileReading(
            format="csv",
            encoding=encoding,
            header=bool(layout.header),
            columns=layout.names(),
            separator=layout.separator,
            decimal=layout.decimal,
            thousands=layout.thousands,
            timestamps=rows.style,
            timezone=query.timezone if rows.style not in _OF_THEIR_OWN else None,
            newest_first=is_newest_first(rows.raw),
            symbol=of_symbol,
        ),
    )


def _read(
    text: bytes, layout: Layout, query: BarQuery, deadline: Deadline
) -> tuple[Layout, ReadRows, CheckedRows]:
    options = TimeOptions(timezone=query.timezone, date_format=query.date_format)
    rows = _quickly(text, layout, options, deadline)
    if rows is None:
        rows = read_carefully(text, layout, options, deadline)
    if not layout.marks.certain and leaps(rows.raw):
        other = layout.marked(layout.marks.other())
        again = read_carefully(text, other, options, deadline)
        if is_whole(again.raw) and not leaps(again.raw):
            layout, rows = other, again
    raw = shaped(rows.raw, query.adjust)
    try:
        return layout, rows, check_rows(raw, OnBadData.RAISE)
    except BadRowsError:
        if raw.lines is None:  # read quickly, and the lines are not known
            rows = read_carefully(text, layout, options, deadline)
            raw = shaped(rows.raw, query.adjust)
    return layout, rows, check_rows(raw, query.on_bad_data)


def _quickly(
    text: bytes, layout: Layout, options: TimeOptions, deadline: Deadline
) -> ReadRows | None:
    """Return the rows of a clean file; None when the careful reader is needed."""
    deadline.check("reading a CSV file")
    if options == TimeOptions():
        rows = read_plain(text, layout)
        if rows is not None:
            return rows
    deadline.check("reading a CSV file")
    return read_usual(text, layout, options)


def leaps(raw: RawBars) -> bool:
    """Return whether a price is a hundred times another of its bar or the bar before.

    Numbers that can be read in two ways, 1.005 after 985, show it by that.
    """
    with np.errstate(all="ignore"):
        steps = np.abs(np.log(raw.close[1:] / raw.close[:-1]))
        ranges = np.log(raw.high / raw.low)
    most = np.log(_LEAP)
    return bool((steps > most).any() or (ranges > most).any())


def is_whole(raw: RawBars) -> bool:
    """Return whether every price could be read."""
    return all(np.isfinite(getattr(raw, name)).all() for name in PRICE_COLUMNS)


def shaped(raw: RawBars, adjust: Adjust) -> RawBars:
    """Return rows oldest first, with prices adjusted as asked."""
    return _adjusted(_oldest_first(raw), adjust)


def read_usual(
    text: bytes,
    layout: Layout,
    options: TimeOptions = TimeOptions(),  # noqa: B008
) -> ReadRows | None:
    """Return the rows of a clean file; None when the careful reader is needed."""
    if layout.thousands is not None or layout.start >= len(text):
        return None
    lone = b"\r" in text and text.count(b"\r") != text.count(b"\r\n")
    if lone:  # pandas loses a cell after one
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
    return _raw(cast("list[NDArray[np.bytes_]]", times), numbers, options)


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
    times: list[NDArray[np.bytes_]],
    numbers: dict[str, NDArray[np.float64]],
    options: TimeOptions,
) -> ReadRows | None:
    column = times[0]
    if len(times) > 1:
        column = np.strings.add(np.strings.add(times[0], b" "), times[1])
    try:
        moments = read_moments(column, options)
    except TimestampsError:  # the careful reader knows the line
        return None
    return ReadRows(RawBars.labelled(moments.labels(), numbers), moments.style)


def is_newest_first(raw: RawBars) -> bool:
    """Return whether the newest row stands first, and time falls from there."""
    known = raw.timestamps[~np.isnat(raw.timestamps)]
    return bool(
        known.size > 1 and known[0] > known[-1] and (known[1:] <= known[:-1]).all()
    )


def _oldest_first(raw: RawBars) -> RawBars:
    """Return newest-first rows turned around, all others as they are."""
    return raw.turned() if is_newest_first(raw) else raw


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
    return replace(
        raw,
        open=raw.open * factor,
        high=np.where(touched[0], np.maximum(high, close), high),
        low=np.where(touched[1], np.minimum(low, close), low),
        close=close,
    )
