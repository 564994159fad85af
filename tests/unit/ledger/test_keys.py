"""Answers under idempotency keys."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.errors import IdempotencyConflictError, InvalidRequestError
from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import KeyedAnswer
from orchestrator.ledger.verifying import verify

BODY, OTHER_BODY = "ab" * 32, "cd" * 32
FIRST = KeyedAnswer(status=200, body=b'{"n":1}', headers={"ETag": '"ab"'})
SECOND = KeyedAnswer(status=422, body=b'{"n":2}')


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
        assert keyed.recall("alice", "k", BODY) is None

    def test_give_the_first_answer_again(self, keyed: SqlLedger) -> None:
        assert keyed.keep("alice", "k", BODY, FIRST) == FIRST

        assert keyed.recall("alice", "k", BODY) == FIRST

    def test_give_the_first_answer_to_one_who_came_second(
        self, keyed: SqlLedger
    ) -> None:
        keyed.keep("alice", "k", BODY, FIRST)

        assert keyed.keep("alice", "k", BODY, SECOND) == FIRST

    def test_refuse_another_body(self, keyed: SqlLedger) -> None:
        keyed.keep("alice", "k", BODY, FIRST)

        with pytest.raises(IdempotencyConflictError, match="another body"):
            keyed.recall("alice", "k", OTHER_BODY)
        with pytest.raises(IdempotencyConflictError, match="another body"):
            keyed.keep("alice", "k", OTHER_BODY, SECOND)

    def test_belong_to_their_caller(self, keyed: SqlLedger) -> None:
        keyed.keep("alice", "k", BODY, FIRST)

        assert keyed.recall("bob", "k", OTHER_BODY) is None

    def test_last_a_day(self, keyed: SqlLedger, clock: Clock) -> None:
        keyed.keep("alice", "k", BODY, FIRST)

        clock.time += timedelta(hours=24, microseconds=-1)
        assert keyed.recall("alice", "k", BODY) == FIRST

        clock.time += timedelta(microseconds=1)
        assert keyed.recall("alice", "k", OTHER_BODY) is None
        assert keyed.keep("alice", "k", OTHER_BODY, SECOND) == SECOND
        assert keyed.recall("alice", "k", OTHER_BODY) == SECOND

    @pytest.mark.parametrize("key", ["", "x" * 256, "a\nb", "\0", "\ud800"])
    def test_refuse_what_is_no_key(self, keyed: SqlLedger, key: str) -> None:
        with pytest.raises(InvalidRequestError, match="Idempotency-Key"):
            keyed.recall("alice", key, BODY)

    def test_leave_the_record_intact(
        self, keyed: SqlLedger, database: Database
    ) -> None:
        keyed.keep("alice", "k", BODY, FIRST)

        assert verify(database).is_intact
