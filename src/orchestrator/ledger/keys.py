"""Answers kept under idempotency keys for a day.

A key belongs to its caller.  Rows are appended and never removed: an older one is
simply not found any more, and its key may be used again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Connection, select

from orchestrator.errors import IdempotencyConflictError, InvalidRequestError
from orchestrator.ledger.bodies import Blob
from orchestrator.ledger.reading import read_body
from orchestrator.ledger.tables import KEYS
from orchestrator.ledger.times import to_text
from orchestrator.ledger.values import KeyedAnswer
from orchestrator.ledger.writing import store

KEPT_FOR = timedelta(hours=24)
MAX_KEY = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A request that came with a key: whose, which, with what body, and when."""

    caller: str
    key: str
    body_sha256: str
    time: datetime

    def __post_init__(self) -> None:
        if not 0 < len(self.key) <= MAX_KEY or not self.key.isprintable():
            raise InvalidRequestError(
                f"Idempotency-Key must be 1 to {MAX_KEY} printable characters"
            )


def find(connection: Connection, asked: Asked) -> KeyedAnswer | None:
    """Return the oldest answer under the key that is not out of date.

    Raises
    ------
    IdempotencyConflictError
        If it answers another body.
    """
    row = connection.execute(
        select(KEYS)
        .where(
            KEYS.c.caller == asked.caller,
            KEYS.c.key == asked.key,
            KEYS.c.time > to_text(asked.time - KEPT_FOR),
        )
        .order_by(KEYS.c.time, KEYS.c.id)
        .limit(1)
    ).first()
    if row is None:
        return None
    if row.body_sha256 != asked.body_sha256:
        raise IdempotencyConflictError(
            f"Idempotency-Key {asked.key!r} was used with another body in the last 24 "
            "hours; use a new key for a new request"
        )
    return KeyedAnswer(
        status=row.status,
        body=read_body(connection, row.answer_sha256),
        headers=orjson.loads(row.headers),
    )


def find_or_insert(
    connection: Connection, asked: Asked, answer: KeyedAnswer
) -> KeyedAnswer:
    """Return the answer under the key, having put `answer` there if none was."""
    found = find(connection, asked)
    if found is not None:
        return found
    blob = Blob.of(answer.body)
    store(connection, blob)
    connection.execute(
        KEYS.insert(),
        {
            "time": to_text(asked.time),
            "caller": asked.caller,
            "key": asked.key,
            "body_sha256": asked.body_sha256,
            "status": answer.status,
            "headers": orjson.dumps(dict(answer.headers)).decode(),
            "answer_sha256": blob.sha256,
        },
    )
    return answer
