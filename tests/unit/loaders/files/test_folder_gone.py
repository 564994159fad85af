"""A data folder that goes, or cannot be read, is never answered with the sample."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.bootstrap import build_services
from orchestrator.deadline import Deadline
from orchestrator.errors import DataFolderError, DataNotFoundError
from orchestrator.loaders.base import BarLoader
from orchestrator.loaders.files import folder_index
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import LedgerMode, Settings, SettingsError
from orchestrator.spec import BarQuery

TEXT = "date,open,high,low,close\n2024-01-02,1,2,1,2\n2024-01-03,2,3,1,2\n"


def loader_of(folder: Path, **settings: object) -> BarLoader:
    return open_sources(Settings(data_dir=folder, **settings))["csv"]  # type: ignore[arg-type]


def codes(loader: BarLoader, **query: object) -> list[str]:
    loaded = loader.load(BarQuery(**query), Deadline.after(10.0))  # type: ignore[arg-type]
    return [str(warning.code) for warning in loaded.warnings]


def test_a_folder_that_is_not_there_stops_the_start(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "none", ledger=LedgerMode.OFF)

    with pytest.raises(SettingsError, match="ORCHESTRATOR_DATA_DIR"):
        build_services(settings)


@pytest.mark.parametrize("query", [{"symbol": "MINE"}, {"csv_path": "MINE.csv"}])
def test_a_folder_that_goes_is_said_to_be_gone(
    tmp_path: Path, query: dict[str, str]
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "MINE.csv").write_text(TEXT)
    loader = loader_of(folder)
    codes(loader, **query)

    folder.rename(tmp_path / "elsewhere")

    with pytest.raises(DataFolderError, match="data folder"):
        codes(loader, **query)


def test_a_folder_in_it_that_cannot_be_read_may_hold_the_symbol(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "MINE.csv").write_text(TEXT)
    (tmp_path / "OPEN.csv").write_text(TEXT)
    scan = folder_index.os.scandir

    def guarded(path: str) -> object:  # root may read what it is not allowed to
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scan(path)

    monkeypatch.setattr(folder_index.os, "scandir", guarded)
    loader = loader_of(tmp_path)

    with pytest.raises(DataFolderError, match=r"'closed'.*MINE"):
        codes(loader, symbol="MINE")
    assert "sample_data" not in codes(loader, symbol="OPEN")


def test_the_sample_can_be_switched_off(tmp_path: Path) -> None:
    assert "sample_data" in codes(loader_of(tmp_path), symbol="TSLAA")
    with pytest.raises(DataNotFoundError, match=r"TSLAA\.csv"):
        codes(loader_of(tmp_path, sample_data=False), symbol="TSLAA")


@pytest.mark.parametrize(
    ("symbol", "path", "differs"),
    [
        ("MINE", "MINE.csv", False),
        ("mine", "sub/Mine.csv", False),
        ("BTC/USDT", "BTC-USDT.csv", False),
        ("TSLA", "MINE.csv", True),
        ("SPY", "MINE.csv", False),
    ],
)
def test_a_file_under_another_symbol_is_warned_of(
    tmp_path: Path, symbol: str, path: str, differs: bool
) -> None:
    (tmp_path / path).parent.mkdir(exist_ok=True)
    (tmp_path / path).write_text(TEXT)

    found = codes(loader_of(tmp_path), symbol=symbol.upper(), csv_path=path)

    assert ("symbol_differs" in found) == differs
