"""What every loader promises, and how a query's window is resolved.

Windows are half-open, ``start <= label < end``.  Files and inline bars count a
period back from their last bar, the data service from now.  A window the source
could not give in full is answered with what there is and a `partial_window`
warning; a window with nothing in it is an error.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Protocol

import numpy as np

from orchestrator.errors import InvalidRequestError

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.period import Period
    from orchestrator.spec import BarQuery, LoadedBars

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_NS = np.iinfo(np.int64).max


class BarLoader(Protocol):
    """Anything that can answer a `BarQuery` with bars that keep the contract."""

    def load(self, query: BarQuery, deadline: Deadline) -> LoadedBars:
        """Return the bars of `query`, with their origin and what to warn of.

        Raises
        ------
        DataNotFoundError
            If the source has no such file or symbol, or no bar in the window.
        DataInvalidError
            If the caller's bars break the bar contract.
        DataSourceError, DataSourceTimeoutError, DataSourceSuspendedError
            If a remote source failed, was too slow, or is left alone for a while.
        InvalidRequestError
            If the query asks for what the source cannot mean.
        BudgetExceededError
            If the work would not fit the request's time.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A resolved half-open window; None means unbounded on that side."""

    start: datetime | None
    end: datetime | None


def check_window(query: BarQuery) -> None:
    """Refuse a window that contradicts itself.

    Raises
    ------
    InvalidRequestError
        If `start` is not before `end`, or both `start` and `period` are given.
    """
    if query.start is not None and query.period is not None:
        raise _refused("/period", "give start or period, not both")
    if query.start is not None and query.end is not None and query.start >= query.end:
        raise _refused("/start", f"start {query.start} is not before end {query.end}")


def span_until(query: BarQuery, period: Period | None, anchor: datetime) -> Span:
    """Return the window of `query` whose period counts back from `anchor`."""
    start = query.start
    if start is None and period is not None:
        start = period.start_before(anchor)
    return Span(start=start, end=query.end)


def instant(moment: datetime) -> np.datetime64:
    """Return an aware datetime as UTC ``datetime64[ns]``, clamped to its range."""
    nanoseconds = (moment - _EPOCH) // timedelta(microseconds=1) * 1000
    return np.datetime64(max(-_LAST_NS, min(_LAST_NS, nanoseconds)), "ns")


def moment_of(label: np.datetime64) -> datetime:
    """Return a ``datetime64[ns]`` label as an aware datetime, to the microsecond."""
    microseconds = int(label.astype("datetime64[us]").astype(np.int64))
    return _EPOCH + timedelta(microseconds=microseconds)


def _refused(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError.at(pointer, detail)
