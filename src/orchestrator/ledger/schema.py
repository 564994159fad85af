"""Which schema this version works with, and whether a database has it."""

from __future__ import annotations

from sqlalchemy import inspect, text

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.database import Database
from orchestrator.ledger.sqlite_file import SETTING
from orchestrator.ledger.urls import sqlite_path

REVISION = "0004"
"""The newest migration; named here so that workers need not load alembic to know."""

_VERSIONS = "alembic_version"


def check_schema(database: Database) -> str:
    """Return the revision of the schema, which is this version's.

    Raises
    ------
    LedgerUnavailableError
        If it cannot be read, or is another: the operator must upgrade.
    """
    path = sqlite_path(database.url)
    if path is not None and not path.exists():
        raise LedgerUnavailableError(
            f"there is no ledger where {SETTING} says: run `orchestrator db upgrade`"
        )
    found = _revision(database)
    if found != REVISION:
        raise LedgerUnavailableError(
            f"the ledger's schema is at {found or 'nothing'}, this version needs "
            f"{REVISION}: run `orchestrator db upgrade`"
        )
    return found


def _revision(database: Database) -> str | None:
    query = text("SELECT version_num FROM alembic_version")
    with database.read() as connection:
        if not inspect(connection).has_table(_VERSIONS):
            return None
        return connection.execute(query).scalar()
