"""The data service's two interfaces, windows paged together, and what is kept."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import (
    DataNotFoundError,
    DataSourceError,
    DataSourceNotConfiguredError,
    DataSourceSuspendedError,
    InvalidRequestError,
)
from orchestrator.loaders.base import BarLoader
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.data_service.breaker import Breaker
from orchestrator.loaders.data_service.http import ServiceClient
from orchestrator.loaders.data_service.loader import DataServiceLoader, Keeping
from orchestrator.loaders.data_service.pages import PriceService
from orchestrator.loaders.sources import open_sources
from orchestrator.period import Period
from orchestrator.settings import DataServiceApi, Settings
from orchestrator.spec import Adjust, BarQuery, DataSource, LoadedBars, OnBadData
from tests.fakes.data_service import (
    FakeDataService,
    Request,
    Row,
    daily_rows,
    days_api,
    running,
    send,
    server_error,
    window_api,
)

NOW = datetime.now(UTC)
TODAY = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
QUERY = BarQuery(symbol="BTC-USD", source=DataSource.DATA_SERVICE)


class Seconds:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def loader_of(
    url: str,
    api: DataServiceApi = DataServiceApi.AUTO,
    seconds: Seconds | None = None,
) -> DataServiceLoader:
    client = ServiceClient(url, connect_timeout=1.0, read_timeout=4.0)
    clock = seconds or Seconds()
    return DataServiceLoader(
        PriceService(client, Breaker(clock=clock), api),
        calendars=Calendars(),
        clock=lambda: NOW,
        keeping=Keeping(clock=clock),
    )


def load(loader: BarLoader, query: BarQuery = QUERY) -> LoadedBars:
    return loader.load(query, Deadline.after(30.0))


def codes(loaded: LoadedBars) -> list[str]:
    return [warning.code for warning in loaded.warnings]


@pytest.fixture
def year() -> Iterator[FakeDataService]:
    with running(window_api, daily_rows(400, TODAY)) as fake:
        yield fake


class TestTheWindowInterface:
    def test_gives_the_last_year_by_default(self, year: FakeDataService) -> None:
        loaded = load(loader_of(year.url))

        assert loaded.provenance.source == "data_service"
        assert loaded.provenance.last == TODAY
        assert 366 <= len(loaded.bars) <= 367  # both ends' dates, and a leap day
        assert codes(loaded) == []

    def test_asks_for_the_window_and_quotes_the_symbol(
        self, year: FakeDataService
    ) -> None:
        start = TODAY - timedelta(days=10)

        load(loader_of(year.url), replace(QUERY, symbol="^GSPC", start=start))

        request = year.requests[0]
        assert request.symbol == "^GSPC"
        assert request.params["start_date"] == start.isoformat()
        assert request.params["limit"] == "10000"

    def test_leaves_out_the_bar_at_the_end(self, year: FakeDataService) -> None:
        query = replace(QUERY, start=TODAY - timedelta(days=9), end=TODAY)

        loaded = load(loader_of(year.url), query)

        assert len(loaded.bars) == 9
        assert loaded.provenance.last == TODAY - timedelta(days=1)

    def test_says_what_of_the_window_did_not_come(self, year: FakeDataService) -> None:
        query = replace(QUERY, period=Period.parse("5y"))

        loaded = load(loader_of(year.url), query)

        assert codes(loaded) == ["partial_window"]
        assert loaded.provenance.received.bars == 400
        requested = loaded.provenance.requested.start
        assert requested is not None
        assert requested < loaded.provenance.first

    def test_finds_nothing_where_there_is_nothing(self, year: FakeDataService) -> None:
        query = replace(QUERY, end=datetime(2001, 1, 1, tzinfo=UTC))

        with pytest.raises(DataNotFoundError, match="BTC-USD"):
            load(
                loader_of(year.url),
                replace(query, start=datetime(2000, 1, 1, tzinfo=UTC)),
            )

    @pytest.mark.parametrize("count", [9_999, 10_000, 10_001, 20_000, 25_000])
    def test_pages_backwards_until_whole(self, count: int) -> None:
        rows = daily_rows(count, TODAY, timedelta(hours=1))
        with running(window_api, rows) as fake:
            query = replace(QUERY, period=Period.parse("max"))

            loaded = load(loader_of(fake.url), query)

        assert len(loaded.bars) == count
        assert loaded.provenance.first == rows[0].timestamp
        assert loaded.provenance.last == TODAY
        assert "partial_window" not in codes(loaded)

    def test_says_so_when_the_service_cannot_page(self) -> None:
        def stuck(request: Request, *rest: object) -> None:
            start = (TODAY - timedelta(days=9000)).isoformat()
            params = request.params | {"end_date": NOW.isoformat(), "start_date": start}
            window_api(Request(request.symbol, params), *rest)  # type: ignore[arg-type]

        with running(stuck, daily_rows(12_000, TODAY, timedelta(hours=1))) as fake:
            query = replace(QUERY, period=Period.parse("max"))

            loaded = load(loader_of(fake.url), query)

        assert len(loaded.bars) == 10_000
        assert "partial_window" in codes(loaded)

    def test_labels_a_daily_bar_by_its_own_date(self) -> None:
        moved = [
            replace(row, timestamp=row.timestamp.replace(tzinfo=NEW_YORK_WINTER))
            for row in daily_rows(5, datetime(2024, 1, 12, tzinfo=UTC))
        ]
        with running(window_api, moved) as fake:
            query = replace(QUERY, start=datetime(2024, 1, 1, tzinfo=UTC))

            loaded = load(loader_of(fake.url), query)

        assert loaded.provenance.last == datetime(2024, 1, 12, tzinfo=UTC)

    def test_turns_intraday_offsets_into_utc(self) -> None:
        rows = [
            replace(
                row, timestamp=row.timestamp.replace(hour=9, tzinfo=NEW_YORK_WINTER)
            )
            for row in daily_rows(5, datetime(2024, 1, 12, tzinfo=UTC))
        ]
        with running(window_api, rows) as fake:
            query = replace(QUERY, start=datetime(2024, 1, 1, tzinfo=UTC))

            loaded = load(loader_of(fake.url), query)

        assert loaded.provenance.last == datetime(2024, 1, 12, 14, tzinfo=UTC)


NEW_YORK_WINTER = datetime.strptime("-0500", "%z").tzinfo


class TestTheDaysInterface:
    def test_is_found_out_and_remembered(self) -> None:
        with running(days_api, daily_rows(366, TODAY)) as fake:
            loader = loader_of(fake.url)

            first = load(loader)
            load(loader, replace(QUERY, period=Period.parse("1mo")))

        assert len(first.bars) in {365, 366}
        assert [sorted(request.params) for request in fake.requests] == [
            ["end_date", "limit", "start_date"],
            ["days", "limit"],
            ["days", "limit"],
        ]

    def test_gives_a_year_at_most_and_says_so(self) -> None:
        with running(days_api, daily_rows(800, TODAY)) as fake:
            query = replace(QUERY, period=Period.parse("2y"))

            loaded = load(loader_of(fake.url, DataServiceApi.DAYS), query)

        assert fake.requests[0].params == {"days": "365", "limit": "1000"}
        assert codes(loaded) == ["partial_window"]

    def test_gives_a_thousand_rows_at_most_and_says_so(self) -> None:
        with running(days_api, daily_rows(1500, TODAY, timedelta(hours=1))) as fake:
            loaded = load(loader_of(fake.url))

        assert len(loaded.bars) == 1000
        assert "partial_window" in codes(loaded)

    def test_is_not_tried_when_the_other_is_forced(self) -> None:
        with (
            running(days_api, daily_rows(10, TODAY)) as fake,
            pytest.raises(DataSourceError, match="DATA_SERVICE_API"),
        ):
            load(loader_of(fake.url, DataServiceApi.WINDOW))

    def test_gives_the_same_bars_as_the_other(self) -> None:
        rows = daily_rows(100, TODAY)
        query = replace(QUERY, period=Period.parse("2mo"))
        hashes = set()
        for api in (window_api, days_api):
            with running(api, rows) as fake:
                hashes.add(load(loader_of(fake.url), query).provenance.sha256)

        assert len(hashes) == 1


class TestWhatIsKept:
    def test_is_given_again_within_a_minute(self, year: FakeDataService) -> None:
        seconds = Seconds()
        loader = loader_of(year.url, seconds=seconds)

        first = load(loader)
        seconds.now = 59.0
        again = load(loader)

        assert again.bars is first.bars
        assert len(year.requests) == 1

    def test_is_fetched_anew_after_that(self, year: FakeDataService) -> None:
        seconds = Seconds()
        loader = loader_of(year.url, seconds=seconds)

        load(loader)
        seconds.now = 61.0
        load(loader)

        assert len(year.requests) == 2

    def test_is_given_stale_while_the_service_fails(
        self, year: FakeDataService
    ) -> None:
        seconds = Seconds()
        loader = loader_of(year.url, seconds=seconds)
        load(loader)

        year.behaviour = server_error
        seconds.now = 100.0
        loaded = load(loader)

        assert codes(loaded) == ["stale_data"]
        assert "100 s" in loaded.warnings[0].detail

    def test_is_never_given_after_a_day(self, year: FakeDataService) -> None:
        seconds = Seconds()
        loader = loader_of(year.url, seconds=seconds)
        load(loader)

        year.behaviour = server_error
        seconds.now = 86_401.0

        with pytest.raises(DataSourceError):
            load(loader)

    def test_is_fetched_once_for_equal_questions_at_once(
        self, year: FakeDataService
    ) -> None:
        loader = loader_of(year.url)
        gate = threading.Event()

        def waiting(*arguments: object) -> None:
            gate.wait(10)
            window_api(*arguments)  # type: ignore[arg-type]

        year.behaviour = waiting
        counts: list[int] = []
        threads = [
            threading.Thread(target=lambda: counts.append(len(load(loader).bars)))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        gate.set()
        for thread in threads:
            thread.join()

        assert len(counts) == 8
        assert len(year.requests) == 1


class TestAnUnreadableRetryAfter:
    @pytest.mark.parametrize(
        "wait", ["soon", "", "-1", "1e3", "9" * 5_000, "Tue, 99 Foo 2026 00:00:00 GMT"]
    )
    def test_is_as_good_as_none(self, year: FakeDataService, wait: str) -> None:
        def busy_once(
            request: Request, connection: socket.socket, fake: FakeDataService
        ) -> None:
            fake.behaviour = window_api
            status, headers = "429 Too Many Requests", [f"Retry-After: {wait}"]
            send(connection, b"{}", status=status, headers=headers)

        year.behaviour = busy_once

        loaded = load(loader_of(year.url))

        assert len(loaded.bars) > 300
        assert len(year.requests) == 2


class TestTheBreaker:
    def test_opens_after_five_failures_and_closes_after_a_good_try(
        self, year: FakeDataService
    ) -> None:
        seconds = Seconds()
        loader = loader_of(year.url, seconds=seconds)
        year.behaviour = server_error
        for _ in range(5):
            with pytest.raises(DataSourceError):
                load(loader)
        asked = len(year.requests)

        with pytest.raises(DataSourceSuspendedError) as caught:
            load(loader)

        assert caught.value.retry_after == pytest.approx(30.0)
        assert len(year.requests) == asked
        year.behaviour = window_api
        seconds.now = 31.0
        assert len(load(loader).bars) > 300

    def test_is_not_moved_by_a_symbol_nobody_knows(self, year: FakeDataService) -> None:
        loader = loader_of(year.url)
        query = replace(
            QUERY,
            start=datetime(2000, 1, 1, tzinfo=UTC),
            end=datetime(2001, 1, 1, tzinfo=UTC),
        )
        for _ in range(8):
            with pytest.raises(DataNotFoundError):
                load(loader, query)


class TestTheLoader:
    def test_drops_and_counts_bad_rows_when_asked(self) -> None:
        rows = daily_rows(30, TODAY)
        rows[3] = replace(rows[3], close=-1.0)
        with running(window_api, rows) as fake:
            query = replace(QUERY, on_bad_data=OnBadData.DROP)

            loaded = load(loader_of(fake.url), query)

        assert len(loaded.bars) == 29
        assert "dropped_rows" in codes(loaded)

    def test_refuses_what_the_service_does_not_have(
        self, year: FakeDataService
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            load(loader_of(year.url), replace(QUERY, adjust=Adjust.CLOSE_TO_ADJUSTED))

        assert caught.value.places[0].pointer == "/adjust"

    def test_says_when_no_service_is_configured(self) -> None:
        loader = open_sources(Settings())["data_service"]

        with pytest.raises(DataSourceNotConfiguredError):
            load(loader)

    def test_reads_rows_without_volume(self) -> None:
        def bare(request: Request, connection: object, fake: FakeDataService) -> None:
            import json

            from tests.fakes.data_service import send

            rows = [row.as_json(request.symbol) for row in fake.rows]
            for row in rows:
                del row["volume"]
            send(connection, json.dumps(rows).encode())  # type: ignore[arg-type]

        rows: list[Row] = daily_rows(30, TODAY)
        with running(bare, rows) as fake:
            loaded = load(loader_of(fake.url))

        assert loaded.bars.volume.sum() == 0.0
        assert "zero_volume" in codes(loaded)
