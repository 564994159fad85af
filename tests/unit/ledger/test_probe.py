"""A ledger that can be read and not written is not ready."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.database import Database
from orchestrator.ledger.migrate import upgrade
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.verification.verify import verify
from tests.unit.ledger.builders import attempt, passes

TABLES = ("trials", "runs", "chain", "blobs", "keys")


def run(database: Database, *statements: str) -> None:
    with database.write() as connection:
        for statement in statements:
            connection.exec_driver_sql(statement)


class TestCheck:
    def test_leaves_no_trace(self, ledger: SqlLedger, database: Database) -> None:
        ledger.check()

        with database.read() as connection:
            for table in TABLES:
                query = text(f"SELECT count(*) FROM {table}")  # noqa: S608
                assert connection.execute(query).scalar() == 0
        assert verify(database).is_intact
        assert ledger.record(attempt("a"), passes).sequence == 1

    @pytest.mark.parametrize("table", TABLES)
    def test_misses_a_table(
        self, ledger: SqlLedger, database: Database, table: str
    ) -> None:
        run(database, f"ALTER TABLE {table} RENAME TO elsewhere")

        with pytest.raises(LedgerUnavailableError):
            ledger.check()

    @pytest.mark.parametrize("action", ["ABORT, 'no'", "IGNORE"])
    @pytest.mark.parametrize("table", ["trials", "runs", "chain", "keys"])
    def test_warnings_a_trigger_that_keeps_rows_out(
        self, tmp_path: Path, table: str, action: str
    ) -> None:
        url = f"sqlite:///{tmp_path}/ledger.sqlite3"
        upgrade(url)
        ledger, database = SqlLedger(url), Database(url)
        run(
            database,
            f"CREATE TRIGGER no BEFORE INSERT ON {table} "
            f"BEGIN SELECT RAISE({action}); END",
        )

        with pytest.raises(LedgerUnavailableError):
            ledger.check()
        ledger.close()
        database.close()

    def test_warnings_garbage_in_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.sqlite3"
        upgrade(f"sqlite:///{path}")
        ledger = SqlLedger(f"sqlite:///{path}")
        ledger.check()

        path.write_bytes(b"garbage" * 10_000)

        with pytest.raises(LedgerUnavailableError):
            ledger.check()
        ledger.close()


FULL = """
import resource, sys
from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.sql import SqlLedger
ledger = SqlLedger(sys.argv[1])
ledger.check()
limit = int(sys.argv[2])
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
try:
    ledger.check()
except LedgerUnavailableError:
    print("not ready")
else:
    print("ready")
"""


class TestAFullDisk:
    """No file may grow beyond a limit, as on a disk that is full."""

    @pytest.mark.parametrize(
        ("limit", "said"), [(1 << 40, "ready"), (4096, "not ready")]
    )
    def test_is_not_ready(self, tmp_path: Path, limit: int, said: str) -> None:
        url = f"sqlite:///{tmp_path}/ledger.sqlite3"
        upgrade(url)

        ran = subprocess.run(
            [sys.executable, "-c", FULL, url, str(limit)],
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )

        assert ran.stdout.strip() == said
