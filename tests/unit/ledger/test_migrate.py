"""Migrations: complete, repeatable, and never done by a worker."""

from __future__ import annotations

import multiprocessing
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.database import Database
from orchestrator.ledger.migrate import drift, upgrade
from orchestrator.ledger.schema import REVISION
from orchestrator.settings import SettingsError
from tests.unit.ledger.builders import BACKENDS, empty_database


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as url:
        yield url


class TestUpgrade:
    def test_gives_the_tables_that_the_code_has(self, empty_url: str) -> None:
        upgrade(empty_url)

        assert drift(empty_url) is None

    def test_may_be_repeated(self, empty_url: str) -> None:
        assert upgrade(empty_url) == upgrade(empty_url)

    def test_may_run_four_times_at_once(self, empty_url: str) -> None:
        context = multiprocessing.get_context("spawn")
        with context.Pool(4) as pool:
            revisions = pool.map(upgrade, [empty_url] * 4)

        assert len(set(revisions)) == 1
        assert drift(empty_url) is None

    def test_leaves_a_write_ahead_log(self, tmp_path: Path) -> None:
        path = tmp_path / "new folder" / "ledger #1 ü.sqlite3"

        upgrade(f"sqlite:///{path}")

        with closing(sqlite3.connect(path)) as connection:
            [mode] = connection.execute("PRAGMA journal_mode").fetchone()
        assert mode == "wal"
        assert os.listdir(path.parent) == [path.name]

    def test_does_not_write_over_another_file(self, tmp_path: Path) -> None:
        path = tmp_path / "letter.txt"
        path.write_text("Dear ledger, " * 1000)

        with pytest.raises(LedgerUnavailableError, match="not a database"):
            upgrade(f"sqlite:///{path}")

        assert path.read_text().startswith("Dear ledger")

    def test_refuses_another_database(self) -> None:
        with pytest.raises(SettingsError, match="mysql"):
            upgrade("mysql://host/name")


class TestDrift:
    def test_is_named(self, empty_url: str) -> None:
        upgrade(empty_url)
        database = Database(empty_url)
        with database.write() as connection:
            connection.execute(text("ALTER TABLE runs ADD COLUMN mood TEXT"))
        database.close()

        assert "mood" in (drift(empty_url) or "")


class TestRevision:
    def test_is_that_of_the_newest_migration(self, empty_url: str) -> None:
        assert upgrade(empty_url) == REVISION
