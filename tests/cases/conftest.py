"""A service whose data folder is the test's own."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings, shipped_data_dir
from orchestrator.web.app import create_app


@pytest.fixture
def client(tmp_path: Path) -> Iterator[FlaskClient]:
    shutil.copy(shipped_data_dir() / "sp500.csv", tmp_path)
    settings = Settings(data_dir=tmp_path, ledger=LedgerMode.OFF)
    with create_app(build_services(settings), settings).test_client() as client:
        yield client
