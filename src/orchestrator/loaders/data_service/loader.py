"""Bars from the data-ingestion-service, cached; old ones if it cannot be reached.

An answer is kept in memory by symbol and window for a minute.  After that it is
fetched anew; when that fails, the old one is given with the warning `stale_data`, up
to a day.  Equal questions at once become one fetch.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orchestrator.errors import (
    DataSourceError,
    DataSourceSuspendedError,
    DataSourceTimeoutError,
    InvalidRequestError,
    Place,
)
from orchestrator.loaders.base import Span, check_window, moment_of
from orchestrator.loaders.cache import ByteBoundedCache
from orchestrator.loaders.checks.rows import BadRowsError, check_rows
from orchestrator.loaders.data_service.pages import Ask, PriceService
from orchestrator.loaders.data_service.rows import Holding
from orchestrator.loaders.dataset import Clock, Dataset, Origin, utc_now
from orchestrator.loaders.listing import DataEntry
from orchestrator.loaders.single_flight import SingleFlight
from orchestrator.period import Period
from orchestrator.spec import Adjust, AnswerWarning, DataSource, OnBadData, WarningCode

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.checks.calendars import Calendars
    from orchestrator.spec import BarQuery, LoadedBars

DEFAULT_PERIOD = Period.parse("1y")


@dataclass(frozen=True, slots=True, kw_only=True)
class Keeping:
    """How long answers are kept: fresh, stale at most, and within how many bytes."""

    fresh: float = 60.0
    stale: float = 86_400.0
    capacity: int = 64 * 1024 * 1024
    clock: Callable[[], float] = field(default=time.monotonic)


@dataclass(frozen=True, slots=True)
class _Key:
    symbol: str
    start: datetime | None
    end: datetime | None
    period: Period | None
    on_bad_data: OnBadData


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kept:
    dataset: Dataset
    span: Span
    warnings: tuple[AnswerWarning, ...]
    fetched: float

    @property
    def nbytes(self) -> int:
        return self.dataset.nbytes


class DataServiceLoader:
    """Load bars from the data service.

    Parameters
    ----------
    service : PriceService
    calendars : Calendars
    clock : Callable
        Tells the time, aware; periods count back from it.
    keeping : Keeping
    """

    def __init__(
        self,
        service: PriceService,
        *,
        calendars: Calendars,
        clock: Clock = utc_now,
        keeping: Keeping | None = None,
    ) -> None:
        self._service = service
        self._calendars = calendars
        self._clock = clock
        self._keeping = keeping or Keeping()
        self._cache: ByteBoundedCache[_Key, _Kept] = ByteBoundedCache(
            self._keeping.capacity
        )
        self._flights: SingleFlight[_Kept] = SingleFlight()
        self._listed: Mapping[str, Holding] = {}
        self._listed_at = 0.0

    def load(self, query: BarQuery, deadline: Deadline) -> LoadedBars:
        """Return the bars of `query`; see `BarLoader.load`.

        Without period and start, the last year is asked for.
        """
        check_window(query)
        if query.adjust is not Adjust.NONE:
            detail = "the data service has no adjusted close"
            raise InvalidRequestError.at("/adjust", detail)
        kept, stale = self._kept(query, deadline)
        origin = Origin(
            source=DataSource.DATA_SERVICE.value,
            symbol=query.symbol,
            warnings=(*stale, *kept.warnings),
        )
        return kept.dataset.answer(query, kept.span, origin)

    def symbols(self, deadline: Deadline) -> tuple[str, ...]:
        """Return the symbols the service lists; see `Listable`."""
        now = self._keeping.clock()
        if not self._listed or now - self._listed_at > self._keeping.fresh:
            self._listed = self._service.holdings(deadline)
            self._listed_at = now
        return tuple(self._listed)

    def entry(self, symbol: str, deadline: Deadline) -> DataEntry:
        """Return what the service said it has of a symbol; see `Listable`."""
        listed = self._listed
        if symbol not in listed:
            listed = self._service.holdings(deadline)
        held = listed.get(symbol)
        source = DataSource.DATA_SERVICE.value
        if held is None:
            return DataEntry(symbol=symbol, source=source, problem="it is gone")
        return DataEntry(
            symbol=symbol,
            source=source,
            bars=held.bars,
            first=moment_of(held.first),
            last=moment_of(held.last),
        )

    def _kept(
        self, query: BarQuery, deadline: Deadline
    ) -> tuple[_Kept, tuple[AnswerWarning, ...]]:
        period = query.period
        if period is None and query.start is None:
            period = DEFAULT_PERIOD
        key = _Key(query.symbol, query.start, query.end, period, query.on_bad_data)
        kept = self._cache.get(key)
        age = 0.0 if kept is None else self._keeping.clock() - kept.fetched
        if kept is not None and age <= self._keeping.fresh:
            return kept, ()
        try:
            fetched = self._flights.run(
                key, lambda: self._fetch(key, deadline), deadline
            )
        except (
            DataSourceError,
            DataSourceTimeoutError,
            DataSourceSuspendedError,
        ) as error:
            if kept is None or age > self._keeping.stale:
                raise
            return kept, (_stale(age, error),)
        return fetched, ()

    def _fetch(self, key: _Key, deadline: Deadline) -> _Kept:
        now = self._clock()
        span = self._span(key, now)
        fetched = self._service.fetch(
            Ask(symbol=key.symbol, span=span, now=now, deadline=deadline)
        )
        deadline.check("reading the data service's rows")
        try:
            rows = check_rows(fetched.rows, key.on_bad_data)
        except BadRowsError as error:
            raise DataSourceError(
                f"the data service's answer cannot be used: {error}",
                places=tuple(
                    Place(f"/rows/{found.row}/{found.column}", str(found))
                    for found in error.violations
                ),
            ) from error
        kept = _Kept(
            dataset=Dataset(rows, calendars=self._calendars, clock=self._clock),
            span=span,
            warnings=() if fetched.cut is None else (_cut(fetched.cut, span),),
            fetched=self._keeping.clock(),
        )
        self._cache.put(key, kept)
        return kept

    @staticmethod
    def _span(key: _Key, now: datetime) -> Span:
        """Return the window; a period begins with the day it falls on."""
        anchor = now if key.end is None else key.end
        start = key.start
        if start is None and key.period is not None:
            start = key.period.start_before(anchor)
            if start is not None:
                start = start.replace(hour=0, minute=0, second=0, microsecond=0)
        counted = key.period is not None and key.period.unit != "max"
        return Span(start=start, end=now if key.end is None and counted else key.end)


def _cut(why: str, span: Span) -> AnswerWarning:
    start = "the beginning" if span.start is None else f"{span.start:%Y-%m-%d %H:%M}"
    end = "now" if span.end is None else f"{span.end:%Y-%m-%d %H:%M}"
    return AnswerWarning(
        code=WarningCode.PARTIAL_WINDOW,
        detail=f"asked for bars from {start} to {end}, received fewer: {why}",
    )


def _stale(age: float, error: Exception) -> AnswerWarning:
    return AnswerWarning(
        code=WarningCode.STALE_DATA,
        detail=f"the data service fails ({error}); these bars were fetched "
        f"{timedelta(seconds=int(age))} ago ({age:.0f} s)",
    )
