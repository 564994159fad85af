"""Parquet files to rows, by the same column names as CSV; needs pyarrow."""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.rows import check_rows
from orchestrator.loaders.files.csv_layout import Layout, LayoutError, columns_of
from orchestrator.loaders.files.csv_parse import (
    NoAdjustedCloseError,
    is_newest_first,
    shaped,
)
from orchestrator.loaders.files.csv_symbols import symbol_among
from orchestrator.loaders.files.file_reading import ParsedFile
from orchestrator.loaders.files.timestamp_formats import (
    ISO_OFFSET,
    TimeOptions,
    TimestampsError,
)
from orchestrator.loaders.files.timestamps import Moments, read_moments
from orchestrator.spec import Adjust, FileReading

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.deadline import Deadline
    from orchestrator.spec import BarQuery

MAGIC = b"PAR1"
MOST_ROWS = 5_000_000
MOST_COLUMNS = 200


def parse_parquet(data: bytes, query: BarQuery, deadline: Deadline) -> ParsedFile:
    """Return the checked bars of a Parquet file's bytes, and how they were read.

    Of a file of several symbols the query's is taken.

    Raises
    ------
    LayoutError
        If it cannot be read, or lacks a column.
    UnknownColumnError
        If the query names a column that is not there.
    UnknownSymbolError
        If the file has a column of symbols, and not the query's.
    BadRowsError
        If rows break the bar contract.
    NoAdjustedCloseError
        If the query needs an adjusted close the file does not have.
    """
    deadline.check("reading a Parquet file")
    frame = _frame(data)
    layout = columns_of([str(name) for name in frame.columns], query.columns or ())
    if query.adjust is not Adjust.NONE and "adjusted" not in layout.columns:
        raise NoAdjustedCloseError("the file has no adjusted close")
    frame, of_symbol = _of_symbol(frame, layout, query.symbol)
    numbers = {
        name: _floats(frame.iloc[:, at], name) for name, at in layout.columns.items()
    }
    if "volume" in numbers:
        numbers["volume"] = np.nan_to_num(numbers["volume"], nan=0.0)
    options = TimeOptions(timezone=query.timezone, date_format=query.date_format)
    moments = _moments(frame, layout, options)
    raw = RawBars.labelled(moments.labels(), numbers)
    return ParsedFile(
        rows=check_rows(shaped(raw, query.adjust), query.on_bad_data),
        reading=FileReading(
            format="parquet",
            encoding="Parquet",
            header=True,
            columns=layout.names(),
            timestamps=moments.style,
            timezone=query.timezone,
            newest_first=is_newest_first(raw),
            symbol=of_symbol,
        ),
    )


def _of_symbol(
    frame: pd.DataFrame, layout: Layout, symbol: str
) -> tuple[pd.DataFrame, str | None]:
    if layout.symbol is None:
        return frame, None
    names = frame.iloc[:, layout.symbol].astype(str).str.strip()
    wanted = symbol_among(names.unique().tolist(), symbol)
    if wanted is None:
        return frame, None
    return frame[(names == wanted).to_numpy()], wanted


def _frame(data: bytes) -> pd.DataFrame:
    try:
        _check_size(data)
        frame = pd.read_parquet(io.BytesIO(data), engine="pyarrow")
    except ImportError as error:
        rule = "CSV, while the server has no pyarrow to read Parquet"
        raise LayoutError(1, "file", rule) from error
    except LayoutError:
        raise
    except (ValueError, OSError, KeyError, NotImplementedError) as error:
        raise LayoutError(1, "file", "a whole Parquet file") from error
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    return frame


def _check_size(data: bytes) -> None:
    """Refuse a file that is small and becomes large: its own words say how large."""
    parquet = import_module("pyarrow.parquet")
    found = parquet.read_metadata(io.BytesIO(data))
    if found.num_rows > MOST_ROWS:
        rule = (
            f"at most {MOST_ROWS} rows in a Parquet file, and it has {found.num_rows}"
        )
        raise LayoutError(1, "file", rule)
    if found.num_columns > MOST_COLUMNS:
        rule = f"at most {MOST_COLUMNS} columns, and it has {found.num_columns}"
        raise LayoutError(1, "file", rule)


def _floats(column: pd.Series, name: str) -> NDArray[np.float64]:
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise LayoutError(1, name, "numbers") from error


def _moments(frame: pd.DataFrame, layout: Layout, options: TimeOptions) -> Moments:
    column = frame.iloc[:, layout.times[0]]
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        local = column.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
        utc = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return Moments(utc.to_numpy(dtype="datetime64[ns]"), local, ISO_OFFSET)
    if pd.api.types.is_datetime64_dtype(column.dtype):
        times = column.to_numpy(dtype="datetime64[ns]")
        moments = Moments(times, times)
        zone = options.timezone
        return moments if zone is None else moments.in_zone(zone)
    try:
        return read_moments([str(value) for value in column], options)
    except TimestampsError as error:
        raise LayoutError((error.row or 0) + 1, "timestamp", str(error)) from error
