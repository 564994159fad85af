"""Alterations of the record, made behind its back with plain SQL."""

# ruff: noqa: S608 - the statements are this file's own

from __future__ import annotations

import pytest
from sqlalchemy import text

from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.verification.verify import Anchor, verify
from tests.unit.ledger.builders import attempt, passes, without_gate

ROWS = 6
TABLES = ("chain", "trials", "runs")
COPY = "INSERT INTO {0} SELECT {1}, {2} FROM {0} WHERE sequence = 3"


@pytest.fixture(autouse=True)
def filled(ledger: SqlLedger) -> None:
    for number in range(ROWS):
        judge = passes if number % 2 else without_gate
        ledger.record(attempt(str(number)), judge)


def tamper(database: Database, *statements: str) -> None:
    with database.write() as connection:
        for statement in statements:
            connection.execute(text(statement))


def found(database: Database) -> set[tuple[int | None, str]]:
    findings = verify(database).findings
    return {(finding.sequence, finding.alteration.value) for finding in findings}


def others(database: Database, table: str) -> str:
    with database.read() as connection:
        names = connection.execute(text(f"SELECT * FROM {table} LIMIT 1")).keys()
        return ", ".join(name for name in names if name != "sequence")


class TestVerify:
    def test_finds_nothing_in_an_untouched_record(self, database: Database) -> None:
        verification = verify(database)

        assert verification.is_intact
        assert verification.records == ROWS
        assert verification.newest is not None
        assert verification.newest.sequence == ROWS

    @pytest.mark.parametrize(
        ("table", "change"),
        [
            ("runs", "verdict = 'fail'"),
            ("runs", "metrics = '{}'"),
            ("runs", "time = '2020-01-01T00:00:00.000000Z'"),
            ("runs", "trials_caller = 1"),
            ("runs", "reasons = '[]'"),
            ("runs", "caller = 'mallory'"),
            ("trials", "trials_caller = 1"),
            ("trials", "sharpe = sharpe + 1e-15"),
            ("trials", "sharpe = NULL"),
            ("chain", "run_hash = NULL"),
            ("chain", "prev_hash = repeat_zero"),
            ("chain", "row_hash = repeat_zero"),
        ],
    )
    def test_finds_a_changed_row(
        self, database: Database, table: str, change: str
    ) -> None:
        change = change.replace("repeat_zero", f"'{'0' * 64}'")

        tamper(database, f"UPDATE {table} SET {change} WHERE sequence = 4")

        assert (4, "changed") in found(database)
        assert {sequence for sequence, _ in found(database)} <= {4, 5}

    @pytest.mark.parametrize("sequence", [1, 3, ROWS])
    @pytest.mark.parametrize("table", ["trials", "runs"])
    def test_finds_a_missing_row(
        self, database: Database, table: str, sequence: int
    ) -> None:
        tamper(database, f"DELETE FROM {table} WHERE sequence = {sequence}")

        assert (sequence, "missing") in found(database)

    @pytest.mark.parametrize("sequence", [1, 3])
    def test_finds_a_missing_link(self, database: Database, sequence: int) -> None:
        tamper(database, f"DELETE FROM chain WHERE sequence = {sequence}")

        assert found(database) == {(sequence, "missing")}

    def test_finds_that_the_newest_link_is_gone(self, database: Database) -> None:
        tamper(database, f"DELETE FROM chain WHERE sequence = {ROWS}")

        assert ROWS in {sequence for sequence, _ in found(database)}

    @pytest.mark.parametrize("sequence", [1, 3, ROWS])
    def test_finds_a_row_missing_from_every_table(
        self, database: Database, sequence: int
    ) -> None:
        tamper(
            database,
            *(f"DELETE FROM {table} WHERE sequence = {sequence}" for table in TABLES),
        )

        alterations = {alteration for _, alteration in found(database)}
        assert "missing" in alterations

    @pytest.mark.parametrize("ready", [True, False])
    def test_finds_that_the_newest_rows_are_gone_with_all_they_left(
        self, ledger: SqlLedger, database: Database, ready: bool
    ) -> None:
        if ready:
            ledger.check()
        else:
            ledger.record(attempt("a last one"), passes)

        tamper(
            database,
            *(f"DELETE FROM {table} WHERE sequence >= {ROWS}" for table in TABLES),
            "DELETE FROM blobs WHERE sha256 NOT IN (SELECT request_sha256 FROM runs "
            "UNION SELECT answer_sha256 FROM runs)",
        )

        assert {alteration for _, alteration in found(database)} == {"missing"}

    def test_finds_a_copied_row(self, database: Database) -> None:
        columns = others(database, "runs")

        tamper(database, COPY.format("runs", ROWS + 1, columns))

        assert found(database) == {(ROWS + 1, "inserted")}

    def test_finds_a_row_copied_in_every_table(self, database: Database) -> None:
        tamper(
            database,
            *(
                COPY.format(table, ROWS + 1, others(database, table))
                for table in TABLES
            ),
        )

        assert (ROWS + 1, "changed") in found(database)

    def test_finds_rows_that_changed_places(self, database: Database) -> None:
        tamper(
            database,
            "UPDATE runs SET sequence = -1 WHERE sequence = 2",
            "UPDATE runs SET sequence = 2 WHERE sequence = 5",
            "UPDATE runs SET sequence = 5 WHERE sequence = -1",
        )

        assert found(database) == {(2, "reordered"), (5, "reordered")}

    def test_finds_a_gap_closed_by_renumbering(self, database: Database) -> None:
        tamper(
            database,
            *(f"DELETE FROM {table} WHERE sequence = 3" for table in TABLES),
            *(
                f"UPDATE {table} SET sequence = sequence - 1 WHERE sequence = {number}"
                for table in TABLES
                for number in range(4, ROWS + 1)
            ),
        )

        assert (3, "changed") in found(database)

    def test_finds_a_changed_body(self, database: Database) -> None:
        tamper(
            database,
            "UPDATE blobs SET body = (SELECT body FROM blobs b WHERE b.sha256 = "
            "(SELECT request_sha256 FROM runs WHERE sequence = 1)) WHERE sha256 = "
            "(SELECT answer_sha256 FROM runs WHERE sequence = 2)",
        )

        assert (2, "changed") in found(database)

    def test_finds_a_missing_body(self, database: Database) -> None:
        tamper(
            database,
            "DELETE FROM blobs WHERE sha256 = "
            "(SELECT request_sha256 FROM runs WHERE sequence = 2)",
        )

        assert found(database) == {(2, "missing")}

    def test_says_so_in_words(self, database: Database) -> None:
        tamper(database, "UPDATE runs SET verdict = 'pass' WHERE sequence = 1")

        assert [str(finding) for finding in verify(database).findings] == [
            "row 1: changed: its row of 'runs' is not what was written"
        ]

    def test_stops_at_a_hundred_findings(
        self, ledger: SqlLedger, database: Database
    ) -> None:
        for number in range(110):
            ledger.record(attempt(f"more {number}"), passes)

        tamper(database, "UPDATE runs SET caller = 'mallory'")

        assert len(verify(database).findings) == 100


class TestAnchor:
    def test_is_found_again_after_more_rows(
        self, ledger: SqlLedger, database: Database
    ) -> None:
        anchor = verify(database).newest
        ledger.record(attempt("later"), passes)

        assert verify(database, anchor).is_intact

    def test_gives_away_a_chain_written_anew(
        self, ledger: SqlLedger, database: Database
    ) -> None:
        anchor = verify(database).newest
        tables = [*TABLES, "blobs", "keys"]
        tamper(database, *(f"DELETE FROM {table}" for table in tables))
        for number in range(ROWS):
            ledger.record(attempt(f"forged {number}"), passes)

        assert verify(database).is_intact
        assert [finding.sequence for finding in verify(database, anchor).findings] == [
            ROWS
        ]

    def test_reads_what_it_prints(self) -> None:
        anchor = Anchor(sequence=7, row_hash="ab" * 32)

        assert Anchor.parse(str(anchor)) == anchor

    @pytest.mark.parametrize("text", ["", "7", "7:", "x:" + "a" * 64, "-1:" + "a" * 64])
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(ValueError, match="SEQUENCE:HASH"):
            Anchor.parse(text)
