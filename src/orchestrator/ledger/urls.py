"""Where a ledger may be: a file of SQLite, or PostgreSQL."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from orchestrator.settings import SettingsError


def parse_url(text: str) -> URL:
    """Return the checked URL of a ledger, with its driver.

    Raises
    ------
    SettingsError
        If it is neither SQLite in a file nor PostgreSQL.
    """
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # the second of a port that is no number
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
