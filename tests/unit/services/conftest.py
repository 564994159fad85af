"""Services over real parts: CSV files, a SQLite ledger, the compiled engine."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from orchestrator.bootstrap import build_services, create_embedded
from orchestrator.services import Services
from orchestrator.settings import LedgerMode, Settings, shipped_data_dir


@pytest.fixture
def data_dir(tmp_path: Path) -> Path:
    """Return a data folder with the S&P 500 under its symbol."""
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(shipped_data_dir() / "sp500.csv", folder / "SP500.csv")
    return folder


@pytest.fixture
def settings(tmp_path: Path, data_dir: Path) -> Settings:
    return Settings(
        data_dir=data_dir, database_url=f"sqlite:///{tmp_path}/ledger.sqlite3"
    )


@pytest.fixture
def services(settings: Settings) -> Services:
    create_embedded(settings)
    return build_services(settings)


@pytest.fixture
def services_without_ledger(data_dir: Path) -> Services:
    return build_services(Settings(data_dir=data_dir, ledger=LedgerMode.OFF))
