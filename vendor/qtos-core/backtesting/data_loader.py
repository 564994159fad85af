"""Bars from CSV files and frames, under the names the engine expects."""

from __future__ import annotations

from os import PathLike

import numpy as np
import pandas as pd

from backtesting.bars import PRICE_COLUMNS, BarContractError, Bars
from backtesting.feed import UNKNOWN_SYMBOL

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
_DATE_COLUMNS = ("datetime", "date", "timestamp", "time")


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
        The column of dates; by default ``datetime``, ``date``, ``timestamp`` or
        ``time`` in any case, else the first column.
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
    column = _date_column(frame, date_column)
    frame.index = _parsed(frame[column], datetime_format)
    return load_dataframe(frame.drop(columns=column), symbol=symbol)


def load_dataframe(
    df: pd.DataFrame,
    *,
    datetime_index: str | pd.DatetimeIndex | None = None,
    symbol: str | None = None,
) -> pd.DataFrame:
    """Return the bars of a frame, named and sorted as the engine expects them.

    Parameters
    ----------
    df : DataFrame
        With columns open, high, low, close and maybe volume, in any case, or their
        aliases o, h, l, c, v and vol.  It is not changed.
    datetime_index : str or DatetimeIndex, optional
        The column that becomes the index, or the index itself; by default the
        frame's, if it is one of dates, else a column as `load_csv` finds it.
    symbol : str, optional
        What the bars are of; by default ``df.attrs["symbol"]``, else ``UNKNOWN``.

    Returns
    -------
    DataFrame
        A DatetimeIndex named ``datetime``, sorted, and float64 columns ``open``,
        ``high``, ``low``, ``close`` and, if there was one, ``volume``;
        ``attrs["symbol"]`` is set.

    Raises
    ------
    ValueError
        If there are no bars, or a row breaks a rule, which it names; rows count
        from zero as they came.
    """
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


def _indexed(
    df: pd.DataFrame, wanted: str | pd.DatetimeIndex | None
) -> tuple[pd.DataFrame, pd.DatetimeIndex]:
    if wanted is None and isinstance(df.index, pd.DatetimeIndex):
        wanted = df.index
    if isinstance(wanted, pd.DatetimeIndex):
        if len(wanted) != len(df):
            raise ValueError(f"{len(wanted)} dates for {len(df)} rows")
        return df.set_axis(wanted), wanted
    column = _date_column(df, wanted)
    index = _parsed(df[column], None)
    return df.drop(columns=column).set_axis(index), index


def _date_column(frame: pd.DataFrame, wanted: str | None) -> str:
    if len(frame.columns) == 0:
        raise ValueError("there are no columns")
    by_name = {str(name).strip().lower(): str(name) for name in frame.columns}
    if wanted is not None:
        if wanted in frame.columns:
            return wanted
        raise ValueError(
            f"there is no column {wanted!r}, only {', '.join(by_name.values())}"
        )
    found = (by_name[name] for name in _DATE_COLUMNS if name in by_name)
    return next(found, str(frame.columns[0]))


def _parsed(values: pd.Series, datetime_format: str | None) -> pd.DatetimeIndex:
    if pd.api.types.is_numeric_dtype(values) and datetime_format is not None:
        values = values.astype("Int64").astype("str")
    elif pd.api.types.is_numeric_dtype(values):
        raise ValueError(
            f"{values.name}: {values.iloc[0] if len(values) else ''} breaks the rule "
            "'a date': numbers are ambiguous"
        )
    chosen = datetime_format or "ISO8601"
    parsed = pd.to_datetime(values, format=chosen, errors="coerce")
    if not pd.api.types.is_datetime64_any_dtype(parsed):
        raise ValueError(f"{values.name}: dates are partly with and without time zone")
    bad = parsed.isna().to_numpy()
    if bad.any():
        row = int(bad.argmax())
        raise BarContractError(
            f"a date ({chosen})",
            row=row,
            column=str(values.name),
            value=values.iloc[row],
        )
    return pd.DatetimeIndex(parsed)


def _sources(frame: pd.DataFrame) -> dict[str, str]:
    sources: dict[str, str] = {}
    for column in frame.columns:
        name = _ALIASES.get(str(column).strip().lower())
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
