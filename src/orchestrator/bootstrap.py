"""From settings to services: the one module that knows every concrete class."""

from __future__ import annotations

from orchestrator.backtest_runner import engine_version
from orchestrator.loaders.sources import open_sources
from orchestrator.services import Services
from orchestrator.services.readiness import check_data_dir, check_engine
from orchestrator.settings import Settings


def build_services(settings: Settings) -> Services:
    """Return the services an operator's settings ask for."""
    return Services(
        loaders=open_sources(settings),
        checks=(check_engine(engine_version), check_data_dir(settings.data_dir)),
    )
