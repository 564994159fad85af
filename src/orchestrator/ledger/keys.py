"""Answers kept under idempotency keys for a day, and who is working on one.

A key belongs to its caller.  Before a request runs, its key is claimed for its body, so
that another body under the same key is refused before it runs; the claim holds for as
long as an answer may take, and leaves with nothing if none comes.  An older row is
simply not found any more, and its key may be used again.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Never

import orjson
from sqlalchemy import Connection, select, text

from orchestrator.errors import (
    IdempotencyConflictError,
    LedgerUnavailableError,
)
from orchestrator.ledger.bodies import Blob
from orchestrator.ledger.keyrows import (
    KEPT_FOR,
    KeyRow,
    append_key,
    check_key,
    key_body,
)
from orchestrator.ledger.tables import BLOBS
from orchestrator.ledger.times import to_text
from orchestrator.ledger.values import KeyedAnswer, KeyedRequest

# Text, not the table: a value of another type must be a finding, not an error.
_QUERY = text(
    "SELECT * FROM keys WHERE caller = :caller AND key = :key AND time > :since "
    "ORDER BY time, id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known of a key: its answer, or that its body claimed it."""

    answer: KeyedAnswer | None = None
    claimed: bool = False


def find(
    connection: Connection,
    asked: KeyedRequest,
    now: datetime,
    *,
    claimed_for: timedelta,
) -> Found:
    """Return the first answer under the key that is not out of date, or its claim.

    An answer by other policies is none: the request is judged anew.

    Raises
    ------
    IdempotencyConflictError
        If it answers another body, or another body claimed it.
    """
    answered = _answered(connection, asked, now)
    if answered is not None:
        return Found(answer=answered)
    since = to_text(now - claimed_for)
    claims = [
        row
        for row in _rows(connection, asked, now)
        if row.time > since and row.status is None
    ]
    if claims and claims[0].body_sha256 != asked.body_sha256:
        _refuse(asked)
    return Found(claimed=bool(claims))


def claim(connection: Connection, asked: KeyedRequest, now: datetime) -> None:
    """Claim the key for the body that is asked with it."""
    append_key(connection, _row(asked, now))


def find_or_insert(
    connection: Connection, asked: KeyedRequest, answer: KeyedAnswer, now: datetime
) -> KeyedAnswer:
    """Return the answer under the key, having put `answer` there if none was."""
    found = _answered(connection, asked, now)
    if found is not None:
        return found
    blob = Blob.of(answer.body)
    # The body of a run is stored already; another one leaves together with its row.
    query = select(BLOBS.c.sha256).where(BLOBS.c.sha256 == blob.sha256)
    stored = connection.execute(query).first() is not None
    append_key(
        connection,
        {
            **_row(asked, now),
            "status": answer.status,
            "headers": orjson.dumps(dict(answer.headers)).decode(),
            "answer_sha256": blob.sha256,
            "encoding": None if stored else blob.encoding,
            "body": None if stored else blob.body,
        },
    )
    return answer


def _answered(
    connection: Connection, asked: KeyedRequest, now: datetime
) -> KeyedAnswer | None:
    rows = [row for row in _rows(connection, asked, now) if row.status is not None]
    if any(row.body_sha256 != asked.body_sha256 for row in rows):
        _refuse(asked)
    row = next((row for row in rows if row.policies == asked.policies), None)
    if row is None:
        return None
    return KeyedAnswer(
        status=row.status,
        body=_content(connection, row),
        headers=orjson.loads(row.headers),
    )


def _rows(
    connection: Connection, asked: KeyedRequest, now: datetime
) -> Iterator[KeyRow]:
    since = to_text(now - KEPT_FOR)
    values = {"caller": asked.caller, "key": asked.key, "since": since}
    rows = connection.execute(_QUERY, values)
    for row in rows:
        check_key(row)
        yield row


def _content(connection: Connection, row: KeyRow) -> bytes:
    blob = key_body(connection, row)
    try:
        if blob is not None:
            return blob.content()
    except ValueError:
        pass
    raise LedgerUnavailableError(
        "the ledger is damaged: the answer of this Idempotency-Key is not what was "
        "kept; see `orchestrator ledger verify`"
    )


def _row(asked: KeyedRequest, now: datetime) -> dict[str, object]:
    return {
        "time": to_text(now),
        "caller": asked.caller,
        "key": asked.key,
        "body_sha256": asked.body_sha256,
        "policies": asked.policies,
        "status": None,
        "headers": None,
        "answer_sha256": None,
        "encoding": None,
        "body": None,
    }


def _refuse(asked: KeyedRequest) -> Never:
    raise IdempotencyConflictError(
        f"Idempotency-Key {asked.key!r} was used with another body in the last 24 "
        "hours; use a new key for a new request"
    )
