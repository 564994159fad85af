"""The registry of sources: which loader answers for which ``data_source``.

Three ship with the service.  More join through the entry point group
``qtos.loaders``: each entry point names a callable that takes the `Settings` and
returns a `BarLoader`, and its name becomes a ``data_source``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from orchestrator.errors import DataSourceNotConfiguredError
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.data_service.breaker import Breaker
from orchestrator.loaders.data_service.http import ServiceClient
from orchestrator.loaders.data_service.loader import DataServiceLoader
from orchestrator.loaders.data_service.pages import PriceService
from orchestrator.loaders.dataset import Clock, utc_now
from orchestrator.loaders.files.csv_file import CsvLoader
from orchestrator.loaders.files.upload_folders import UploadFolders
from orchestrator.loaders.inline import InlineLoader
from orchestrator.settings import Settings, SettingsError, shipped_data_dir
from orchestrator.spec import DataSource

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.base import BarLoader
    from orchestrator.spec import BarQuery, LoadedBars

GROUP = "qtos.loaders"
_NAME = re.compile(r"[a-z][a-z0-9_]{0,31}", re.ASCII)


class UnconfiguredDataService:
    """Stands where no data service is configured, and says so."""

    def load(self, query: BarQuery, deadline: Deadline) -> LoadedBars:  # noqa: ARG002
        """Refuse.

        Raises
        ------
        DataSourceNotConfiguredError
            Always.
        """
        raise DataSourceNotConfiguredError(
            "no data service is configured; the operator sets DATA_SERVICE_URL"
        )


def open_sources(
    settings: Settings, *, clock: Clock = utc_now
) -> Mapping[str, BarLoader]:
    """Return every source's loader by its ``data_source`` name.

    Raises
    ------
    SettingsError
        If an installed loader has a bad or taken name, or cannot be made.
    """
    calendars = Calendars()
    sources: dict[str, BarLoader] = {
        DataSource.CSV.value: CsvLoader(
            settings.data_dir,
            samples=shipped_data_dir() if settings.sample_data else None,
            cache_bytes=settings.csv_cache_bytes,
            calendars=calendars,
            uploads=UploadFolders(settings.data_dir, shared=settings.uploads_shared),
            clock=clock,
        ),
        DataSource.INLINE.value: InlineLoader(calendars=calendars, clock=clock),
        DataSource.DATA_SERVICE.value: _data_service(settings, calendars, clock),
    }
    for name, make in installed_sources().items():
        sources[name] = make(settings)
    return sources


def _data_service(settings: Settings, calendars: Calendars, clock: Clock) -> BarLoader:
    if settings.data_service_url is None:
        return UnconfiguredDataService()
    client = ServiceClient(
        settings.data_service_url,
        connect_timeout=settings.data_service_connect_timeout,
        read_timeout=settings.data_service_read_timeout,
    )
    service = PriceService(client, Breaker(), settings.data_service_api)
    return DataServiceLoader(service, calendars=calendars, clock=clock)


def source_names() -> tuple[str, ...]:
    """Return every ``data_source`` there is: the shipped ones, then the installed."""
    return (*(source.value for source in DataSource), *installed_sources())


def installed_sources() -> Mapping[str, Callable[[Settings], BarLoader]]:
    """Return the factories that other distributions have installed, by name.

    Raises
    ------
    SettingsError
        If a name breaks the rule, is taken twice, or its code cannot be loaded.
    """
    factories: dict[str, Callable[[Settings], BarLoader]] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: entry.name):
        if not _NAME.fullmatch(entry.name):
            raise SettingsError(
                f"entry point {entry.name!r} of {GROUP}: a name is {_NAME.pattern}"
            )
        if entry.name in factories or entry.name in set(DataSource):
            raise SettingsError(
                f"entry point {entry.name!r} of {GROUP}: the name is taken"
            )
        try:
            factories[entry.name] = entry.load()
        except (ImportError, AttributeError) as error:
            raise SettingsError(
                f"entry point {entry.name!r} of {GROUP} cannot be loaded: {error}"
            ) from error
    return factories
