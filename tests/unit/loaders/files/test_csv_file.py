"""Files of the data folder: which one answers, over which window, and from memory."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import (
    DataInvalidError,
    DataNotFoundError,
    InvalidRequestError,
)
from orchestrator.loaders.base import BarLoader
from orchestrator.loaders.sources import open_sources
from orchestrator.period import Period
from orchestrator.settings import Settings
from orchestrator.spec import Adjust, BarQuery, LoadedBars, OnBadData

HEAD = "date,open,high,low,close,volume\n"
ROWS = [
    f"2024-01-{day:02d},{price},{price + 1},{price},{price},100\n"
    for day, price in enumerate(np.round(100 + np.sin(np.arange(1, 32)), 2), 1)
]
TEXT = HEAD + "".join(ROWS)


@pytest.fixture
def loader(tmp_path: Path) -> BarLoader:
    return open_sources(Settings(data_dir=tmp_path))["csv"]


def load(loader: BarLoader, query: BarQuery) -> LoadedBars:
    return loader.load(query, Deadline.after(10.0))


def codes(loaded: LoadedBars) -> list[str]:
    return [warning.code for warning in loaded.warnings]


class TestASymbol:
    def test_without_a_file_is_answered_with_the_sample_and_a_warning(
        self, loader: BarLoader
    ) -> None:
        loaded = load(loader, BarQuery(symbol="NVDA"))

        assert loaded.provenance.source == "sample"
        assert loaded.provenance.symbol == "NVDA"
        assert len(loaded.bars) == 21
        assert codes(loaded) == ["sample_data"]

    @pytest.mark.parametrize("name", ["ABC.csv", "abc.csv", "Abc.csv", "sub/ABC.CSV"])
    def test_is_answered_from_its_file(
        self, loader: BarLoader, tmp_path: Path, name: str
    ) -> None:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(TEXT)

        loaded = load(loader, BarQuery(symbol="ABC"))

        assert loaded.provenance.source == "csv"
        assert len(loaded.bars) == 31
        assert codes(loaded) == []

    def test_prefers_its_own_spelling(self, loader: BarLoader, tmp_path: Path) -> None:
        (tmp_path / "abc.csv").write_text(HEAD + ROWS[0])
        (tmp_path / "ABC.csv").write_text(TEXT)

        assert len(load(loader, BarQuery(symbol="ABC")).bars) == 31

    def test_with_a_broken_file_is_an_error_not_the_sample(
        self, loader: BarLoader, tmp_path: Path
    ) -> None:
        (tmp_path / "ABC.csv").write_text("nothing\n")

        with pytest.raises(DataInvalidError, match=r"ABC\.csv"):
            load(loader, BarQuery(symbol="ABC"))

    def test_finds_the_shipped_sp500(self) -> None:
        loader = open_sources(Settings())["csv"]

        loaded = load(loader, BarQuery(symbol="SP500"))

        assert len(loaded.bars) == 5031
        assert loaded.provenance.first == datetime(1999, 1, 4, tzinfo=UTC)
        assert loaded.provenance.last == datetime(2018, 12, 31, tzinfo=UTC)


class TestAWindow:
    @pytest.fixture(autouse=True)
    def file(self, tmp_path: Path) -> None:
        (tmp_path / "ABC.csv").write_text(TEXT)

    @pytest.mark.parametrize(
        ("period", "bars"),
        [("max", 31), ("1d", 2), ("10d", 11), ("1wk", 8), ("ytd", 31), ("30d", 31)],
    )
    def test_counts_a_period_back_from_the_last_bar(
        self, loader: BarLoader, period: str, bars: int
    ) -> None:
        query = BarQuery(symbol="ABC", period=Period.parse(period))

        assert len(load(loader, query).bars) == bars

    def test_includes_its_start_and_not_its_end(self, loader: BarLoader) -> None:
        query = BarQuery(symbol="ABC", start=_day(10), end=_day(20))

        loaded = load(loader, query)

        assert loaded.provenance.first == _day(10)
        assert loaded.provenance.last == _day(19)
        assert loaded.provenance.requested.start == _day(10)
        assert loaded.provenance.received.bars == 10

    def test_counts_a_period_back_from_the_last_bar_before_an_end(
        self, loader: BarLoader
    ) -> None:
        query = BarQuery(symbol="ABC", period=Period.parse("3d"), end=_day(20))

        assert load(loader, query).provenance.first == _day(16)

    def test_with_nothing_in_it_names_what_there_is(self, loader: BarLoader) -> None:
        query = BarQuery(symbol="ABC", start=datetime(2025, 1, 1, tzinfo=UTC))

        with pytest.raises(DataNotFoundError, match="31 from 2024-01-01"):
            load(loader, query)

    @pytest.mark.parametrize(
        "change",
        [
            {"start": datetime(2023, 12, 1, tzinfo=UTC)},
            {"end": datetime(2024, 3, 1, tzinfo=UTC)},
            {"period": Period.parse("1y")},
        ],
        ids=["start", "end", "period"],
    )
    def test_that_reaches_over_the_data_is_warned_of(
        self, loader: BarLoader, change: dict[str, object]
    ) -> None:
        query = replace(BarQuery(symbol="ABC"), **change)

        assert codes(load(loader, query)) == ["partial_window"]

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            (
                {
                    "start": datetime(2024, 1, 9, tzinfo=UTC),
                    "end": datetime(2024, 1, 9, tzinfo=UTC),
                },
                "/start",
            ),
            (
                {
                    "start": datetime(2024, 1, 9, tzinfo=UTC),
                    "period": Period.parse("1y"),
                },
                "/period",
            ),
            ({"calendar": "NOWHERE"}, "/calendar"),
            ({"adjust": Adjust.CLOSE_TO_ADJUSTED}, "/adjust"),
        ],
    )
    def test_that_cannot_be_meant_is_refused(
        self, loader: BarLoader, change: dict[str, object], pointer: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            load(loader, replace(BarQuery(symbol="ABC"), **change))

        assert caught.value.places[0].pointer == pointer

    def test_reaches_from_the_first_year_to_the_last(self, loader: BarLoader) -> None:
        query = BarQuery(
            symbol="ABC",
            start=datetime(1, 1, 1, tzinfo=UTC),
            end=datetime(9999, 12, 31, tzinfo=UTC),
        )

        assert len(load(loader, query).bars) == 31

    def test_that_is_too_old_is_warned_of(self, loader: BarLoader) -> None:
        query = BarQuery(symbol="ABC", max_age_days=30.0)

        assert codes(load(loader, query)) == ["old_data"]


class TestMemory:
    QUERY = BarQuery(symbol="ABC")

    def test_gives_the_same_bars_again(self, loader: BarLoader, tmp_path: Path) -> None:
        (tmp_path / "ABC.csv").write_text(TEXT)

        first, again = load(loader, self.QUERY), load(loader, self.QUERY)

        assert again.bars is first.bars
        assert not again.bars.close.flags.writeable

    @pytest.mark.parametrize("settled", [True, False])
    def test_reads_a_changed_file_anew(
        self, loader: BarLoader, tmp_path: Path, settled: bool
    ) -> None:
        path = tmp_path / "ABC.csv"
        path.write_text(HEAD + ROWS[0])
        if settled:
            os.utime(path, (1, 1))
        first = load(loader, self.QUERY)
        load(loader, self.QUERY)

        path.write_text(HEAD + ROWS[1])  # of the same length, a moment later
        changed = load(loader, self.QUERY)

        assert (first.bars.close[0], changed.bars.close[0]) == (100.84, 100.91)

    def test_reads_a_file_put_in_its_place_anew(
        self, loader: BarLoader, tmp_path: Path
    ) -> None:
        path, other = tmp_path / "ABC.csv", tmp_path / "other"
        path.write_text(HEAD + ROWS[0])
        other.write_text(HEAD + ROWS[1])
        for file in (path, other):
            os.utime(file, (1_000_000_000, 1_000_000_000))
        load(loader, self.QUERY)

        other.replace(path)

        assert load(loader, self.QUERY).bars.close[0] == 100.91

    def test_forgets_a_file_that_is_gone(
        self, loader: BarLoader, tmp_path: Path
    ) -> None:
        path = tmp_path / "ABC.csv"
        path.write_text(TEXT)
        load(loader, self.QUERY)

        path.unlink()

        assert load(loader, self.QUERY).provenance.source == "sample"

    def test_keeps_dropping_apart_from_raising(
        self, loader: BarLoader, tmp_path: Path
    ) -> None:
        (tmp_path / "ABC.csv").write_text(TEXT + "2024-02-01,-1,1,1,1,1\n")

        dropped = load(loader, replace(self.QUERY, on_bad_data=OnBadData.DROP))

        assert codes(dropped) == ["dropped_rows"]
        assert dropped.quality is not None
        assert dropped.quality.dropped_rows == 1
        assert dropped.quality.findings["non_positive_prices"].at == ("row 33",)
        with pytest.raises(DataInvalidError):
            load(loader, self.QUERY)

    def test_may_be_too_small_for_anything(self, tmp_path: Path) -> None:
        (tmp_path / "ABC.csv").write_text(TEXT)
        loader = open_sources(Settings(data_dir=tmp_path, csv_cache_bytes=0))["csv"]

        assert load(loader, self.QUERY).bars is not load(loader, self.QUERY).bars


def _day(day: int) -> datetime:
    return datetime(2024, 1, day, tzinfo=UTC)


class TestAFileChangedUnderItsOldTime:
    def test_is_read_again(self, loader: BarLoader, tmp_path: Path) -> None:
        """As `cp -p`, `rsync -t` and some editors leave it: same size, same time."""
        path = tmp_path / "ABC.csv"
        path.write_text(HEAD + "2024-01-02,1,2,1,2,9\n")
        old = 1_600_000_000_000_000_000
        os.utime(path, ns=(old, old))
        time.sleep(1.1)  # until the file's clock is trusted
        first = load(loader, BarQuery(symbol="ABC"))
        assert load(loader, BarQuery(symbol="ABC")).bars.close.tolist() == [2.0]

        path.write_text(HEAD + "2024-01-02,1,3,1,3,9\n")
        os.utime(path, ns=(old, old))

        again = load(loader, BarQuery(symbol="ABC"))
        assert again.bars.close.tolist() == [3.0]
        assert again.provenance.sha256 != first.provenance.sha256
