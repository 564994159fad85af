"""The registry of sources, and loaders that other distributions install."""

from __future__ import annotations

import importlib
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from backtesting.bars import Bars
from orchestrator.deadline import Deadline
from orchestrator.errors import DataInvalidError, InvalidRequestError
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.sources import open_sources, source_names
from orchestrator.settings import Settings, SettingsError
from orchestrator.spec import Adjust, BarQuery, DataSource, OnBadData

MODULE = """
from dataclasses import replace

from orchestrator.loaders.sources import open_sources
from orchestrator.spec import BarQuery


class Doubled:
    \"\"\"The sample, under a name of its own.\"\"\"

    def __init__(self, settings):
        self.settings = settings

    def load(self, query, deadline):
        from orchestrator.loaders.files.csv_file import CsvLoader
        from orchestrator.loaders.checks.calendars import Calendars
        from orchestrator.settings import shipped_data_dir

        loader = CsvLoader(
            shipped_data_dir(), samples=shipped_data_dir(), cache_bytes=0,
            calendars=Calendars(),
        )
        return loader.load(replace(query, csv_path="sample_ohlcv.csv"), deadline)
"""


def install(folder: Path, entries: str) -> None:
    """Lay a distribution out as an installer would."""
    (folder / "example_source.py").write_text(textwrap.dedent(MODULE))
    info = folder / "example_source-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: example-source\nVersion: 1.0\n"
    )
    (info / "entry_points.txt").write_text(f"[qtos.loaders]\n{entries}\n")


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "example_source", raising=False)
    importlib.invalidate_caches()
    return tmp_path


class TestOpenSources:
    def test_names_the_shipped_ones(self) -> None:
        assert set(open_sources(Settings())) == {"csv", "data_service", "inline"}
        assert source_names() == ("csv", "data_service", "inline")

    def test_joins_installed_loaders(self, site: Path) -> None:
        install(site, "doubled = example_source:Doubled")

        sources = open_sources(Settings())

        loaded = sources["doubled"].load(BarQuery(symbol="SPY"), Deadline.after(10.0))
        assert "doubled" in source_names()
        assert len(loaded.bars) == 21

    @pytest.mark.parametrize(
        ("entries", "why"),
        [
            ("csv = example_source:Doubled", "taken"),
            ("Bad-Name = example_source:Doubled", "a name is"),
            ("gone = example_source:Gone", "cannot be loaded"),
            ("lost = example_lost:Gone", "cannot be loaded"),
        ],
    )
    def test_refuses_to_start_with_one_that_cannot_be(
        self, site: Path, entries: str, why: str
    ) -> None:
        install(site, entries)

        with pytest.raises(SettingsError, match=why):
            open_sources(Settings())


DAYS = np.arange("2024-01-01", "2024-01-11", dtype="datetime64[D]")


def raw(**changes: float) -> RawBars:
    columns = {name: np.full(10, 5.0) for name in ("open", "high", "low", "close")}
    for name, value in changes.items():
        columns[name][3] = value
    return RawBars.of(DAYS.astype("datetime64[ns]"), columns)


class TestInlineBars:
    def load(self, **changes: object) -> object:
        query = BarQuery(source=DataSource.INLINE, **changes)  # type: ignore[arg-type]
        loader = open_sources(Settings())["inline"]
        return loader.load(query, Deadline.after(10.0))

    def test_that_are_checked_are_taken_as_they_are(self) -> None:
        prices = np.linspace(5.0, 6.0, 10)
        bars = Bars.checked(
            timestamps=DAYS.astype("datetime64[ns]"),
            open=prices,
            high=prices,
            low=prices,
            close=prices,
            volume=prices,
        )

        loaded = self.load(bars=bars, symbol="MINE")

        assert loaded.bars.sha256() == bars.sha256()  # type: ignore[attr-defined]
        assert loaded.provenance.source == "inline"  # type: ignore[attr-defined]

    def test_that_are_raw_and_bad_are_placed(self) -> None:
        with pytest.raises(DataInvalidError) as caught:
            self.load(bars=raw(close=9.0))

        assert caught.value.places[0].pointer == "/bars/close/3"

    def test_that_are_raw_and_bad_may_be_dropped(self) -> None:
        loaded = self.load(bars=raw(close=9.0), on_bad_data=OnBadData.DROP)

        assert len(loaded.bars) == 9  # type: ignore[attr-defined]

    @pytest.mark.parametrize(
        ("changes", "pointer"),
        [
            ({}, "/bars"),
            ({"bars": raw(), "adjust": Adjust.CLOSE_TO_ADJUSTED}, "/adjust"),
        ],
    )
    def test_that_cannot_be_meant_are_refused(
        self, changes: dict[str, object], pointer: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            self.load(**changes)

        assert caught.value.places[0].pointer == pointer
