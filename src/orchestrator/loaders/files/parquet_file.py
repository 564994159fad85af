"""Parquet files to rows, by the same column names as CSV; needs pyarrow."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.rows import CheckedRows, check_rows
from orchestrator.loaders.files.csv_layout import Layout, LayoutError, columns_of
from orchestrator.loaders.files.csv_parse import NoAdjustedCloseError, shaped
from orchestrator.loaders.files.timestamps import Moments, read_moments
from orchestrator.spec import Adjust, OnBadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.deadline import Deadline

MAGIC = b"PAR1"


def parse_parquet(
    data: bytes, *, adjust: Adjust, on_bad_data: OnBadData, deadline: Deadline
) -> CheckedRows:
    """Return the checked bars of a Parquet file's bytes.

    Raises
    ------
    LayoutError
        If it cannot be read, or lacks a column.
    BadRowsError
        If rows break the bar contract.
    NoAdjustedCloseError
        If `adjust` needs a column the file does not have.
    """
    deadline.check("reading a Parquet file")
    frame = _frame(data)
    layout = columns_of([str(name) for name in frame.columns])
    if adjust is not Adjust.NONE and "adjusted" not in layout.columns:
        raise NoAdjustedCloseError("the file has no adjusted close")
    numbers = {
        name: _floats(frame.iloc[:, at], name) for name, at in layout.columns.items()
    }
    raw = RawBars.of(_labels(frame, layout), numbers)
    return check_rows(shaped(raw, adjust), on_bad_data)


def _frame(data: bytes) -> pd.DataFrame:
    try:
        frame = pd.read_parquet(io.BytesIO(data), engine="pyarrow")
    except ImportError as error:
        rule = "CSV, while the server has no pyarrow to read Parquet"
        raise LayoutError(1, "file", rule) from error
    except (ValueError, OSError, KeyError, NotImplementedError) as error:
        raise LayoutError(1, "file", "a whole Parquet file") from error
    if not isinstance(frame.index, pd.RangeIndex):
        frame = frame.reset_index()
    return frame


def _floats(column: pd.Series, name: str) -> NDArray[np.float64]:
    try:
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    except (ValueError, TypeError) as error:
        raise LayoutError(1, name, "numbers") from error


def _labels(frame: pd.DataFrame, layout: Layout) -> NDArray[np.datetime64]:
    column = frame.iloc[:, layout.times[0]]
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        local = column.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
        utc = column.dt.tz_convert("UTC").dt.tz_localize(None)
        return Moments(utc.to_numpy(dtype="datetime64[ns]"), local).labels()
    if pd.api.types.is_datetime64_dtype(column.dtype):
        return column.to_numpy(dtype="datetime64[ns]")
    return read_moments([str(value) for value in column]).labels()
