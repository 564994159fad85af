"""What every loader promises, asked of each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from backtesting.bars import Bars
from orchestrator.deadline import Deadline
from orchestrator.errors import (
    BudgetExceededError,
    DataNotFoundError,
    InvalidRequestError,
)
from orchestrator.loaders.base import BarLoader
from orchestrator.loaders.sources import open_sources
from orchestrator.period import Period
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery, DataSource, LoadedBars
from tests.fakes.data_service import daily_rows, running, window_api

LAST = datetime(2024, 6, 14, tzinfo=UTC)
ROWS = daily_rows(60, LAST)
BARS = Bars.checked(
    timestamps=np.array([row.timestamp.replace(tzinfo=None) for row in ROWS], "M8[ns]"),
    open=[row.open for row in ROWS],
    high=[row.high for row in ROWS],
    low=[row.low for row in ROWS],
    close=[row.close for row in ROWS],
    volume=[row.volume for row in ROWS],
)
EVERYTHING = Period.parse("max")


@pytest.fixture(params=list(DataSource))
def case(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[tuple[BarLoader, BarQuery]]:
    source: DataSource = request.param
    query = BarQuery(symbol="ABC", source=source, period=EVERYTHING)
    BARS.to_frame().to_csv(tmp_path / "ABC.csv")
    with running(window_api, ROWS) as fake:
        settings = Settings(data_dir=tmp_path, data_service_url=fake.url)
        loader = open_sources(settings)[source.value]
        bars = BARS if source is DataSource.INLINE else None
        yield loader, replace(query, bars=bars)


def load(case: tuple[BarLoader, BarQuery], **changes: object) -> LoadedBars:
    loader, query = case
    return loader.load(replace(query, **changes), Deadline.after(20.0))


class TestALoader:
    def test_gives_equal_bars_for_equal_bytes(
        self, case: tuple[BarLoader, BarQuery]
    ) -> None:
        loaded = load(case)

        assert loaded.provenance.sha256 == BARS.sha256()
        assert loaded.provenance.bars == len(loaded.bars) == 60
        assert loaded.provenance.last == LAST
        assert loaded.provenance.symbol == "ABC"
        assert loaded.provenance.source == case[1].source.value

    def test_gives_arrays_nobody_can_write(
        self, case: tuple[BarLoader, BarQuery]
    ) -> None:
        bars = load(case).bars

        assert not any(
            getattr(bars, name).flags.writeable
            for name in ("timestamps", "open", "high", "low", "close", "volume")
        )

    def test_keeps_to_a_half_open_window(
        self, case: tuple[BarLoader, BarQuery]
    ) -> None:
        start = datetime(2024, 5, 1, tzinfo=UTC)

        loaded = load(case, period=None, start=start, end=LAST)

        assert loaded.provenance.first == start
        assert loaded.provenance.last == datetime(2024, 6, 13, tzinfo=UTC)
        assert loaded.quality is not None
        assert loaded.provenance.requested.end == LAST

    def test_says_what_of_the_window_it_could_not_give(
        self, case: tuple[BarLoader, BarQuery]
    ) -> None:
        start = datetime(2020, 1, 1, tzinfo=UTC)

        codes = [
            warning.code for warning in load(case, period=None, start=start).warnings
        ]

        assert "partial_window" in codes

    def test_finds_nothing_in_an_empty_window(
        self, case: tuple[BarLoader, BarQuery]
    ) -> None:
        start, end = (datetime(year, 1, 1, tzinfo=UTC) for year in (2001, 2002))

        with pytest.raises(DataNotFoundError):
            load(case, period=None, start=start, end=end)

    def test_refuses_a_window_that_contradicts_itself(
        self, case: tuple[BarLoader, BarQuery]
    ) -> None:
        with pytest.raises(InvalidRequestError):
            load(case, period=None, start=LAST, end=LAST)

    def test_does_not_begin_when_time_is_up(
        self, case: tuple[BarLoader, BarQuery]
    ) -> None:
        loader, query = case

        with pytest.raises(BudgetExceededError):
            loader.load(query, Deadline.after(-1.0))
