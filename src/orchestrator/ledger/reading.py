"""Reading the rows back as values."""

from __future__ import annotations

from collections.abc import Iterator

import orjson
from sqlalchemy import ColumnElement, Connection, Row, select

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.bodies import Blob
from orchestrator.ledger.tables import BLOBS, RUNS
from orchestrator.ledger.times import to_instant, to_text
from orchestrator.ledger.values import RunFilter, RunKind, RunSummary, StoredRun

_Rows = Row[tuple[object, ...]]


def newest_run(
    connection: Connection, run_id: str, caller: str | None
) -> StoredRun | None:
    """Return the newest row of `run_id`, of `caller` if given."""
    query = select(RUNS).where(RUNS.c.run_id == run_id)
    if caller is not None:
        query = query.where(RUNS.c.caller == caller)
    row = connection.execute(query.order_by(RUNS.c.sequence.desc()).limit(1)).first()
    if row is None:
        return None
    return StoredRun(
        summary=_summary(row),
        fingerprint=row.fingerprint,
        assumptions=orjson.loads(row.assumptions),
        request=read_body(connection, row.request_sha256),
        answer=read_body(connection, row.answer_sha256),
    )


def runs_before(
    connection: Connection, filters: RunFilter, *, before: int | None, limit: int
) -> tuple[RunSummary, ...]:
    """Return at most `limit` rows that pass, newest first."""
    query = select(RUNS).where(*_conditions(filters))
    if before is not None:
        query = query.where(RUNS.c.sequence < before)
    rows = connection.execute(query.order_by(RUNS.c.sequence.desc()).limit(limit))
    return tuple(_summary(row) for row in rows)


def runs_after(
    connection: Connection, filters: RunFilter, *, after: int, limit: int
) -> tuple[RunSummary, ...]:
    """Return at most `limit` rows that pass, oldest first."""
    query = select(RUNS).where(*_conditions(filters), RUNS.c.sequence > after)
    rows = connection.execute(query.order_by(RUNS.c.sequence).limit(limit))
    return tuple(_summary(row) for row in rows)


def read_body(connection: Connection, sha256: str) -> bytes:
    """Return the body stored under `sha256`.

    Raises
    ------
    LedgerUnavailableError
        If it is missing or was changed.
    """
    row = connection.execute(select(BLOBS).where(BLOBS.c.sha256 == sha256)).first()
    if row is None:
        raise _damage(f"body {sha256} is missing")
    try:
        return Blob(sha256=row.sha256, encoding=row.encoding, body=row.body).content()
    except ValueError as error:
        raise _damage(str(error)) from error


def _damage(what: str) -> LedgerUnavailableError:
    return LedgerUnavailableError(
        f"the ledger is damaged: {what}; see `orchestrator ledger verify`"
    )


def _conditions(filters: RunFilter) -> Iterator[ColumnElement[bool]]:
    for name in ("symbol", "strategy", "verdict", "caller"):
        value = getattr(filters, name)
        if value is not None:
            yield RUNS.c[name] == value
    if filters.since is not None:
        yield RUNS.c.time >= to_text(filters.since)
    if filters.until is not None:
        yield RUNS.c.time < to_text(filters.until)


def _summary(row: _Rows) -> RunSummary:
    return RunSummary(
        sequence=row.sequence,
        run_id=row.run_id,
        time=to_instant(row.time),
        caller=row.caller,
        kind=RunKind(row.kind),
        source=row.source,
        symbol=row.symbol,
        strategy=row.strategy,
        first=to_instant(row.first_bar),
        last=to_instant(row.last_bar),
        data_sha256=row.data_sha256,
        engine_version=row.engine_version,
        verdict=row.verdict,
        reasons=tuple(orjson.loads(row.reasons)),
        trials=row.trials_caller,
        trials_everyone=row.trials_everyone,
        metrics=orjson.loads(row.metrics),
    )
