"""What an operator may set, read once from the environment by a door.

Each field of `Settings` names its variable; an empty variable counts as unset, and a
value that breaks its rule stops the start with a message that names all three.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from enum import StrEnum
from importlib import resources
from math import isfinite
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

MEBIBYTE = 1024 * 1024


class SettingsError(ValueError):
    """A variable of the environment has a value that breaks its rule."""


class DataServiceApi(StrEnum):
    """Which of its two published interfaces the data service speaks."""

    AUTO = "auto"
    """Found out from its first answer, and remembered."""
    WINDOW = "a"
    """``start_date``, ``end_date`` and ``limit`` up to 10,000; a list of rows."""
    DAYS = "b"
    """``days`` up to 365 and ``limit`` up to 1,000; ``{symbol, count, data}``."""


class LedgerMode(StrEnum):
    """Which runs the ledger records."""

    ALL = "all"
    DECISIONS = "decisions"
    OFF = "off"


def shipped_data_dir() -> Path:
    """Return the folder of example bars that qtos-core ships."""
    return Path(str(resources.files("qtos_core.examples"))) / "data"


def _bytes(text: str) -> int:
    value = int(text)
    if value < 0:
        raise ValueError
    return value


def _seconds(text: str) -> float:
    value = float(text)
    if not isfinite(value) or value <= 0.0:
        raise ValueError
    return value


def _switch(text: str) -> bool:
    return {"on": True, "off": False}[text.lower()]


def _base_url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError
    if parts.query or parts.fragment:
        raise ValueError
    return text.rstrip("/")


def _variable(
    name: str, parse: Callable[[str], object], rule: str, default: object
) -> Any:
    metadata = {"variable": name, "parse": parse, "rule": rule}
    if callable(default):
        return field(default_factory=default, metadata=metadata)
    return field(default=default, metadata=metadata)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Resolved settings; docs/settings.md explains each variable."""

    data_dir: Path = _variable(
        "ORCHESTRATOR_DATA_DIR", Path, "a folder", shipped_data_dir
    )
    csv_cache_bytes: int = _variable(
        "ORCHESTRATOR_CSV_CACHE_BYTES", _bytes, "a number of bytes", 128 * MEBIBYTE
    )
    answer_cache_bytes: int = _variable(
        "ORCHESTRATOR_ANSWER_CACHE_BYTES", _bytes, "a number of bytes", 64 * MEBIBYTE
    )
    data_service_url: str | None = _variable(
        "DATA_SERVICE_URL", _base_url, "an http or https base URL", None
    )
    data_service_api: DataServiceApi = _variable(
        "DATA_SERVICE_API", DataServiceApi, "auto, a or b", DataServiceApi.AUTO
    )
    data_service_connect_timeout: float = _variable(
        "DATA_SERVICE_CONNECT_TIMEOUT", _seconds, "seconds above 0", 3.0
    )
    data_service_read_timeout: float = _variable(
        "DATA_SERVICE_READ_TIMEOUT", _seconds, "seconds above 0", 10.0
    )
    max_body_bytes: int = _variable(
        "ORCHESTRATOR_MAX_BODY_BYTES", _bytes, "a number of bytes", 8 * MEBIBYTE
    )
    work_budget: float = _variable(
        "ORCHESTRATOR_WORK_BUDGET", _seconds, "seconds above 0", 40.0
    )
    uploads: bool = _variable("ORCHESTRATOR_UPLOADS", _switch, "on or off", False)
    uploads_shared: bool = _variable(
        "ORCHESTRATOR_UPLOADS_SHARED", _switch, "on or off", False
    )
    sample_data: bool = _variable(
        "ORCHESTRATOR_SAMPLE_DATA", _switch, "on or off", True
    )
    database_url: str = _variable(
        "ORCHESTRATOR_DATABASE_URL",
        str,
        "a database URL",
        "sqlite:///var/ledger.sqlite3",
    )
    ledger: LedgerMode = _variable(
        "ORCHESTRATOR_LEDGER", LedgerMode, "all, decisions or off", LedgerMode.ALL
    )
    policies: Path | None = _variable(
        "ORCHESTRATOR_POLICIES", Path, "a TOML file", None
    )

    @classmethod
    def from_environ(cls, environ: Mapping[str, str]) -> Settings:
        """Return the settings of an environment; unset variables keep defaults.

        Raises
        ------
        SettingsError
            Naming the variable, its value and the rule it breaks.
        """
        values: dict[str, Any] = {}
        for item in fields(cls):
            name = item.metadata["variable"]
            text = environ.get(name, "").strip()
            if not text:
                continue
            try:
                values[item.name] = item.metadata["parse"](text)
            except (ValueError, KeyError):
                rule = item.metadata["rule"]
                raise SettingsError(f"{name}={masked(text)!r} is not {rule}") from None
        return cls(**values)


def masked(text: str) -> str:
    """Return a setting without what may be secret: user, password and query of a URL.

    Examples
    --------
    >>> masked("postgresql://desk:secret@db/ledger?sslpassword=secret")
    'postgresql://***@db/ledger?***'
    """
    head, slashes, rest = text.partition("//")
    if not slashes:
        head, rest = "", text
    before, at, after = rest.rpartition("@")
    rest, question, _ = (after if at else before + after).partition("?")
    return f"{head}{slashes}{'***@' if at else ''}{rest}{'?***' if question else ''}"
