"""The ledger under several processes, and under processes that are killed."""

from __future__ import annotations

import multiprocessing
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import RunFilter, Trials
from orchestrator.ledger.verification.verify import verify
from tests.unit.ledger.builders import BACKENDS, attempt, fresh_ledger, passes

PROCESSES = 4
RECORDS = 60
KILLS = 10
ENOUGH = 50

WRITER = """
import os, sys
from orchestrator.ledger.sql import SqlLedger
from tests.unit.ledger.builders import attempt, passes

ledger = SqlLedger(sys.argv[1])
number = 0
while True:
    made = attempt(f"{os.getpid()} {number}")
    recorded = ledger.record(made, passes)
    print(recorded.sequence, made.run_id, flush=True)
    number += 1
"""


@pytest.fixture(params=BACKENDS)
def ledger_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with fresh_ledger(request.param, tmp_path) as url:
        yield url


@pytest.fixture
def database(ledger_url: str) -> Iterator[Database]:
    opened = Database(ledger_url)
    yield opened
    opened.close()


def record_many(url: str, caller: str) -> list[Trials]:
    ledger = SqlLedger(url)
    made = [attempt(f"{caller} {n}", caller=caller) for n in range(RECORDS)]
    return [ledger.record(each, passes).trials for each in made]


class TestFourProcesses:
    def test_never_see_the_same_count(
        self, ledger_url: str, database: Database
    ) -> None:
        context = multiprocessing.get_context("spawn")
        work = [(ledger_url, f"caller {n}") for n in range(PROCESSES)]
        with context.Pool(PROCESSES) as pool:
            counts = pool.starmap(record_many, work)

        everyone = sorted(trials.everyone for made in counts for trials in made)
        assert everyone == list(range(1, PROCESSES * RECORDS + 1))
        for made in counts:
            assert [trials.caller for trials in made] == list(range(1, RECORDS + 1))
        verification = verify(database)
        assert verification.is_intact
        assert verification.records == PROCESSES * RECORDS


class TestKilledWriters:
    def test_lose_nothing_that_was_acknowledged(
        self, ledger_url: str, database: Database
    ) -> None:
        acknowledged: dict[int, str] = {}
        for _ in range(KILLS):
            acknowledged |= acknowledged_until_killed(ledger_url)

        ledger = SqlLedger(ledger_url)
        stored: dict[int, str] = {}
        cursor = None
        while True:
            page = ledger.page(RunFilter(), cursor=cursor, limit=500)
            stored |= {run.sequence: run.run_id for run in page.runs}
            cursor = page.next_cursor
            if cursor is None:
                break
        ledger.close()
        print(f"{KILLS} kills, {len(acknowledged)} acknowledged, {len(stored)} stored")
        assert len(acknowledged) >= KILLS * ENOUGH
        assert acknowledged.items() <= stored.items()
        assert len(stored) - len(acknowledged) <= KILLS
        assert verify(database).is_intact


def acknowledged_until_killed(url: str) -> dict[int, str]:
    """Return what one writer had acknowledged when it was killed."""
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, url], stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        lines = [writer.stdout.readline() for _ in range(ENOUGH)]
        writer.send_signal(signal.SIGKILL)
        lines += writer.stdout.readlines()
    whole = [line.split() for line in lines if line.endswith("\n")]
    return {int(sequence): run_id for sequence, run_id in whole}
