"""The rows of ``keys``: each with a hash over its content, and free of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.bodies import Blob
from orchestrator.ledger.chain import content_hash
from orchestrator.ledger.statements import Statement
from orchestrator.ledger.tables import BLOBS, KEYS
from orchestrator.ledger.verification.findings import Alteration, Finding
from orchestrator.ledger.writing import insert

KEPT_FOR = timedelta(hours=24)

KeyRow = Row[tuple[Any, ...]]

_HASHED = (
    "time",
    "caller",
    "key",
    "body_sha256",
    "policies",
    "status",
    "headers",
    "answer_sha256",
)
_WRITTEN = (*_HASHED, "row_hash", "encoding", "body")
_INSERT = Statement.alike(
    KEYS.insert().inline().values({name: bindparam(name) for name in _WRITTEN})
)
# Text, not the table: a value of another type must be a finding, not an error.
_ALL = text("SELECT * FROM keys ORDER BY id")
_AT_ONCE = 1000


def append_key(connection: Connection, row: Mapping[str, object]) -> None:
    """Append a row with its hash."""
    row_hash = content_hash("keys", [row[name] for name in _HASHED])
    insert(connection, _INSERT, {**row, "row_hash": row_hash})


def check_key(row: KeyRow) -> None:
    """Return if `row` is what was written.

    Raises
    ------
    LedgerUnavailableError
        If it was changed.
    """
    if not _is_sound(row):
        raise LedgerUnavailableError(
            "the ledger is damaged: the row of this Idempotency-Key was changed; see "
            "`orchestrator ledger verify`"
        )


def key_findings(connection: Connection) -> Iterator[Finding]:
    """Yield the rows that were changed, and those that lost their answer."""
    for row in connection.execute(_ALL).yield_per(_AT_ONCE):
        if not _is_sound(row):
            yield _finding(row, Alteration.CHANGED, "is not what was written")
        if row.answer_sha256 is not None:
            yield from _body_findings(connection, row)


def key_body(connection: Connection, row: KeyRow) -> Blob | None:
    """Return the answer of a row: its own, or the body of a run; None if it is gone."""
    if row.body is not None:
        return Blob(sha256=row.answer_sha256, encoding=row.encoding, body=row.body)
    query = select(BLOBS).where(BLOBS.c.sha256 == row.answer_sha256)
    found = connection.execute(query).first()
    if found is None:
        return None
    return Blob(sha256=found.sha256, encoding=found.encoding, body=found.body)


def _is_sound(row: KeyRow) -> bool:
    try:
        content = [getattr(row, name) for name in _HASHED]
        return bool(content_hash("keys", content) == row.row_hash)
    except (TypeError, ValueError):  # a type or a text that no row was written with
        return False


def _body_findings(connection: Connection, row: KeyRow) -> Iterator[Finding]:
    try:
        blob = key_body(connection, row)
        if blob is not None:
            blob.content()
            return
    except ValueError:
        yield _finding(row, Alteration.CHANGED, "has another answer than was kept")
    else:
        yield _finding(row, Alteration.MISSING, "has lost its answer")


def _finding(row: KeyRow, alteration: Alteration, what: str) -> Finding:
    return Finding(
        sequence=None, alteration=alteration, detail=f"row {row.id} of 'keys' {what}"
    )
