"""Statements that the driver runs itself."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.database import Database
from orchestrator.ledger.statements import Statement
from orchestrator.ledger.tables import CHAIN

INSERT = Statement.alike(CHAIN.insert())
LINK = {
    "sequence": 1,
    "trial_hash": "a",
    "run_hash": None,
    "prev_hash": "b",
    "row_hash": "c",
}


class TestStatement:
    def test_runs_in_the_transaction_it_is_given(self, database: Database) -> None:
        count = text("SELECT count(*) FROM chain")

        with database.write() as connection:
            INSERT.run(connection, LINK)
            connection.rollback()
        with database.read() as connection:
            assert connection.execute(count).scalar() == 0

    def test_fails_as_any_other_statement(self, database: Database) -> None:
        def write_twice() -> None:
            with database.write() as connection:
                INSERT.run(connection, LINK)
                INSERT.run(connection, LINK)

        with pytest.raises(LedgerUnavailableError):
            write_twice()

        with database.write() as connection:
            INSERT.run(connection, LINK)
