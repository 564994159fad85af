"""A worker refuses a ledger that is not its version's, and never makes one."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.database import Database
from orchestrator.ledger.migrate import upgrade
from orchestrator.ledger.schema import REVISION, check_schema
from tests.unit.ledger.builders import BACKENDS, empty_database


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with empty_database(request.param, tmp_path) as url:
        yield url


class TestCheckSchema:
    def test_refuses_a_database_without_tables(self, empty_url: str) -> None:
        database = Database(empty_url)

        with pytest.raises(LedgerUnavailableError, match="db upgrade"):
            check_schema(database)
        database.close()

    def test_refuses_tables_of_another_version(self, empty_url: str) -> None:
        upgrade(empty_url)
        database = Database(empty_url)
        with database.write() as connection:
            connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

        with pytest.raises(LedgerUnavailableError, match="9999"):
            check_schema(database)
        database.close()

    def test_holds_after_an_upgrade(self, empty_url: str) -> None:
        upgrade(empty_url)
        database = Database(empty_url)

        assert check_schema(database) == REVISION
        database.close()

    def test_needs_no_alembic_in_a_worker(self) -> None:
        program = "import orchestrator.bootstrap, sys; print(*sys.modules)"

        loaded = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        ).stdout.split()

        assert "sqlalchemy" in loaded
        assert "alembic" not in loaded
