"""Where the dates of a frame stand, and how they are read."""

from __future__ import annotations

from typing import Any

import pandas as pd

from backtesting.bars import BarContractError

DATE_NAMES = ("datetime", "date", "timestamp", "time")
"""What a column or an index of dates is called, in any case."""

_ISO = "ISO8601"
_HAS_OFFSET = r"\d[T ]\d{2}.*(?:[zZ]|[+-]\d{2}(?::?\d{2})?)$"


def date_column(frame: pd.DataFrame, wanted: object = None) -> Any:
    """Return the column of dates: the one wanted, else the first of `DATE_NAMES`.

    Parameters
    ----------
    frame : DataFrame
        With at least one column.
    wanted : object, optional
        Its name, in any case.

    Returns
    -------
    object
        The name as the frame has it; None if no column is called so.

    Raises
    ------
    ValueError
        If the column wanted is not there, or several are.
    """
    if wanted is None:
        found = (_column(frame, name) for name in DATE_NAMES)
        return next((column for column in found if column is not None), None)
    column = _column(frame, wanted)
    if column is None:
        names = ", ".join(str(name) for name in frame.columns)
        raise ValueError(f"there is no column {wanted!r}, only {names}")
    return column


def parse_dates(values: pd.Series, datetime_format: str | None) -> pd.DatetimeIndex:
    """Return dates as an index.

    Parameters
    ----------
    values : Series
        Dates, or text; its name is the column an error names.
    datetime_format : str or None
        A `strptime` format; None for ISO 8601.

    Returns
    -------
    DatetimeIndex
        Naive if the dates are; in their offset if they share one; in UTC if
        their offsets differ, as they do over a change of clocks.

    Raises
    ------
    BarContractError
        Naming the first row that is no date, or that differs from row 0 in
        having a time zone.
    """
    if pd.api.types.is_numeric_dtype(values) and datetime_format is None:
        raise _broken("a date: numbers are ambiguous", values, 0)
    form = datetime_format or _ISO
    text = _written(values) if pd.api.types.is_numeric_dtype(values) else values
    try:
        parsed = pd.DatetimeIndex(pd.to_datetime(text, format=form))
    except (ValueError, TypeError):  # no dates, or dates of several offsets
        parsed = _in_utc(values, text, form)
    if parsed.hasnans:
        raise _broken(f"a date ({form})", values, int(parsed.isna().argmax()))
    return parsed


def _written(numbers: pd.Series) -> pd.Series:
    """Return numbers such as 20200102 as they are written."""
    if pd.api.types.is_integer_dtype(numbers):
        return numbers.astype("str")
    return numbers.map(lambda n: f"{n:.0f}" if float(n).is_integer() else str(n))


def plain(name: object) -> str:
    """Return a name as names are compared: without case and outer blanks."""
    return str(name).strip().lower()


def _column(frame: pd.DataFrame, wanted: object) -> Any:
    found = [name for name in frame.columns if name == wanted]
    if not found:
        found = [name for name in frame.columns if plain(name) == plain(wanted)]
    if len(found) > 1:
        raise ValueError(f"columns {found[0]!r} and {found[1]!r} are both {wanted}")
    return found[0] if found else None


def _in_utc(values: pd.Series, text: pd.Series, form: str) -> pd.DatetimeIndex:
    parsed = pd.DatetimeIndex(
        pd.to_datetime(text, format=form, errors="coerce", utc=True)
    )
    if form == _ISO and not parsed.hasnans:
        has_offset = text.astype("str").str.contains(_HAS_OFFSET).to_numpy()
        differs = has_offset != has_offset[0]
        if differs.any():
            rule = "a time zone on every date or on none"
            raise _broken(rule, values, int(differs.argmax()))
    return parsed


def _broken(rule: str, values: pd.Series, row: int) -> BarContractError:
    return BarContractError(
        rule, row=row, column=str(values.name), value=values.iloc[row]
    )
