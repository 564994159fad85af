"""The ledger that an operator's settings ask for."""

from __future__ import annotations

from orchestrator.ledger.base import Ledger
from orchestrator.ledger.null import NullLedger
from orchestrator.ledger.sql import SqlLedger
from orchestrator.settings import LedgerMode, Settings


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
    )
