"""Connections: one engine a process, made when first used, and two transactions.

SQLite keeps a write-ahead log, syncs it at checkpoints (``synchronous=NORMAL``) and
waits five seconds for another writer.  Writers take the one write lock as they begin:
a transaction that reads first and writes later fails at once when another got between
(1,711 of 3,993 did in our trial), with BEGIN IMMEDIATE none does.  PostgreSQL's
writers queue for an advisory lock, as each must see the link before its own.

The pool keeps a few connections open, because opening one costs more than a whole
append.  Writers of one process queue for a lock of its own before they compete with
other processes, so that many threads do not poll for one database lock.  An engine that
a fork brought along is dropped unused: its connections belong to the parent.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.sqlite_file import (
    BUSY_SECONDS,
    SETTING,
    file_opener,
    is_at,
)
from orchestrator.ledger.urls import parse_url, sqlite_path

_NAP_MS = 3
_POOL_SIZE = 5
_MAX_OVERFLOW = 10
_WRITES = "ledger_writes"
_LOCK_CLASS = 0x71746F73  # "qtos"
_LOCK = (
    f"SELECT set_config('lock_timeout', '{BUSY_SECONDS:.0f}s', true), "
    f"pg_advisory_xact_lock({_LOCK_CLASS}, hashtext(current_schema()))"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """What one process holds: its connections, and the turn of its writers."""

    pid: int
    engine: Engine
    writer: Engine
    writing: threading.Lock

    @classmethod
    def of(cls, engine: Engine) -> _Held:
        return cls(
            pid=os.getpid(),
            engine=engine,
            writer=engine.execution_options(**{_WRITES: True}),
            writing=threading.Lock(),
        )


class Database:
    """The engine of one URL in this process, whichever process this is."""

    def __init__(self, url: str, *, create: bool = False) -> None:
        self._url = parse_url(url)
        self._create = create
        self._lock = threading.Lock()
        self._held: _Held | None = None

    @property
    def url(self) -> URL:
        """The URL, with its driver."""
        return self._url

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection in a transaction that sees one state of the record."""
        held = self._hold()
        with _reported("read"), held.engine.connect() as connection:
            self._check_file(held, connection)
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the one writing connection; commit on leaving, or roll back."""
        held = self._hold()
        with (
            _turn(held.writing),
            _reported("written"),
            held.writer.begin() as connection,
        ):
            self._check_file(held, connection)
            yield connection
            self._check_file(held, connection)

    @contextmanager
    def probe(self) -> Iterator[Connection]:
        """Give the one writing connection, and roll back whatever it wrote."""
        held = self._hold()
        with (
            _turn(held.writing),
            _reported("written"),
            held.writer.connect() as connection,
            connection.begin() as transaction,
        ):
            self._check_file(held, connection)
            yield connection
            transaction.rollback()

    def close(self) -> None:
        """Close the connections of this process."""
        with self._lock:
            if self._held is not None and self._held.pid == os.getpid():
                self._held.engine.dispose()
            self._held = None

    def _check_file(self, held: _Held, connection: Connection) -> None:
        path = sqlite_path(self._url)
        if path is None or is_at(path, connection.connection.dbapi_connection):
            return
        with self._lock:
            if self._held is held:
                self._held = None
        held.engine.dispose()
        raise LedgerUnavailableError(
            f"the ledger that {SETTING} names is empty, or was removed or replaced "
            "while it was open; put it back, or run `orchestrator db upgrade`",
            retry_after=1.0,
        )

    def _hold(self) -> _Held:
        held = self._held
        if held is not None and held.pid == os.getpid():
            return held
        with self._lock:
            if self._held is None or self._held.pid != os.getpid():
                if self._held is not None:
                    self._held.engine.dispose(close=False)
                self._held = _Held.of(self._make_engine())
            return self._held

    def _make_engine(self) -> Engine:
        path = sqlite_path(self._url)
        options: dict[str, Any] = {
            "poolclass": QueuePool,
            "pool_size": _POOL_SIZE,
            "max_overflow": _MAX_OVERFLOW,
            "pool_timeout": BUSY_SECONDS,
        }
        if path is None:
            options |= {
                "pool_pre_ping": True,
                "isolation_level": "READ COMMITTED",
                "connect_args": {"connect_timeout": int(BUSY_SECONDS)},
            }
            engine = create_engine(self._url, **options)
            event.listen(engine, "begin", _begin_postgresql)
            return engine
        creator = file_opener(path, create=self._create)
        engine = create_engine(self._url, creator=creator, **options)
        event.listen(engine, "begin", _begin_sqlite)
        return engine


@contextmanager
def _reported(verb: str) -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error, psycopg.Error) as error:
        raise LedgerUnavailableError(
            f"the ledger cannot be {verb} now: try again later",
            retry_after=1.0,
        ) from error


@contextmanager
def _turn(lock: threading.Lock) -> Iterator[None]:
    if not lock.acquire(timeout=BUSY_SECONDS):
        raise LedgerUnavailableError(
            f"the ledger was busy for {BUSY_SECONDS:.0f} s; nothing was recorded, try "
            "again later",
            retry_after=1.0,
        )
    try:
        yield
    finally:
        lock.release()


def _begin_sqlite(connection: Connection) -> None:
    raw: Any = connection.connection.dbapi_connection
    if not connection.get_execution_options().get(_WRITES):
        raw.execute("BEGIN")
        return
    # SQLite's own patience doubles its naps up to 0.1 s, and whoever has waited longest
    # naps longest: some wait for seconds.  Short naps all through are fairer.
    raw.execute(f"PRAGMA busy_timeout={_NAP_MS}")
    try:
        _begin_immediate(raw, deadline=time.monotonic() + BUSY_SECONDS)
    finally:
        raw.execute(f"PRAGMA busy_timeout={BUSY_SECONDS * 1000:.0f}")


def _begin_immediate(raw: sqlite3.Connection, *, deadline: float) -> None:
    while True:
        try:
            raw.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            busy = error.sqlite_errorcode & 0xFF == sqlite3.SQLITE_BUSY
            if not busy or time.monotonic() >= deadline:
                raise
        else:
            return


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql(_LOCK)
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
