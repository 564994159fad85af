"""The ledger that an operator's settings ask for."""

from __future__ import annotations

from datetime import timedelta

from orchestrator.ledger.base import Ledger
from orchestrator.ledger.null import NullLedger
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.urls import parse_url, sqlite_path
from orchestrator.settings import LedgerMode, Settings

_DAY = 86_400.0
_MARGIN = 20.0  # an answer is recorded and sent after its work is done


def open_ledger(settings: Settings) -> Ledger:
    """Return the ledger; it connects when it is first used, not before.

    Raises
    ------
    SettingsError
        If the database's URL is none a ledger can be at.
    """
    if settings.ledger is LedgerMode.OFF:
        return NullLedger()
    return SqlLedger(
        settings.database_url,
        decisions_only=settings.ledger is LedgerMode.DECISIONS,
        claimed_for=timedelta(seconds=min(settings.work_budget, _DAY) + _MARGIN),
    )


def create_embedded(settings: Settings) -> None:
    """Create the embedded ledger where there is none yet.

    A file of SQLite that exists, and any PostgreSQL, is the operator's: it is brought
    up to date by ``orchestrator db upgrade`` alone.

    Raises
    ------
    LedgerUnavailableError
        If it cannot be written.
    SettingsError
        If the settings' URL is none a ledger can be at.
    """
    if settings.ledger is LedgerMode.OFF:
        return
    path = sqlite_path(parse_url(settings.database_url))
    if path is None or path.exists():
        return
    # Alembic takes longer to load than all the rest of a worker's ledger.
    from orchestrator.ledger.migrate import upgrade  # noqa: PLC0415

    upgrade(settings.database_url)
