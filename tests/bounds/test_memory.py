"""Memory is bounded: a run frees what it took, and a worker stays under 600 MB.

docs/deployment.md names that figure.
"""

from __future__ import annotations

import gc
import http.client
import weakref
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from backtesting import (
    BacktestEngine,
    Bars,
    PassThroughRiskManager,
    ReplayStrategy,
    Terms,
)
from benchmarks.beside.bodies import Heavy, bars_file, heavy
from benchmarks.beside.memory import peak
from examples.live_server import running
from orchestrator.loaders.base import Span
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.rows import CheckedRows
from orchestrator.loaders.dataset import Dataset, Origin
from orchestrator.settings import shipped_data_dir
from orchestrator.spec import BarQuery
from qtos_core import Portfolio

MOST_MEBIBYTES = 600
DAYS = 1000


def bars(size: int = DAYS) -> Bars:
    ones = np.ones(size)
    return Bars.checked(
        timestamps=np.datetime64("2000-01-03", "D") + np.arange(size),
        open=ones,
        high=ones,
        low=ones,
        close=ones,
        volume=ones,
    )


def test_a_run_of_the_event_loop_is_freed_without_a_sweep() -> None:
    terms = Terms()
    found: list[weakref.ref[object]] = []

    def observe(_: object, portfolio: Portfolio) -> None:
        found.append(weakref.ref(portfolio))

    engine = BacktestEngine(
        ReplayStrategy("X", np.ones(DAYS), terms),
        PassThroughRiskManager(),
        Portfolio(cash=terms.initial_cash),
        observers=[observe],
        terms=terms,
    )
    gc.disable()
    try:
        engine.run(bars(), "X")
        assert found
        assert found[0]() is None
    finally:
        gc.enable()


def test_windows_that_are_kept_have_at_most_twice_the_bars() -> None:
    dataset = Dataset(CheckedRows(bars=bars()), calendars=Calendars())
    origin = Origin(source="csv", symbol="X")

    for day in range(100):
        start = datetime(2000, 1, 4, tzinfo=UTC).replace(day=4 + day % 20)
        dataset.answer(BarQuery(symbol="X"), Span(start=start, end=None), origin)

    kept = [len(one.bars) for one in dataset._answers.values()]
    assert sum(kept) <= 2 * DAYS


@pytest.mark.slow
def test_a_worker_stays_under_six_hundred_megabytes(tmp_path: Path) -> None:
    (tmp_path / "HEAVY.csv").write_bytes(bars_file())
    sample = (shipped_data_dir() / "sp500.csv").read_bytes()
    (tmp_path / "SP500.csv").write_bytes(sample)
    environ = {
        "ORCHESTRATOR_DATA_DIR": str(tmp_path),
        "ORCHESTRATOR_UPLOADS": "on",
        "WEB_CONCURRENCY": "1",
    }
    with running(environ) as server:
        for body in heavy():
            with ThreadPoolExecutor(body.clients) as threads:
                statuses = set(
                    threads.map(
                        lambda n, body=body: send(server.port, body, n),
                        range(2 * body.clients),
                    )
                )
            assert statuses <= {200, 422, 503}, body.name
            most = peak(server.process.pid)
            assert most < MOST_MEBIBYTES, f"{most:.0f} MiB after {body.name}"


def send(port: int, heavy: Heavy, number: int) -> int:
    """Return the status a heavy body is answered with."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    head = {"Content-Type": heavy.content_type}
    try:
        connection.request("POST", heavy.path, heavy.numbered(number), head)
        answer = connection.getresponse()
        answer.read()
        return answer.status
    finally:
        connection.close()
