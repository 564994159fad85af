"""Bars from CSV files and frames, under the names the engine expects."""

from __future__ import annotations

from os import PathLike
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from backtesting.bars import PRICE_COLUMNS, BarContractError, Bars
from backtesting.dates import DATE_NAMES, date_column, parse_dates, plain
from backtesting.feed import UNKNOWN_SYMBOL

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

_ALIASES = {
    "open": "open",
    "o": "open",
    "high": "high",
    "h": "high",
    "low": "low",
    "l": "low",
    "close": "close",
    "c": "close",
    "volume": "volume",
    "vol": "volume",
    "v": "volume",
}


def load_csv(
    path: str | PathLike[str],
    *,
    date_column: str | None = None,
    datetime_format: str | None = None,
    symbol: str | None = None,
) -> pd.DataFrame:
    """Return the bars of a CSV file.

    Parameters
    ----------
    path : str or path-like
        A file with a header.
    date_column : str, optional
        The column of dates, in any case; by default ``datetime``, ``date``,
        ``timestamp`` or ``time``, else the first column if it is none of prices.
    datetime_format : str, optional
        A `strptime` format; by default ISO 8601.
    symbol : str, optional
        What the bars are of.

    Returns
    -------
    DataFrame
        See `load_dataframe`.

    Raises
    ------
    ValueError
        If the file has no bars, or a row breaks a rule, which it names.
    FileNotFoundError
        If there is no such file.
    """
    frame = pd.read_csv(path, skipinitialspace=True)
    if not isinstance(frame.index, pd.RangeIndex):
        raise ValueError(  # noqa: TRY004 -- pandas took the first cells as labels
            "row 0: there are more cells than columns in the header"
        )
    _require_rows(frame)
    column = _dated_column(frame, date_column)
    dates = parse_dates(frame[column], datetime_format)
    return load_dataframe(
        frame.drop(columns=column), datetime_index=dates, symbol=symbol
    )


def load_dataframe(
    df: pd.DataFrame,
    *,
    datetime_index: str | ArrayLike | pd.Index | pd.Series | None = None,
    symbol: str | None = None,
) -> pd.DataFrame:
    """Return the bars of a frame, named and sorted as the engine expects them.

    Parameters
    ----------
    df : DataFrame
        With columns open, high, low, close and maybe volume, in any case, or their
        aliases o, h, l, c, v and vol.  It is not changed.
    datetime_index : str or array-like, optional
        The column that becomes the index, in any case, or the dates themselves, one
        a row in the order of the rows.  By default the frame's index, if it is one
        of dates or of ISO 8601 text, else a column as `load_csv` finds it.
    symbol : str, optional
        What the bars are of; by default ``df.attrs["symbol"]``, else ``UNKNOWN``.

    Returns
    -------
    DataFrame
        A DatetimeIndex named ``datetime``, sorted, and float64 columns ``open``,
        ``high``, ``low``, ``close`` and, if there was one, ``volume``;
        ``attrs["symbol"]`` is set.  Dates without offset stay naive; text of several
        offsets, as over a change of clocks, becomes UTC.

    Raises
    ------
    ValueError
        If there are no rows, or a row breaks a rule, which it names; rows count
        from zero as they came.  (`BacktestEngine.run` takes a frame without rows and
        has nothing to do; that a source has none is an error here.)
    """
    _require_rows(df)
    df, index = _indexed(df, datetime_index)
    columns = {
        name: _numbers(df[source], name) for name, source in _sources(df).items()
    }
    named = symbol or df.attrs.get("symbol") or UNKNOWN_SYMBOL
    frame = pd.DataFrame(columns, index=index.rename("datetime"))
    order = np.argsort(index.to_numpy(), kind="stable")
    frame = frame.iloc[order]
    try:
        Bars.from_frame(frame)
    except BarContractError as error:
        if error.row is None:
            raise
        raise BarContractError(
            error.rule,
            row=int(order[error.row]),
            column=error.column,
            value=error.value,
        ) from None
    frame.attrs["symbol"] = named
    return frame


def _indexed(df: pd.DataFrame, wanted: object) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    """Return a frame without its dates, and the dates."""
    if pd.api.types.is_list_like(wanted):
        return df, _given(wanted, len(df))
    if wanted is None and _is_dated(df):
        return df, _read(df.index)
    column = _dated_column(df, wanted)
    return df.drop(columns=column), parse_dates(df[column], None)


def _given(dates: Any, rows: int) -> pd.DatetimeIndex:
    if len(dates) != rows:
        raise ValueError(f"{len(dates)} dates for {rows} rows")
    return _read(dates if isinstance(dates, pd.Index) else pd.Index(dates))


def _read(dates: pd.Index) -> pd.DatetimeIndex:
    if isinstance(dates, pd.DatetimeIndex):
        return dates
    name = "index" if dates.name is None else dates.name
    return parse_dates(dates.to_series(name=name), None)


def _is_dated(df: pd.DataFrame) -> bool:
    """Return whether the index of a frame is its dates."""
    index = df.index
    if isinstance(index, pd.DatetimeIndex):
        return True
    if isinstance(index, pd.MultiIndex) or pd.api.types.is_numeric_dtype(index):
        return False
    if plain(index.name) in DATE_NAMES:
        return True
    first = pd.to_datetime(index[:1].to_series(), format="ISO8601", errors="coerce")
    return date_column(df) is None and bool(first.notna().all())


def _dated_column(frame: pd.DataFrame, wanted: object) -> Any:
    if len(frame.columns) == 0:
        raise ValueError("there are no columns")
    column = date_column(frame, wanted)
    if column is not None:
        return column
    first = frame.columns[0]
    if plain(first) in _ALIASES:
        raise ValueError(
            "there are no dates: neither the index nor a column named "
            f"{', '.join(DATE_NAMES)}, and the first column is {first!r}"
        )
    return first


def _require_rows(frame: pd.DataFrame) -> None:
    if len(frame) == 0:
        raise ValueError("there are no rows: at least one bar is needed")


def _sources(frame: pd.DataFrame) -> dict[str, str]:
    sources: dict[str, str] = {}
    for column in frame.columns:
        name = _ALIASES.get(plain(column))
        if name in sources:
            raise ValueError(
                f"columns {sources[name]!r} and {column!r} are both {name}"
            )
        if name is not None:
            sources[name] = column
    missing = [name for name in PRICE_COLUMNS if name not in sources]
    if missing:
        raise ValueError(f"there is no column {', '.join(missing)}")
    ordered = (*PRICE_COLUMNS, "volume")
    return {name: sources[name] for name in ordered if name in sources}


def _numbers(
    values: pd.Series, name: str
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(dtype=np.float64)
    bad = np.isnan(numbers)
    if bad.any():
        row = int(bad.argmax())
        raise BarContractError("a number", row=row, column=name, value=values.iloc[row])
    return numbers
