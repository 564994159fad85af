"""Bars the caller sent with the request: checked already, or still raw.

Raw ones are checked here, which lets a caller have bad rows dropped.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtesting.bars import Bars
from orchestrator.errors import DataInvalidError, InvalidRequestError, Place
from orchestrator.loaders.base import check_window, span_until
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.rows import BadRowsError, CheckedRows, check_rows
from orchestrator.loaders.dataset import Clock, Dataset, Origin, utc_now
from orchestrator.loaders.files.file_parse import cure_of_rows
from orchestrator.spec import Adjust, DataSource

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.checks.calendars import Calendars
    from orchestrator.spec import BarQuery, LoadedBars, OnBadData, OwnBars


class InlineLoader:
    """Answer with the bars of the query itself.

    Parameters
    ----------
    calendars : Calendars
    clock : Callable
        Tells the time, aware.
    """

    def __init__(self, *, calendars: Calendars, clock: Clock = utc_now) -> None:
        self._calendars = calendars
        self._clock = clock

    def load(self, query: BarQuery, deadline: Deadline) -> LoadedBars:
        """Return the bars of `query`; see `BarLoader.load`."""
        deadline.check("reading inline bars")
        check_window(query)
        if query.bars is None:
            raise _refused("/bars", "data_source inline needs bars")
        if query.adjust is not Adjust.NONE:
            raise _refused("/adjust", "inline bars have no adjusted close")
        rows = _rows(query.bars, query.on_bad_data)
        dataset = Dataset(rows, calendars=self._calendars, clock=self._clock)
        anchor = dataset.last_before(query.end)
        span = span_until(query, query.period, anchor)
        origin = Origin(source=DataSource.INLINE.value, symbol=query.symbol)
        return dataset.answer(query, span, origin)


class LoadedLoader:
    """Answer every query with bars that were loaded before.

    Parameters
    ----------
    loaded : LoadedBars
    """

    def __init__(self, loaded: LoadedBars) -> None:
        self._loaded = loaded

    def load(self, query: BarQuery, deadline: Deadline) -> LoadedBars:  # noqa: ARG002
        """Return the bars, whatever the window."""
        return self._loaded


def _rows(bars: OwnBars, on_bad_data: OnBadData) -> CheckedRows:
    if isinstance(bars, Bars):
        return CheckedRows(bars=bars)
    if not isinstance(bars, RawBars):
        raise TypeError(f"inline bars are Bars or RawBars, not {type(bars).__name__}")
    try:
        return check_rows(bars, on_bad_data)
    except BadRowsError as error:
        raise DataInvalidError(
            f"bars, {error}; {cure_of_rows(on_bad_data)}",
            places=tuple(
                Place(f"/bars{bars.pointer(found.row - 1, found.column)}", str(found))
                for found in error.violations
            ),
        ) from error


def _refused(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError.at(pointer, detail)
