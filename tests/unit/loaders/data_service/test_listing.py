"""What the data service lists, and what is refused of it."""

from __future__ import annotations

import json
import socket
from typing import Any

import pytest

from orchestrator.deadline import Deadline
from orchestrator.loaders.listing import DataList, list_data
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from tests.fakes.data_service import Behaviour, FakeDataService, Request, running, send

ROW = {"symbol": "SPY", "first": "2020-01-02", "last": "2024-12-31", "bars": 1257}
MANY = 150_000


def listing(body: bytes) -> Behaviour:
    def behave(_: Request, connection: socket.socket, __: FakeDataService) -> None:
        send(connection, body)

    return behave


def listed(*pages: str | None, body: bytes) -> DataList:
    """Return the last of some pages."""
    with running(listing(body), []) as fake:
        sources = open_sources(Settings(data_service_url=fake.url))
        found = DataList(entries=())
        for after in pages or (None,):
            found = list_data(sources, deadline=Deadline.after(30.0), after=after)
        assert len(fake.requests) == 1  # the list is kept for the next page
    return found


def rows(**changed: Any) -> bytes:
    return json.dumps([ROW | changed]).encode()


class TestTheList:
    def test_is_read(self) -> None:
        (entry,) = (e for e in listed(body=rows()).entries if e.source != "csv")

        assert (entry.symbol, entry.bars) == ("SPY", 1257)
        assert f"{entry.first:%Y-%m-%d} {entry.last:%Y-%m-%d}" == (
            "2020-01-02 2024-12-31"
        )

    def test_may_write_times_in_several_ways(self) -> None:
        other = ROW | {"symbol": "QQQ", "first": "2020-01-02T09:30:00-05:00"}
        body = json.dumps([ROW, other | {"last": "2024-12-31T16:00:00-05:00"}]).encode()

        assert listed(body=body).warnings == ()

    def test_of_very_many_symbols_comes_in_pages(self) -> None:
        """As a count, not a time: every page reads one list, kept for a minute."""
        body = json.dumps([ROW | {"symbol": f"S{n:06}"} for n in range(MANY)]).encode()

        page = listed(None, "data_service:S149998", body=body)

        assert [entry.symbol for entry in page.entries] == ["S149999"]
        assert page.after is None

    @pytest.mark.parametrize(
        "body",
        [
            rows(bars=1e308),
            rows(bars=-1),
            rows(bars=1.5),
            rows(bars=True),
            rows(bars="12"),
            rows(bars=10**15),
            rows(first="soon"),
            rows(last=None),
            rows(symbol="S\x00PY"),
            rows(symbol="S\nPY"),
            rows(symbol="S\u202ePY"),
            rows(symbol="S" * 65),
            json.dumps([ROW, ROW]).encode(),
            json.dumps([ROW]).replace('"bars"', '"bars": 1, "bars"').encode(),
            json.dumps([ROW]).replace('"symbol"', '"symbol": "A", "symbol"').encode(),
            b"[1]",
            b"{}",
            b'{"symbol": 1}',
            b"[" * 1000,
        ],
    )
    def test_that_is_none_is_a_warning(self, body: bytes) -> None:
        found = listed(body=body)

        assert [warning.code for warning in found.warnings] == ["source_not_listed"]
        assert not [entry for entry in found.entries if entry.source != "csv"]
