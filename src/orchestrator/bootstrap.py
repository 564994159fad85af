"""From settings to services: the one module that knows every concrete class."""

from __future__ import annotations

from orchestrator.backtest_runner import engine_version
from orchestrator.gate import PolicyBook
from orchestrator.ledger.opening import create_embedded, open_ledger
from orchestrator.loaders.files.uploads import Uploads
from orchestrator.loaders.sources import open_sources
from orchestrator.services import Backtests, Data, Runs, Services
from orchestrator.services.prepared import PreparedCache
from orchestrator.services.readiness import (
    check_data_dir,
    check_engine,
    check_ledger,
)
from orchestrator.settings import Settings

__all__ = ["build_services", "create_embedded"]


def build_services(settings: Settings) -> Services:
    """Return the services an operator's settings ask for.

    Raises
    ------
    SettingsError
        If the ledger's URL is none a ledger can be at.
    PolicyFileError
        If the operator's policies break a rule.
    """
    ledger = open_ledger(settings)
    policies = PolicyBook.load(settings.policies)
    loaders = open_sources(settings)
    backtests = Backtests(
        loaders=loaders,
        ledger=ledger,
        policies=policies,
        cache=PreparedCache(settings.answer_cache_bytes),
    )
    return Services(
        backtests=backtests,
        runs=Runs(ledger=ledger, backtests=backtests),
        data=Data(loaders=loaders, uploads=Uploads.of(settings)),
        policies=policies,
        ledger=ledger,
        checks=(
            check_engine(engine_version),
            check_data_dir(settings.data_dir),
            check_ledger(ledger),
        ),
    )
