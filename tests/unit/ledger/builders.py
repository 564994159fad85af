"""Ledgers of one test each, and attempts to put in them."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest

from orchestrator.ledger.migrate import upgrade
from orchestrator.ledger.values import Attempt, Ruling, Trials

BACKENDS = ("sqlite", "postgresql")
START = datetime(2020, 1, 2, tzinfo=UTC)
END = datetime(2020, 12, 31, tzinfo=UTC)
NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
ANSWER = b'{"status":"ok"}'


@contextmanager
def empty_database(backend: str, folder: Path) -> Iterator[str]:
    """Give the URL of a database without tables, and leave nothing of it."""
    if backend == "sqlite":
        yield f"sqlite:///{folder}/var/ledger.sqlite3"
        return
    server = os.environ.get("TEST_DATABASE_URL")
    if not server:
        pytest.skip("TEST_DATABASE_URL names no PostgreSQL to test with")
    schema = f"ledger_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            yield f"{server}?options=-csearch_path%3D{schema}"
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


@contextmanager
def fresh_ledger(backend: str, folder: Path) -> Iterator[str]:
    """Give the URL of a ledger with tables and no rows."""
    with empty_database(backend, folder) as url:
        upgrade(url)
        yield url


def attempt(name: str = "a", **changes: Any) -> Attempt:
    """Return an attempt whose result is a digest of `name`."""
    values: dict[str, Any] = {
        "run_id": hashlib.sha256(f"run {name}".encode()).hexdigest()[:32],
        "caller": "alice",
        "source": "csv",
        "symbol": "SPY",
        "strategy": "sma_cross",
        "fingerprint": f"fingerprint of {name}",
        "result": hashlib.sha256(f"result {name}".encode()).hexdigest()[:32],
        "sharpe": 0.05,
        "request": b'{"symbol":"SPY","name":"%s"}' % name.encode(),
        "assumptions": {"fill": "next_open", "costs": {"slippage_bps": 1.5}},
        "metrics": {"sharpe_ratio": 0.79, "max_drawdown_pct": 12.5},
        "data_sha256": "ab" * 32,
        "first": START,
        "last": END,
        "engine_version": "0.1.0",
    }
    return Attempt(**values | changes)


def passes(trials: Trials) -> Ruling:
    """Judge every attempt well, and say of how many trials."""
    answer = b'{"status":"ok","trials":%d}' % trials.caller
    return Ruling(answer=answer, verdict="pass", reasons=("all conditions are met",))


def without_gate(trials: Trials) -> Ruling:
    """Answer without a verdict."""
    return Ruling(answer=ANSWER)


class Clock:
    """A clock that moves a minute each time it is read."""

    def __init__(self) -> None:
        self.time = NOON - timedelta(minutes=1)

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time
