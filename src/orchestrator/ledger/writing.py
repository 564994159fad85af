"""Appending: what one `record` writes, row by row, in the transaction it is given."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, text
from sqlalchemy.dialects import postgresql, sqlite

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.bodies import Blob
from orchestrator.ledger.chain import Link, content_hash
from orchestrator.ledger.statements import Statement
from orchestrator.ledger.tables import BLOBS, CHAIN, RUNS, TRIALS
from orchestrator.ledger.times import to_text
from orchestrator.ledger.trials import Standing
from orchestrator.ledger.values import Attempt, Ruling, RunKind, Trials

_INSERT_BLOB = Statement(
    sqlite=sqlite.insert(BLOBS).on_conflict_do_nothing(),
    postgresql=postgresql.insert(BLOBS).on_conflict_do_nothing(),
)
_OPTIONS = orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY
_INSERT_TRIAL = Statement.alike(TRIALS.insert())
_INSERT_RUN = Statement.alike(RUNS.insert())
_REMEMBER = text(
    "SELECT setval('chain_seen', "
    "greatest(CAST(:sequence AS bigint), (SELECT last_value FROM chain_seen)))"
)
_INSERT_LINK = Statement.alike(CHAIN.insert())


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """An attempt with what can be worked out before the record is locked."""

    attempt: Attempt
    request: Blob
    assumptions: str
    metrics: str

    @classmethod
    def of(cls, attempt: Attempt) -> Prepared:
        """Return `attempt` with its documents encoded."""
        return cls(
            attempt=attempt,
            request=Blob.of(attempt.request),
            assumptions=_json(attempt.assumptions),
            metrics=_json(attempt.metrics),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreseen:
    """A ruling under a count of trials, its answer packed for the record."""

    trials: Trials
    ruling: Ruling
    answer: Blob

    @classmethod
    def of(cls, trials: Trials, judge: Callable[[Trials], Ruling]) -> Foreseen:
        """Return what `judge` says of `trials`, packed."""
        ruling = judge(trials)
        return cls(trials=trials, ruling=ruling, answer=Blob.of(ruling.answer))


def append(
    connection: Connection,
    prepared: Prepared,
    standing: Standing,
    *,
    foreseen: Foreseen | None,
    time: datetime,
) -> None:
    """Append one trial and, if there is a ruling to record, its run."""
    _remember(connection, standing.sequence - 1)
    trial_row = _trial_row(prepared.attempt, standing, time)
    insert(connection, _INSERT_TRIAL, trial_row)
    run_hash = None
    if foreseen is not None:
        answer = foreseen.answer
        store(connection, prepared.request, answer)
        run_row = _run_row(
            prepared, standing, foreseen.ruling, answer=answer, time=time
        )
        insert(connection, _INSERT_RUN, run_row)
        run_hash = content_hash("runs", list(run_row.values())[1:])
    link = Link.after(
        standing.prev_hash,
        sequence=standing.sequence,
        trial_hash=content_hash("trials", list(trial_row.values())[1:]),
        run_hash=run_hash,
    )
    insert(
        connection,
        _INSERT_LINK,
        {
            "sequence": link.sequence,
            "trial_hash": link.trial_hash,
            "run_hash": link.run_hash,
            "prev_hash": link.prev_hash,
            "row_hash": link.row_hash,
        },
    )


def _remember(connection: Connection, sequence: int) -> None:
    # SQLite does so itself.  A sequence of PostgreSQL keeps what is rolled back too, so
    # it is told of a row once that is committed: when the next is written.
    if sequence and connection.dialect.name == "postgresql":
        connection.execute(_REMEMBER, {"sequence": sequence})


def insert(
    connection: Connection, statement: Statement, row: Mapping[str, object]
) -> None:
    """Insert one row, and make sure of it.

    Raises
    ------
    LedgerUnavailableError
        If the database left it out.
    """
    # A trigger or a rule may drop a row without an error.
    if statement.run(connection, row).rowcount != 1:
        raise LedgerUnavailableError("the ledger does not keep the rows it is given")


def store(connection: Connection, *blobs: Blob) -> None:
    """Store bodies that are not stored yet."""
    for blob in blobs:
        _INSERT_BLOB.run(
            connection,
            {"sha256": blob.sha256, "encoding": blob.encoding, "body": blob.body},
        )


# The two below list their columns in the order of the tables, as the hashes do.


def _trial_row(
    attempt: Attempt, standing: Standing, time: datetime
) -> dict[str, object]:
    return {
        "sequence": standing.sequence,
        "time": to_text(time),
        "caller": attempt.caller,
        "family": attempt.family,
        "fingerprint": attempt.fingerprint,
        "result": attempt.result,
        "sharpe": attempt.sharpe,
        "trials_caller": standing.trials.caller,
        "trials_everyone": standing.trials.everyone,
        "sharpe_count": standing.trials.sharpes,
        "sharpe_mean": standing.sharpe_mean,
        "sharpe_squares": standing.sharpe_squares,
    }


def _run_row(
    prepared: Prepared,
    standing: Standing,
    ruling: Ruling,
    *,
    answer: Blob,
    time: datetime,
) -> dict[str, object]:
    attempt = prepared.attempt
    return {
        "sequence": standing.sequence,
        "run_id": attempt.run_id,
        "time": to_text(time),
        "caller": attempt.caller,
        "kind": _kind(attempt, ruling),
        "source": attempt.source,
        "symbol": attempt.symbol,
        "strategy": attempt.strategy,
        "fingerprint": attempt.fingerprint,
        "data_sha256": attempt.data_sha256,
        "first_bar": to_text(attempt.first),
        "last_bar": to_text(attempt.last),
        "engine_version": attempt.engine_version,
        "assumptions": prepared.assumptions,
        "metrics": prepared.metrics,
        "verdict": ruling.verdict,
        "reasons": _json(ruling.reasons),
        "trials_caller": standing.trials.caller,
        "trials_everyone": standing.trials.everyone,
        "request_sha256": prepared.request.sha256,
        "answer_sha256": answer.sha256,
    }


def _kind(attempt: Attempt, ruling: Ruling) -> str:
    if attempt.re_look:
        return RunKind.RE_LOOK.value
    return RunKind.RUN.value if ruling.verdict is None else RunKind.DECISION.value


def _json(value: object) -> str:
    return orjson.dumps(value, option=_OPTIONS).decode()
