"""The file of a SQLite ledger: made once, opened often, and known again.

A connection goes on writing to the file it opened when that is removed or another is
put in its place: what it acknowledges then is nowhere.  So each connection knows the
device and inode it opened, and whoever writes compares them with those of the path.
The file is never opened by anything but SQLite, because a process that closes any
handle of a file loses all its locks on it (https://sqlite.org/howtocorrupt.html, 2.2).
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from orchestrator.errors import LedgerUnavailableError

BUSY_SECONDS = 5.0
SETTING = "ORCHESTRATOR_DATABASE_URL"


class FileConnection(sqlite3.Connection):
    """A connection that knows which file it opened."""

    identity: tuple[int, int] | None = None


def prepare_file(path: Path) -> None:
    """Create the file of a SQLite ledger, its folder too, with a write-ahead log.

    Raises
    ------
    LedgerUnavailableError
        If the file cannot be made or is no database.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with closing(file_opener(path, create=True)()) as connection:
            connection.execute("PRAGMA journal_mode=WAL")
    except (OSError, sqlite3.Error) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise LedgerUnavailableError(
            f"the ledger that {SETTING} names cannot be made: {reason}"
        ) from error


def file_opener(path: Path, *, create: bool) -> Callable[[], FileConnection]:
    """Return what opens a connection to the file at `path`."""
    # A worker must not make an empty file where the operator's ledger should be.
    mode = "rwc" if create else "rw"
    address = f"file:{quote(str(path))}?mode={mode}"

    def open_connection() -> FileConnection:
        before = file_identity(path)
        # isolation_level None: the driver starts no transaction, ours do.  The pool
        # lends a connection to one thread at a time.
        connection = sqlite3.connect(
            address,
            uri=True,
            timeout=BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
            factory=FileConnection,
        )
        connection.execute("PRAGMA synchronous=NORMAL")
        # A file that was swapped while it was opened is nobody's.
        after = file_identity(path)
        connection.identity = after if before in {None, after} else None
        return connection

    return open_connection


def file_identity(path: Path) -> tuple[int, int] | None:
    """Return device and inode of a file; None where there is none, or nothing in it."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return (found.st_dev, found.st_ino) if found.st_size else None


def is_at(path: Path, connection: Any) -> bool:
    """Return whether `connection` has the file open that is at `path` now."""
    found = file_identity(path)
    return found is not None and found == connection.identity
