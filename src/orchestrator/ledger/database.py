"""Connections: one engine a process, made when first used, and two transactions.

SQLite keeps a write-ahead log, syncs it at checkpoints (``synchronous=NORMAL``) and
waits five seconds for another writer.  Writers take the one write lock as they begin:
a transaction that reads first and writes later fails at once when another got between
(1,711 of 3,993 did in our trial), with BEGIN IMMEDIATE none does.  PostgreSQL's
writers queue for an advisory lock, as each must see the link before its own.

The pool keeps a few connections open, because opening one costs more than a whole
append.  An engine that a fork brought along is dropped unused: its connections belong
to the parent.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from orchestrator.errors import LedgerUnavailableError
from orchestrator.settings import SettingsError

BUSY_SECONDS = 5.0
_POOL_SIZE = 5
_MAX_OVERFLOW = 30
_WRITES = "ledger_writes"
_LOCK_CLASS = 0x71746F73  # "qtos"
_LOCK = (
    f"SELECT set_config('lock_timeout', '{BUSY_SECONDS:.0f}s', true), "
    f"pg_advisory_xact_lock({_LOCK_CLASS}, hashtext(current_schema()))"
)


def parse_url(text: str) -> URL:
    """Return the checked URL of a ledger, with its driver.

    Raises
    ------
    SettingsError
        If it is neither SQLite in a file nor PostgreSQL.
    """
    try:
        url = make_url(text)
    except ArgumentError:
        raise SettingsError(
            "ORCHESTRATOR_DATABASE_URL is not a URL such as "
            "sqlite:///var/ledger.sqlite3 or postgresql://user@host/name"
        ) from None
    if url.get_backend_name() in {"postgresql", "postgres"}:
        return url.set(drivername="postgresql+psycopg")
    if url.get_backend_name() != "sqlite" or url.query:
        raise SettingsError(
            f"ORCHESTRATOR_DATABASE_URL: {url.get_backend_name()!r} with these options "
            "is not supported, use sqlite:///path or postgresql://"
        )
    if url.database in {None, "", ":memory:"}:
        raise SettingsError(
            "ORCHESTRATOR_DATABASE_URL: a ledger in memory would be forgotten, give a "
            "file as in sqlite:///var/ledger.sqlite3, or set ORCHESTRATOR_LEDGER=off"
        )
    return url.set(drivername="sqlite")


def sqlite_path(url: URL) -> Path | None:
    """Return the file of a SQLite ledger; None for PostgreSQL."""
    if url.get_backend_name() != "sqlite" or url.database is None:
        return None
    return Path(url.database)


def prepare_file(path: Path) -> None:
    """Create the file of a SQLite ledger, its folder too, with a write-ahead log.

    Raises
    ------
    LedgerUnavailableError
        If the file cannot be made or is no database.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(_sqlite_opener(path, create=True)()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except (OSError, sqlite3.Error) as error:
        raise LedgerUnavailableError(
            f"the ledger {path} cannot be made: {error}"
        ) from error


class Database:
    """The engine of one URL in this process, whichever process this is."""

    def __init__(self, url: str, *, create: bool = False) -> None:
        self._url = parse_url(url)
        self._create = create
        self._lock = threading.Lock()
        self._engine: Engine | None = None
        self._pid = -1

    @property
    def url(self) -> URL:
        """The URL, with its driver."""
        return self._url

    def engine(self) -> Engine:
        """Return this process's engine."""
        if self._engine is not None and self._pid == os.getpid():
            return self._engine
        with self._lock:
            if self._engine is None or self._pid != os.getpid():
                if self._engine is not None:
                    self._engine.dispose(close=False)
                self._engine = self._make_engine()
                self._pid = os.getpid()
            return self._engine

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection in a transaction that sees one state of the record."""
        with _reported("read"), self.engine().connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give the one writing connection; commit on leaving, or roll back."""
        with _reported("written"):
            writer = self.engine().execution_options(**{_WRITES: True})
            with writer.begin() as connection:
                yield connection

    def close(self) -> None:
        """Close the connections of this process."""
        with self._lock:
            if self._engine is not None and self._pid == os.getpid():
                self._engine.dispose()
            self._engine = None

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
        creator = _sqlite_opener(path, create=self._create)
        engine = create_engine(self._url, creator=creator, **options)
        event.listen(engine, "begin", _begin_sqlite)
        return engine


@contextmanager
def _reported(verb: str) -> Iterator[None]:
    try:
        yield
    except SQLAlchemyError as error:
        raise LedgerUnavailableError(
            f"the ledger cannot be {verb} now; nothing was recorded, try again later",
            retry_after=1.0,
        ) from error


def _sqlite_opener(path: Path, *, create: bool) -> Callable[[], sqlite3.Connection]:
    # A worker must not make an empty file where the operator's ledger should be.
    mode = "rwc" if create else "rw"
    address = f"file:{quote(str(path))}?mode={mode}"

    def open_connection() -> sqlite3.Connection:
        # isolation_level None: the driver starts no transaction, ours do.  The pool
        # lends a connection to one thread at a time.
        connection = sqlite3.connect(
            address,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    return open_connection


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql(_LOCK)
    else:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
