"""Can the record be written?  A row for every table, all of them taken back.

A disk that is full shows itself only when something is committed, so one row that is
no part of the record is.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from sqlalchemy import delete

from orchestrator.ledger import keys
from orchestrator.ledger.database import Database
from orchestrator.ledger.statements import Statement
from orchestrator.ledger.tables import PROBES
from orchestrator.ledger.times import to_text
from orchestrator.ledger.trials import stand
from orchestrator.ledger.urls import sqlite_path
from orchestrator.ledger.values import Attempt, KeyedAnswer, KeyedRequest, Ruling
from orchestrator.ledger.writing import Foreseen, Prepared, append, insert

_FILLER = 32 * 1024
_INSERT_PROBE = Statement.alike(PROBES.insert())


def try_writing(database: Database, time: datetime) -> None:
    """Return if a run and a key could be recorded; neither is.

    Raises
    ------
    LedgerUnavailableError
        If one could not.
    """
    # No row has it, so that nothing is found and every insert is a real one.
    name = secrets.token_hex(32)
    attempt = _attempt(name, time)
    prepared = Prepared.of(attempt)
    answer = KeyedAnswer(status=200, body=f"answer {name}".encode())
    asked = KeyedRequest(caller=name, key=name, body_sha256=name)
    with _fresh(database) as opened, opened.probe() as connection:
        standing = stand(connection, attempt)
        ruling = Ruling(answer=answer.body, verdict="pass")
        foreseen = Foreseen.of(standing.trials, lambda _: ruling)
        append(connection, prepared, standing, foreseen=foreseen, time=time)
        keys.find_or_insert(connection, asked, answer, time)


def commit_probe(database: Database, time: datetime) -> None:
    """Return if something as long as a decision can be committed.

    Raises
    ------
    LedgerUnavailableError
        If it cannot.
    """
    row = {"id": 1, "time": to_text(time), "filler": secrets.token_bytes(_FILLER)}
    with _fresh(database) as opened, opened.write() as connection:
        connection.execute(delete(PROBES))
        insert(connection, _INSERT_PROBE, row)


@contextmanager
def _fresh(database: Database) -> Iterator[Database]:
    # A connection to a file may know its pages by heart while they are garbage.
    if sqlite_path(database.url) is None:
        yield database
        return
    opened = Database(database.url.render_as_string(hide_password=False))
    try:
        yield opened
    finally:
        opened.close()


def _attempt(name: str, time: datetime) -> Attempt:
    return Attempt(
        run_id=name,
        caller=name,
        source="check",
        symbol="CHECK",
        strategy="check",
        fingerprint=name,
        result=name,
        sharpe=0.0,
        request=f"request {name}".encode(),
        assumptions={},
        metrics={},
        data_sha256=name,
        first=time,
        last=time,
        engine_version="check",
    )
