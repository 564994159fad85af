"""A CSV file's bytes to rows: two fast readers, and a careful one behind them.

The quick reader takes plain files, pandas' C reader what is merely unusual (quotes,
exponents, dates of other lands).  Whatever they stumble over (an empty cell, a word,
a row too long) is read again row by row, which is slower and knows the line and the
text of everything it cannot use.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, cast

import numpy as np
import pandas as pd

from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.rows import BadRowsError, CheckedRows, check_rows
from orchestrator.loaders.files.csv_careful import read_carefully
from orchestrator.loaders.files.csv_compiled import read_plain
from orchestrator.loaders.files.csv_layout import Layout, LayoutError, read_layout
from orchestrator.loaders.files.csv_text import MAX_TEXT_BYTES, read_text
from orchestrator.loaders.files.timestamp_formats import AmbiguousDatesError
from orchestrator.loaders.files.timestamps import read_moments
from orchestrator.spec import Adjust, OnBadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.deadline import Deadline

_TIME_WIDTH = 40


class NoAdjustedCloseError(ValueError):
    """An adjusted close was asked for and the file has none."""


def parse_csv(
    data: bytes, *, adjust: Adjust, on_bad_data: OnBadData, deadline: Deadline
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
    for read in (read_plain, read_usual):
        deadline.check("reading a CSV file")
        raw = read(text, layout)
        if raw is not None:
            try:
                return check_rows(shaped(raw, adjust), OnBadData.RAISE)
            except BadRowsError:
                break
    return check_rows(
        shaped(read_carefully(text, layout, deadline), adjust), on_bad_data
    )


def shaped(raw: RawBars, adjust: Adjust) -> RawBars:
    """Return rows oldest first, with prices adjusted as asked."""
    return _adjusted(_oldest_first(raw), adjust)


def read_usual(text: bytes, layout: Layout) -> RawBars | None:
    """Return the rows of a clean file; None when the careful reader is needed."""
    if layout.thousands is not None or layout.start >= len(text):
        return None
    if text.count(b"\r") != text.count(b"\r\n"):  # pandas loses a cell after one
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
    return RawBars.of(labels, numbers)


def _oldest_first(raw: RawBars) -> RawBars:
    """Return newest-first rows turned around, all others as they are."""
    known = raw.timestamps[~np.isnat(raw.timestamps)]
    if known.size < 2 or known[0] <= known[-1] or (known[1:] > known[:-1]).any():
        return raw
    last = raw.timestamps.size - 1
    return RawBars.of(
        raw.timestamps[::-1],
        {name: column[::-1] for name, column in raw.columns().items()},
        lines=None if raw.lines is None else raw.lines[::-1],
        texts={(last - row, name): text for (row, name), text in raw.texts.items()},
        broken={last - row: rule for row, rule in raw.broken.items()},
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
