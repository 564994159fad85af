"""The rows of ``keys``: chained to each other, but for those that are out of date.

A row has a hash over its content, and knows time and hash of the row before.  So rows
older than a day may be removed, oldest first, and only then: what follows a gap says
how young the row before it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, select, text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.bodies import Blob
from orchestrator.ledger.chain import GENESIS, content_hash
from orchestrator.ledger.statements import Statement
from orchestrator.ledger.tables import BLOBS, KEYS
from orchestrator.ledger.times import to_text
from orchestrator.ledger.verification.findings import Alteration, Finding
from orchestrator.ledger.writing import insert

KEPT_FOR = timedelta(hours=24)

KeyRow = Row[tuple[Any, ...]]

_HASHED = (
    "time",
    "caller",
    "key",
    "body_sha256",
    "status",
    "headers",
    "answer_sha256",
    "prev_time",
    "prev_hash",
)
_WRITTEN = (*_HASHED, "row_hash", "encoding", "body")
_INSERT = Statement.alike(
    KEYS.insert().inline().values({name: bindparam(name) for name in _WRITTEN})
)
_NEWEST = select(KEYS.c.time, KEYS.c.row_hash).order_by(KEYS.c.id.desc()).limit(1)
# Text, not the table: a value of another type must be a finding, not an error.
_ALL = text("SELECT * FROM keys ORDER BY id")
_AT_ONCE = 1000


def append_key(connection: Connection, row: Mapping[str, object]) -> None:
    """Append a row, tied to the one before; holds in a writing transaction only."""
    before = connection.execute(_NEWEST).first()
    linked = {
        **row,
        "prev_time": None if before is None else before.time,
        "prev_hash": GENESIS if before is None else before.row_hash,
    }
    linked["row_hash"] = content_hash("keys", [linked[name] for name in _HASHED])
    insert(connection, _INSERT, linked)


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


def key_findings(connection: Connection, now: datetime) -> Iterator[Finding]:
    """Yield what is wrong with the keys; rows out of date may be gone."""
    cutoff = to_text(now - KEPT_FOR)
    before: KeyRow | None = None
    rows = connection.execute(_ALL).yield_per(_AT_ONCE)
    for row in rows:
        if not _is_sound(row):
            yield _finding(row, Alteration.CHANGED, "is not what was written")
        elif not _follows(row, before, cutoff):
            yield _finding(
                row,
                Alteration.MISSING,
                "does not follow the row before it: one not yet out of date was "
                "removed, inserted or moved",
            )
        if row.answer_sha256 is not None:
            yield from _body_findings(connection, row)
        before = row


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


def _follows(row: KeyRow, before: KeyRow | None, cutoff: str) -> bool:
    if row.prev_hash == (GENESIS if before is None else before.row_hash):
        return True
    # What lay between was out of date, and so was all before it.
    expired = row.prev_time is not None and str(row.prev_time) <= cutoff
    return bool(expired and (before is None or str(before.time) <= cutoff))


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
