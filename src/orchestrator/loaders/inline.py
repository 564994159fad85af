"""Bars the caller sent with the request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import InvalidRequestError, Place
from orchestrator.loaders.base import check_window, span_until
from orchestrator.loaders.dataset import Clock, Dataset, Origin, utc_now
from orchestrator.loaders.rows import CheckedRows
from orchestrator.spec import Adjust, DataSource

if TYPE_CHECKING:
    from orchestrator.budget import Budget
    from orchestrator.loaders.calendars import Calendars
    from orchestrator.spec import BarQuery, LoadedBars


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

    def load(self, query: BarQuery, budget: Budget) -> LoadedBars:
        """Return the bars of `query`; see `BarLoader.load`."""
        budget.check("reading inline bars")
        check_window(query)
        if query.bars is None:
            raise _refused("/bars", "data_source inline needs bars")
        if query.adjust is not Adjust.NONE:
            raise _refused("/adjust", "inline bars have no adjusted close")
        dataset = Dataset(
            CheckedRows(bars=query.bars), calendars=self._calendars, clock=self._clock
        )
        anchor = dataset.last_before(query.end)
        span = span_until(query, query.period, anchor)
        origin = Origin(source=DataSource.INLINE.value, symbol=query.symbol)
        return dataset.answer(query, span, origin)


def _refused(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError(detail, places=(Place(pointer, detail),))
