"""Answers under idempotency keys."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from orchestrator.errors import (
    IdempotencyConflictError,
    InvalidRequestError,
    LedgerUnavailableError,
)
from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import KeyedAnswer, KeyedRequest
from orchestrator.ledger.verification.verify import verify

BODY, OTHER_BODY = "ab" * 32, "cd" * 32
FIRST = KeyedAnswer(status=200, body=b'{"n":1}', headers={"ETag": '"ab"'})
SECOND = KeyedAnswer(status=422, body=b'{"n":2}')


def asked(caller: str, key: str, body: str, policies: str = "") -> KeyedRequest:
    return KeyedRequest(caller=caller, key=key, body_sha256=body, policies=policies)


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def keyed(ledger_url: str, clock: Clock) -> Iterator[SqlLedger]:
    opened = SqlLedger(ledger_url, clock=clock)
    yield opened
    opened.close()


class TestKeys:
    def test_know_nothing_at_first(self, keyed: SqlLedger) -> None:
        assert keyed.recall(asked("alice", "k", BODY)) is None

    def test_give_the_first_answer_again(self, keyed: SqlLedger) -> None:
        assert keyed.keep(asked("alice", "k", BODY), FIRST) == FIRST

        assert keyed.recall(asked("alice", "k", BODY)) == FIRST

    def test_give_the_first_answer_to_one_who_came_second(
        self, keyed: SqlLedger
    ) -> None:
        keyed.keep(asked("alice", "k", BODY), FIRST)

        assert keyed.keep(asked("alice", "k", BODY), SECOND) == FIRST

    def test_refuse_another_body(self, keyed: SqlLedger) -> None:
        keyed.keep(asked("alice", "k", BODY), FIRST)

        with pytest.raises(IdempotencyConflictError, match="another body"):
            keyed.recall(asked("alice", "k", OTHER_BODY))
        with pytest.raises(IdempotencyConflictError, match="another body"):
            keyed.keep(asked("alice", "k", OTHER_BODY), SECOND)

    def test_belong_to_their_caller(self, keyed: SqlLedger) -> None:
        keyed.keep(asked("alice", "k", BODY), FIRST)

        assert keyed.recall(asked("bob", "k", OTHER_BODY)) is None

    def test_last_a_day(self, keyed: SqlLedger, clock: Clock) -> None:
        keyed.keep(asked("alice", "k", BODY), FIRST)

        clock.time += timedelta(hours=24, microseconds=-1)
        assert keyed.recall(asked("alice", "k", BODY)) == FIRST

        clock.time += timedelta(microseconds=1)
        assert keyed.recall(asked("alice", "k", OTHER_BODY)) is None
        assert keyed.keep(asked("alice", "k", OTHER_BODY), SECOND) == SECOND
        assert keyed.recall(asked("alice", "k", OTHER_BODY)) == SECOND

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "\0", "\ud800"])
    def test_refuse_what_is_no_key(self, keyed: SqlLedger, key: str) -> None:
        with pytest.raises(InvalidRequestError, match="Idempotency-Key"):
            keyed.recall(asked("alice", key, BODY))

    def test_leave_the_record_intact(
        self, keyed: SqlLedger, database: Database
    ) -> None:
        keyed.keep(asked("alice", "k", BODY), FIRST)

        assert verify(database).is_intact

    def test_are_claimed_by_the_first_body(
        self, keyed: SqlLedger, clock: Clock
    ) -> None:
        assert keyed.recall(asked("alice", "k", BODY)) is None
        clock.time += timedelta(seconds=59)

        with pytest.raises(IdempotencyConflictError, match="another body"):
            keyed.recall(asked("alice", "k", OTHER_BODY))
        assert keyed.recall(asked("alice", "k", BODY)) is None
        assert keyed.keep(asked("alice", "k", BODY), FIRST) == FIRST

    def test_are_free_again_when_no_answer_came(
        self, keyed: SqlLedger, clock: Clock
    ) -> None:
        keyed.recall(asked("alice", "k", BODY))
        clock.time += timedelta(minutes=1)

        assert keyed.recall(asked("alice", "k", OTHER_BODY)) is None
        assert keyed.keep(asked("alice", "k", OTHER_BODY), SECOND) == SECOND

    def test_are_claimed_by_one_of_many_at_once(self, ledger_url: str) -> None:
        def claim(number: int) -> bool:
            ledger = SqlLedger(ledger_url)
            try:
                return ledger.recall(asked("alice", "k", f"{number:064}")) is None
            except IdempotencyConflictError:
                return False
            finally:
                ledger.close()

        with ThreadPoolExecutor(8) as threads:
            assert sum(threads.map(claim, range(8))) == 1


ROWS = 4
HOUR = timedelta(hours=1)


@pytest.fixture
def filled(ledger_url: str) -> Iterator[SqlLedger]:
    """Four keys: two of them out of date."""
    clock = Clock()
    opened = SqlLedger(ledger_url, clock=clock)
    now = datetime.now(UTC)
    for number, age in enumerate((30, 29, 2, 1)):
        clock.time = now - age * HOUR
        opened.keep(asked("alice", str(number), BODY), FIRST)
    clock.time = now
    yield opened
    opened.close()


def tamper(database: Database, statement: str) -> None:
    with database.write() as connection:
        assert connection.execute(text(statement)).rowcount


class TestRowsOfKeys:
    @pytest.mark.parametrize(
        "change",
        [
            "status = 500",
            "answer_sha256 = body_sha256",
            "headers = '{}'",
            "key = '9'",
            "status = NULL",
        ],
    )
    @pytest.mark.parametrize("number", range(ROWS))
    def test_are_found_when_changed(
        self, filled: SqlLedger, database: Database, change: str, number: int
    ) -> None:
        tamper(database, f"UPDATE keys SET {change} WHERE key = '{number}'")  # noqa: S608

        expected = f"changed: row {number + 1} of 'keys' is not what was written"
        findings = verify(database).findings
        assert f"no row: {expected}" in [str(finding) for finding in findings]

    @pytest.mark.parametrize("change", ["status = 500", "answer_sha256 = body_sha256"])
    def test_are_not_answered_from_when_changed(
        self, filled: SqlLedger, database: Database, change: str
    ) -> None:
        tamper(database, f"UPDATE keys SET {change} WHERE key = '3'")  # noqa: S608

        with pytest.raises(LedgerUnavailableError, match="damaged"):
            filled.recall(asked("alice", "3", BODY))
        with pytest.raises(LedgerUnavailableError, match="damaged"):
            filled.keep(asked("alice", "3", BODY), SECOND)

    def test_are_not_answered_from_with_another_answer(
        self, filled: SqlLedger, database: Database
    ) -> None:
        tamper(database, "UPDATE keys SET body = 'forged' WHERE key = '3'")

        with pytest.raises(LedgerUnavailableError, match="damaged"):
            filled.recall(asked("alice", "3", BODY))
        assert not verify(database).is_intact

    @pytest.mark.parametrize("which", ["id = 1", "id <= 2", "id = 2"])
    def test_may_be_removed_in_any_order(
        self, filled: SqlLedger, database: Database, which: str
    ) -> None:
        tamper(database, f"DELETE FROM keys WHERE {which}")  # noqa: S608

        assert verify(database).is_intact
        filled.keep(asked("alice", "new", BODY), SECOND)
        assert verify(database).is_intact


class TestAnswersByOtherPolicies:
    def test_are_none(self, keyed: SqlLedger) -> None:
        keyed.keep(asked("alice", "k", BODY, "literal"), FIRST)

        assert keyed.recall(asked("alice", "k", BODY, "strict")) is None
        assert keyed.recall(asked("alice", "k", BODY, "literal")) == FIRST

    def test_do_not_stand_in_the_way_of_a_new_one(self, keyed: SqlLedger) -> None:
        keyed.keep(asked("alice", "k", BODY, "literal"), FIRST)

        new = asked("alice", "k", BODY, "strict")
        assert keyed.keep(new, SECOND) == SECOND
        assert keyed.recall(new) == SECOND

    def test_still_hold_the_key_for_their_body(self, keyed: SqlLedger) -> None:
        keyed.keep(asked("alice", "k", BODY, "literal"), FIRST)

        with pytest.raises(IdempotencyConflictError, match="another body"):
            keyed.recall(asked("alice", "k", OTHER_BODY, "strict"))
