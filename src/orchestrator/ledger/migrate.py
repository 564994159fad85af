"""The schema: brought up to date once, by an operator's command, never by a worker."""

from __future__ import annotations

import io
from importlib import resources

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.util import CommandError
from sqlalchemy import Connection

from orchestrator.ledger.database import Database
from orchestrator.ledger.sqlite_file import prepare_file
from orchestrator.ledger.urls import sqlite_path


def upgrade(url: str) -> str:
    """Create the ledger at `url`, or bring it up to date; return its revision.

    Two at once are safe: the second waits and finds nothing left to do.

    Raises
    ------
    LedgerUnavailableError
        If the database cannot be reached or written.
    SettingsError
        If `url` is none a ledger can be at.
    """
    database = Database(url, create=True)
    path = sqlite_path(database.url)
    try:
        if path is not None:
            prepare_file(path)
        with database.write() as connection:
            command.upgrade(_config(connection), "head")
            return _revision(connection) or ""
    finally:
        database.close()


def drift(url: str) -> str | None:
    """Return how the schema at `url` differs from the tables in code; None if not."""
    database = Database(url)
    try:
        with database.read() as connection:
            command.check(_config(connection))
    except CommandError as error:
        return str(error)
    finally:
        database.close()
    return None


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _config(connection: Connection | None) -> Config:
    # Alembic prints to `stdout`; what it has to say is returned or raised here.
    config = Config(stdout=io.StringIO())
    folder = resources.files("orchestrator.ledger") / "migrations"
    config.set_main_option("script_location", str(folder).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
