"""Reading the whole record as it lies, without trusting any of it."""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from sqlalchemy import Connection, Select, Table, except_, func, select, text

from orchestrator.ledger.bodies import Blob
from orchestrator.ledger.chain import Link
from orchestrator.ledger.tables import BLOBS, CHAIN, RUNS, TRIALS
from orchestrator.ledger.verification.findings import (
    Alteration,
    Finding,
    Record,
    Values,
)

_AT_ONCE = 1000
_HIGHEST = {
    "sqlite": text("SELECT max(seq) FROM sqlite_sequence WHERE name = 'chain'"),
    "postgresql": text("SELECT last_value FROM chain_seen WHERE is_called"),
}


def records(connection: Connection) -> Iterator[Record]:
    """Yield what each sequence has in the three tables, in order."""
    streams = [_rows(connection, table) for table in (CHAIN, TRIALS, RUNS)]
    merged = heapq.merge(*streams, key=itemgetter(0))
    for sequence, parts in groupby(merged, key=itemgetter(0)):
        yield Record.of(sequence, {table: part for _, table, part in parts})


def last_sequence(connection: Connection) -> int:
    """Return the sequence of the newest link, 0 if there is none."""
    return connection.execute(select(func.max(CHAIN.c.sequence))).scalar() or 0


def highest_remembered(connection: Connection) -> int:
    """Return the highest sequence the database remembers of the chain, 0 if none.

    SQLite notes it as rows are inserted, PostgreSQL as the next one is; both keep it as
    rows are removed.  PostgreSQL's is no part of a transaction: read it before one.
    """
    query = _HIGHEST[connection.dialect.name]
    return connection.execute(query).scalar() or 0


def body_findings(connection: Connection) -> Iterator[Finding]:
    """Yield what is wrong with the bodies: changed, missing, or of no row."""
    # Text, not the table: a body of another type must be a finding, not an error.
    query = text("SELECT sha256, encoding, body FROM blobs")
    for row in connection.execute(query).yield_per(_AT_ONCE):
        try:
            Blob(sha256=row.sha256, encoding=row.encoding, body=row.body).content()
        except ValueError as error:
            yield from _blame(connection, row.sha256, str(error))
    for column in (RUNS.c.request_sha256, RUNS.c.answer_sha256):
        missing = (
            select(RUNS.c.sequence, column)
            .outerjoin(BLOBS, BLOBS.c.sha256 == column)
            .where(BLOBS.c.sha256.is_(None))
        )
        for sequence, sha256 in connection.execute(missing):
            yield Finding(
                sequence=sequence,
                alteration=Alteration.MISSING,
                detail=f"its body {sha256} is gone",
            )
    for (sha256,) in connection.execute(_ORPHANS):
        yield Finding(
            sequence=None,
            alteration=Alteration.MISSING,
            detail=f"the row that body {sha256} was stored for is gone",
        )


def _rows(
    connection: Connection, table: Table
) -> Iterator[tuple[int, str, Values | Link]]:
    query: Select[tuple[object, ...]] = select(table).order_by(table.c.sequence)
    for row in connection.execute(query).yield_per(_AT_ONCE):
        part = Link(**row._mapping) if table is CHAIN else row
        yield row.sequence, table.name, part


def _blame(connection: Connection, sha256: str, detail: str) -> Iterator[Finding]:
    query = select(RUNS.c.sequence).where(
        (RUNS.c.request_sha256 == sha256) | (RUNS.c.answer_sha256 == sha256)
    )
    sequences = [*connection.execute(query.limit(10)).scalars()]
    for sequence in sequences or [None]:
        yield Finding(sequence=sequence, alteration=Alteration.CHANGED, detail=detail)


_ORPHANS = except_(
    select(BLOBS.c.sha256),
    select(RUNS.c.request_sha256)
    .union(select(RUNS.c.answer_sha256))
    .subquery()
    .select(),
)
