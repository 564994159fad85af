"""Connections: across forks, between threads, and while another writes."""

from __future__ import annotations

import multiprocessing
import sqlite3
import threading
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger import database as module
from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.verification.verify import verify
from tests.unit.ledger.builders import attempt, fresh_ledger, passes


class TestDatabase:
    def test_works_on_in_a_forked_child_and_in_its_parent(
        self, ledger: SqlLedger, database: Database
    ) -> None:
        ledger.record(attempt("before"), passes)

        child = multiprocessing.get_context("fork").Process(
            target=lambda: ledger.record(attempt("child"), passes)
        )
        child.start()
        child.join(20)

        assert child.exitcode == 0
        assert ledger.record(attempt("after"), passes).sequence == 3
        assert verify(database).is_intact

    def test_serves_many_threads(self, ledger: SqlLedger, database: Database) -> None:
        threads = [
            threading.Thread(
                target=lambda n=n: [  # type: ignore[misc]
                    ledger.record(attempt(f"{n} {m}"), passes) for m in range(5)
                ]
            )
            for n in range(20)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30)

        verification = verify(database)
        assert verification.is_intact
        assert verification.records == 100

    def test_rolls_back_what_fails(self, database: Database) -> None:
        def write_half() -> None:
            with database.write() as connection:
                insert = text("INSERT INTO blobs VALUES ('ab', 'identity', :body)")
                connection.execute(insert, {"body": b"a"})
                connection.execute(text("INSERT INTO no_such_table VALUES (1)"))

        with pytest.raises(LedgerUnavailableError):
            write_half()

        with database.read() as connection:
            assert connection.execute(text("SELECT count(*) FROM blobs")).scalar() == 0

    def test_does_not_see_what_is_written_while_it_reads(
        self, ledger: SqlLedger, database: Database
    ) -> None:
        count = text("SELECT count(*) FROM runs")
        with database.read() as connection:
            before = connection.execute(count).scalar()
            ledger.record(attempt("a"), passes)

            assert connection.execute(count).scalar() == before == 0


class TestBusyDatabase:
    def test_is_an_error_in_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(module, "BUSY_SECONDS", 0.1)
        with fresh_ledger("sqlite", tmp_path) as url:
            ledger = SqlLedger(url)
            path = url.removeprefix("sqlite:///")
            with closing(sqlite3.connect(path, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(LedgerUnavailableError):
                    ledger.record(attempt("a"), passes)
                other.execute("ROLLBACK")

            assert ledger.record(attempt("a"), passes).sequence == 1
            ledger.close()
