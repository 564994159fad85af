"""What an operator may set, read once from the environment by a door."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from importlib import resources
from pathlib import Path

MEBIBYTE = 1024 * 1024


class SettingsError(ValueError):
    """A variable of the environment has a value that breaks its rule."""


class DataServiceApi(StrEnum):
    """Which of its two published interfaces the data service speaks."""

    AUTO = "auto"
    WINDOW = "window"
    """``start_date``, ``end_date`` and ``limit`` up to 10,000; a list of rows."""
    DAYS = "days"
    """``days`` up to 365 and ``limit`` up to 1,000; ``{symbol, count, data}``."""


class LedgerMode(StrEnum):
    """Which runs the ledger records."""

    ALL = "all"
    DECISIONS = "decisions"
    OFF = "off"


def shipped_data_dir() -> Path:
    """Return the folder of example bars that qtos-core ships."""
    return Path(str(resources.files("qtos_core.examples"))) / "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Resolved settings; see docs/settings.md for each variable."""

    data_dir: Path = field(default_factory=shipped_data_dir)
    csv_cache_bytes: int = 256 * MEBIBYTE
    data_service_url: str | None = None
    data_service_api: DataServiceApi = DataServiceApi.AUTO
    data_service_connect_timeout: float = 3.0
    data_service_read_timeout: float = 10.0
    max_body_bytes: int = 8 * MEBIBYTE
    work_budget: float = 40.0
    uploads: bool = False
    database_url: str = "sqlite:///var/ledger.sqlite3"
    ledger: LedgerMode = LedgerMode.ALL
    policies: Path | None = None

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings of an environment; unset variables keep defaults.

        Raises
        ------
        SettingsError
            Naming the variable, its value and the rule it breaks.
        """
        raise NotImplementedError
