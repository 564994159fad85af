"""The desk of each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.failopen.desk import Desk, desk_at, edge


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "data"
    path.mkdir()
    return path


@pytest.fixture
def desk(folder: Path) -> Desk:
    made = desk_at(folder)
    made.put(edge())
    return made
