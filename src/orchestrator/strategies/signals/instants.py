"""ISO 8601 instants to UTC nanoseconds, many at a time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

INSTANT_SCHEMA = {
    "type": "string",
    "description": (
        "ISO 8601 date or date and time from 1678 to 2261; UTC unless it carries an "
        "offset.  A date is known once its session has closed"
    ),
    "examples": ["2020-01-02T21:00:00Z", "2020-01-02"],
}

_SHAPE = re.compile(
    r"([0-9]{4})-[0-9]{2}-[0-9]{2}"
    r"(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)?)"
    r"(Z|[+-][0-9]{2}:?[0-9]{2})?)?"
)
_FIRST_YEAR, _LAST_YEAR = "1678", "2261"  # whole years that fit 64 bits of nanoseconds


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Instants:
    """Instants as they were spelled.

    Parameters
    ----------
    moments : ndarray of datetime64[ns]
        In UTC; of a date, its midnight.
    days : ndarray of datetime64[D]
        The date of what is a date, or a midnight of its own zone; else NaT.
    dated : ndarray of bool
        Whether it is spelled as a date, without a time.
    """

    moments: NDArray[np.datetime64]
    days: NDArray[np.datetime64]
    dated: NDArray[np.bool_]


class InstantError(ValueError):
    """A value that is not an instant: which row, and why."""

    def __init__(self, row: int, detail: str) -> None:
        super().__init__(detail)
        self.row = row


def parse_instants(values: Sequence[object]) -> Instants:
    """Return the instants of ISO 8601 strings, naive ones read as UTC.

    Raises
    ------
    InstantError
        For the first value that is none.
    """
    texts: list[str] = []
    days: list[str] = []
    dated: list[bool] = []
    shifted = False
    for row, value in enumerate(values):
        match = _SHAPE.fullmatch(value) if isinstance(value, str) else None
        if match is None or not _FIRST_YEAR <= match[1] <= _LAST_YEAR:
            raise _refused(row, value)
        clock, offset = match[2], match[3]
        shifted = shifted or offset not in {None, "Z"}
        texts.append(match[0])
        dated.append(clock is None)
        is_midnight = clock is None or not clock.strip("0:.")
        days.append(match[0][:10] if is_midnight else "NaT")
    try:
        moments = _shifted(texts) if shifted else _utc(texts)
        return Instants(
            moments=moments,
            days=np.array(days, dtype="datetime64[D]"),
            dated=np.array(dated, dtype=np.bool_),
        )
    except ValueError:
        raise _first_impossible(texts) from None


def _utc(texts: list[str]) -> NDArray[np.datetime64]:
    # numpy reads naive strings fast, and warns of a Z.
    return np.array([text.rstrip("Z") for text in texts], dtype="datetime64[ns]")


def _shifted(texts: list[str]) -> NDArray[np.datetime64]:
    index = pd.to_datetime(texts, utc=True, format="ISO8601").tz_localize(None)
    return np.array(index, dtype="datetime64[ns]")


def _first_impossible(texts: list[str]) -> InstantError:
    """Return the error of the first text that has the shape but names no instant."""
    for row, text in enumerate(texts):
        try:
            pd.Timestamp(text)
        except ValueError:
            return _refused(row, text)
    return _refused(0, texts[0])


def _refused(row: int, value: object) -> InstantError:
    shown = repr(value)[:60]
    return InstantError(
        row, f"{shown} is not an ISO 8601 instant such as 2020-01-02T21:00:00Z"
    )
