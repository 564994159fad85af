"""A file of bars by its path: how it is read, and written plainly."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from orchestrator.bootstrap import build_services
from orchestrator.cli.failures import MistypedError
from orchestrator.deadline import Deadline
from orchestrator.loaders.files.plain_csv import plain_csv
from orchestrator.schemas.answers import dump
from orchestrator.services import Services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.spec import DEFAULT_SYMBOL, BarQuery

_SECONDS = 120.0


def detail_of(file: Path, **reading: Any) -> dict[str, Any]:
    """Return how a file was read, and what was found in it."""
    services, query = _opened(file, **reading)
    detail = services.data.detail(query, Deadline.after(_SECONDS))
    found: dict[str, Any] = orjson.loads(
        orjson.dumps(dump(detail), option=orjson.OPT_UTC_Z)
    )
    return found


def plain_csv_of(file: Path, **reading: Any) -> tuple[bytes, int]:
    """Return a file's bars as plain CSV, and how many there are."""
    services, query = _opened(file, **reading)
    loader = services.backtests.loaders[query.source]
    bars = loader.load(query, Deadline.after(_SECONDS)).bars
    return plain_csv(bars), len(bars)


def _opened(
    file: Path,
    *,
    symbol: str | None,
    columns: Sequence[str],
    timezone: str | None,
    date_format: str | None,
) -> tuple[Services, BarQuery]:
    settings = Settings(data_dir=file.resolve().parent, ledger=LedgerMode.OFF)
    query = BarQuery(
        symbol=(symbol or DEFAULT_SYMBOL).upper(),
        csv_path=file.name,
        columns=_named(columns),
        timezone=timezone,
        date_format=date_format,
    )
    return build_services(settings), query


def _named(columns: Sequence[str]) -> tuple[tuple[str, str], ...] | None:
    pairs = [text.partition("=") for text in columns]
    if not all(name and equals and header for name, equals, header in pairs):
        raise MistypedError("--column takes NAME=HEADER, such as close=Px")
    return tuple((name, header) for name, _, header in pairs) or None
