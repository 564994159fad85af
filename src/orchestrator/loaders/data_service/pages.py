"""The data service's two interfaces, and windows paged together from them.

* ``window``: ``/prices/{symbol}?start_date&end_date&limit``, a list, oldest first,
  silently cut to the newest rows.  Longer windows are paged backwards.
* ``days``: ``/prices/{symbol}?days&limit``, ``{symbol, count, data}``, newest first.
  It gives a year and a thousand rows at most.

Which one a service speaks is found out by the first answer, and remembered.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

import numpy as np

from backtesting.bars import COLUMNS
from orchestrator.errors import DataNotFoundError, DataSourceError
from orchestrator.loaders.base import Span, moment_of
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.data_service.breaker import Breaker
from orchestrator.loaders.data_service.http import Reply, ServiceClient
from orchestrator.loaders.data_service.rows import (
    Holding,
    OtherShapeError,
    Page,
    days_page,
    holdings,
    says_nothing_found,
    window_page,
)
from orchestrator.loaders.files.timestamps import Moments
from orchestrator.settings import DataServiceApi

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline

WINDOW_LIMIT = 10_000
DAYS_LIMIT = 1_000
_WINDOW = (window_page, WINDOW_LIMIT)
_DAYS = (days_page, DAYS_LIMIT)
MOST_DAYS = 365
MOST_PAGES = 200
_BEGINNING = datetime(1900, 1, 1, tzinfo=UTC)
_REFUSED = frozenset({400, 422})


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """Rows, oldest first; `cut` says why the window is not whole, if it is not."""

    rows: RawBars
    cut: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """One fetch: whose rows, over which window, counted from which now."""

    symbol: str
    span: Span
    now: datetime
    deadline: Deadline


class PriceService:
    """Fetches windows of rows, whichever interface the service speaks.

    Parameters
    ----------
    client : ServiceClient
    breaker : Breaker
    api : DataServiceApi
        ``auto`` finds out.
    """

    def __init__(
        self, client: ServiceClient, breaker: Breaker, api: DataServiceApi
    ) -> None:
        self._client = client
        self._breaker = breaker
        self._forced = api
        self._spoken = api

    def fetch(self, ask: Ask) -> Fetched:
        """Return the rows of a window.

        Raises
        ------
        DataNotFoundError
            If the service has none.
        DataSourceError, DataSourceTimeoutError, DataSourceSuspendedError
            See `ServiceClient.get` and `Breaker.call`.
        """
        order = {
            DataServiceApi.AUTO: (DataServiceApi.WINDOW, DataServiceApi.DAYS),
            DataServiceApi.WINDOW: (DataServiceApi.WINDOW, DataServiceApi.DAYS),
            DataServiceApi.DAYS: (DataServiceApi.DAYS, DataServiceApi.WINDOW),
        }[self._spoken]
        for api in order if self._forced is DataServiceApi.AUTO else order[:1]:
            fetch = self._window if api is DataServiceApi.WINDOW else self._days
            try:
                fetched = fetch(ask)
            except OtherShapeError:
                continue
            self._spoken = api
            return fetched
        raise DataSourceError(
            "the data service speaks none of the interfaces known here"
            if self._forced is DataServiceApi.AUTO
            else "the data service does not speak the interface that DATA_SERVICE_API "
            f"says it does ({self._forced.value})"
        )

    def holdings(self, deadline: Deadline) -> Mapping[str, Holding]:
        """Return what the service lists under ``/symbols``; nothing if it has no list.

        Raises
        ------
        DataSourceError, DataSourceTimeoutError, DataSourceSuspendedError
            As `fetch` does.
        """
        reply = self._breaker.call(lambda: self._client.get("/symbols", {}, deadline))
        return {} if reply.status == 404 else holdings(_ok(reply))

    def _window(self, ask: Ask) -> Fetched:
        pages: list[Page] = []
        start, end = ask.span.start or _BEGINNING, ask.span.end or ask.now
        oldest: np.datetime64 | None = None
        cut = f"it was not whole after {MOST_PAGES} requests"
        for _ in range(MOST_PAGES):
            params = {
                "start_date": start.isoformat(),
                "end_date": end.isoformat(),
                "limit": str(WINDOW_LIMIT),
            }
            first = self._page(ask, params, _WINDOW, needed=not pages)
            page = first if oldest is None else _before(first, oldest)
            pages.insert(0, page)
            if len(first) < WINDOW_LIMIT:
                return Fetched(rows=_joined(pages))
            if len(page) == 0:
                cut = "the service gives no rows before those it gave"
                break
            oldest = _oldest(page)
            end = moment_of(oldest)
            if end <= start:
                return Fetched(rows=_joined(pages))
        return Fetched(rows=_joined(pages), cut=cut)

    def _days(self, ask: Ask) -> Fetched:
        wanted = math.inf
        if ask.span.start is not None:
            wanted = math.ceil((ask.now - ask.span.start) / timedelta(days=1)) + 1
        params = {
            "days": str(max(1, min(MOST_DAYS, wanted))),
            "limit": str(DAYS_LIMIT),
        }
        page = self._page(ask, params, _DAYS)
        cut = None
        if len(page) == DAYS_LIMIT:
            cut = f"the service gives {DAYS_LIMIT} rows at most"
        elif wanted > MOST_DAYS + 2:
            cut = f"the service gives {MOST_DAYS} days at most"
        return Fetched(rows=_joined([page]), cut=cut)

    def _page(
        self,
        ask: Ask,
        params: dict[str, str],
        reader: tuple[Callable[[bytes, str, int], Page], int],
        *,
        needed: bool = True,
    ) -> Page:
        read, limit = reader
        path = f"/prices/{quote(ask.symbol, safe='')}"
        reply = self._breaker.call(lambda: self._client.get(path, params, ask.deadline))
        if reply.status in _REFUSED:
            raise OtherShapeError
        if reply.status != 404:
            page = read(_ok(reply), ask.symbol, limit)
            if len(page) or not needed:
                return page
        elif not says_nothing_found(reply.body):
            raise DataSourceError(
                "the data service answered 404 without a JSON detail: it has no such "
                "path, so DATA_SERVICE_URL is not its base"
            )
        elif not needed:
            return read(b"[]", ask.symbol, limit)
        start = ask.span.start or _BEGINNING
        end = ask.span.end or ask.now
        raise DataNotFoundError(
            f"the data service has no prices of {ask.symbol} from {start.isoformat()} "
            f"to {end.isoformat()}"
        )


def _ok(reply: Reply) -> bytes:
    if reply.status != 200:
        raise DataSourceError(f"the data service answered {reply.status}")
    return reply.body


def _oldest(page: Page) -> np.datetime64:
    known = page.moments.instants[~np.isnat(page.moments.instants)]
    if known.size == 0:
        raise DataSourceError(
            "the data service's answer cannot be used: no timestamp can be read"
        )
    oldest: np.datetime64 = known.min()
    return oldest


def _before(page: Page, oldest: np.datetime64) -> Page:
    """Return the rows older than `oldest`; a service may include it again."""
    keep = ~(page.moments.instants >= oldest)
    moments = Moments(page.moments.instants[keep], page.moments.local[keep])
    return Page(moments, {name: page.columns[name][keep] for name in COLUMNS})


def _joined(pages: list[Page]) -> RawBars:
    moments = Moments(
        np.concatenate([page.moments.instants for page in pages]),
        np.concatenate([page.moments.local for page in pages]),
    )
    numbers = {
        name: np.concatenate([page.columns[name] for page in pages]) for name in COLUMNS
    }
    return RawBars.labelled(moments.labels(), numbers)
