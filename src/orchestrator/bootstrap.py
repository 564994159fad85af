"""From settings to services: the one module that knows every concrete class."""

from __future__ import annotations

from functools import cache

from orchestrator.backtest_runner import engine_version
from orchestrator.gate import PolicyBook
from orchestrator.ledger.null import NullLedger
from orchestrator.ledger.opening import create_embedded, open_ledger
from orchestrator.loaders.base import BarLoader
from orchestrator.loaders.cache import ByteBoundedCache
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.files.uploads import Uploads
from orchestrator.loaders.inline import InlineLoader, LoadedLoader
from orchestrator.loaders.sources import open_sources
from orchestrator.schemas.backtest.request import request_schema
from orchestrator.services import Backtests, Data, Runs, Services
from orchestrator.services.readiness import (
    check_data_dir,
    check_engine,
    check_ledger,
)
from orchestrator.services.reports import Reports
from orchestrator.settings import Settings, SettingsError
from orchestrator.spec import DataSource, LoadedBars
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.turns import Turns

__all__ = ["build_services", "create_embedded", "services_over"]


def services_over(loaded: LoadedBars | None) -> Backtests:
    """Return the use case over bars that are in hand: nothing is recorded.

    Parameters
    ----------
    loaded : LoadedBars or None
        The bars of every run; None takes those of each query.
    """
    loader: BarLoader = InlineLoader(calendars=Calendars())
    if loaded is not None:
        loader = LoadedLoader(loaded)
    return Backtests(
        loaders={DataSource.INLINE.value: loader},
        ledger=NullLedger(),
        policies=_shipped_policies(),
        cache=ByteBoundedCache(0),
    )


@cache
def _shipped_policies() -> PolicyBook:
    return PolicyBook.load()


def build_services(settings: Settings) -> Services:
    """Return the services an operator's settings ask for.

    Raises
    ------
    SettingsError
        If the data folder is not there, or the ledger's URL is none a ledger can be
        at.
    PolicyFileError
        If the operator's policies break a rule.
    """
    if not settings.data_dir.is_dir():
        raise SettingsError(
            f"ORCHESTRATOR_DATA_DIR: {str(settings.data_dir)!r} is no folder; make it, "
            "or name another"
        )
    ledger = open_ledger(settings)
    policies = PolicyBook.load(settings.policies)
    loaders = open_sources(settings)
    turns = Turns()
    backtests = Backtests(
        loaders=loaders,
        ledger=ledger,
        policies=policies,
        cache=ByteBoundedCache(settings.answer_cache_bytes),
        turns=turns,
    )
    runs = Runs(ledger=ledger, backtests=backtests)
    return Services(
        backtests=backtests,
        runs=runs,
        reports=Reports(
            runs=runs, backtests=backtests, requests=request_schema(STRATEGIES)
        ),
        data=Data(loaders=loaders, uploads=Uploads.of(settings, turns)),
        policies=policies,
        ledger=ledger,
        checks=(
            check_engine(engine_version),
            check_data_dir(settings.data_dir),
            check_ledger(ledger),
        ),
        turns=turns,
    )
