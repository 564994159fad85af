"""A ledger of its own for each test, in each database there is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from tests.unit.ledger.builders import BACKENDS, Clock, fresh_ledger


@pytest.fixture(params=BACKENDS)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_ledger(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def ledger(ledger_url: str) -> Iterator[SqlLedger]:
    opened = SqlLedger(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def database(ledger_url: str) -> Iterator[Database]:
    opened = Database(ledger_url)
    yield opened
    opened.close()


@pytest.fixture
def timed(ledger_url: str) -> Iterator[SqlLedger]:
    opened = SqlLedger(ledger_url, clock=Clock())
    yield opened
    opened.close()
