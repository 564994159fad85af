"""Eight threads over one application and one SQLite ledger, as a worker has them."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from orchestrator.bootstrap import build_services
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

from .test_dropped_rows import GOOD, body, dropping, spoiled

THREADS = 8
ROUNDS = 3
Ask = Callable[[FlaskClient], TestResponse]


def post(path: str, json: object, **headers: str) -> Ask:
    return lambda client: client.post(path, json=json, headers=headers)


def get(path: str) -> Ask:
    return lambda client: client.get(path)


CROSS = {"symbol": "SP500", "strategy_type": "sma_cross"}
RULES = {"entry": "close > sma(close, 20)", "exit": "close < sma(close, 20)"}
# Each with its status; equal requests must have equal bytes.
EQUAL: dict[str, tuple[Ask, int]] = {
    "the sample": (post("/backtest", {}), 200),
    "a query": (get("/backtest?symbol=SP500&period=2y"), 200),
    "a crossing": (post("/backtest", CROSS), 200),
    "a curve": (
        post("/backtest", CROSS | {"include": ["equity_curve", "trades", "orders"]}),
        200,
    ),
    "rules": (
        post(
            "/backtest",
            {"symbol": "SP500", "strategy_type": "rules", "strategy_params": RULES},
        ),
        200,
    ),
    "hooks": (post("/backtest", CROSS | {"observers": [{"type": "trade_log"}]}), 200),
    "inline": (post("/backtest", body(GOOD)), 200),
    "dropped rows": (post("/backtest", dropping(spoiled("close", None))), 200),
    "bad rows": (post("/backtest", body(spoiled("close", None))), 422),
    "a key": (post("/backtest", CROSS, **{"Idempotency-Key": "one"}), 200),
    "no file": (post("/backtest", {"csv_path": "gone.csv"}), 404),
    "a path": (post("/backtest", {"csv_path": "../gone.csv"}), 422),
    "no service": (get("/backtest?data_source=data_service"), 503),
    "validation": (post("/strategies/validate", CROSS), 200),
    "strategies": (get("/strategies"), 200),
    "policies": (get("/policies"), 200),
    "data": (get("/data"), 200),
    "no run": (get(f"/runs/{'0' * 32}"), 404),
}
# How often the caller tried is part of these answers, so they may differ.
COUNTED: dict[str, tuple[Ask, int]] = {
    "a verdict": (post("/gate", CROSS | {"gate": ["max_drawdown_pct < 99"]}), 200),
    "verdicts": (
        post(
            "/gate/batch",
            {"requests": [CROSS | {"gate": ["cagr > 0"]}, {"gate": ["cagr > 0"]}]},
        ),
        200,
    ),
    "evidence": (post("/backtest", CROSS | {"include": ["evidence"]}), 200),
    "runs": (get("/runs?limit=5"), 200),
    "an export": (get("/runs.csv"), 200),
}
# Runs recorded in one round: eight of EQUAL that have no key, and a verdict, the two
# of a batch and the evidence.
RECORDED = 8 + 4


@pytest.fixture(scope="module")
def app(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    file = tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"
    settings = Settings(data_dir=data_dir, database_url=f"sqlite:///{file}")
    upgrade(settings.database_url)
    return create_app(build_services(settings), settings)


@pytest.fixture(scope="module")
def answers(app: Flask) -> dict[str, list[tuple[int, bytes]]]:
    """Return status and body of every request by every thread, in three rounds."""
    start = Barrier(THREADS)

    def work(thread: int) -> list[tuple[str, int, bytes]]:
        names = [*EQUAL, *COUNTED] * ROUNDS
        random.Random(thread).shuffle(names)
        client = app.test_client()
        start.wait(timeout=30)
        found = []
        for name in names:
            ask, _ = (EQUAL | COUNTED)[name]
            response = ask(client)
            found.append((name, response.status_code, unnamed(response)))
        return found

    told = defaultdict(list)
    with ThreadPoolExecutor(THREADS) as pool:
        for found in pool.map(work, range(THREADS)):
            for name, status, data in found:
                told[name].append((status, data))
    return told


def unnamed(response: TestResponse) -> bytes:
    """Return a body without the id each request has of its own."""
    return response.data.replace(response.headers["X-Request-ID"].encode(), b"")


class TestThreads:
    @pytest.mark.parametrize("name", [*EQUAL, *COUNTED])
    def test_get_the_status_one_thread_gets(
        self, answers: dict[str, list[tuple[int, bytes]]], name: str
    ) -> None:
        _, status = (EQUAL | COUNTED)[name]

        assert {found for found, _ in answers[name]} == {status}
        assert len(answers[name]) == THREADS * ROUNDS

    @pytest.mark.parametrize("name", EQUAL)
    def test_get_equal_bytes_for_equal_requests(
        self, answers: dict[str, list[tuple[int, bytes]]], name: str
    ) -> None:
        assert len({data for _, data in answers[name]}) == 1

    def test_record_every_run_in_an_unbroken_chain(
        self, app: Flask, answers: dict[str, list[tuple[int, bytes]]]
    ) -> None:
        client = app.test_client()
        asked = len(answers["a crossing"])

        lines = client.get("/runs.csv").text.splitlines()

        # Threads that use a key at the same moment may each run: one answer is kept.
        keyed = len(lines) - 1 - RECORDED * asked
        assert 1 <= keyed <= THREADS
        sequences: list[Any] = []
        cursor = ""
        while cursor is not None:
            page = client.get(f"/runs?limit=500{cursor and f'&cursor={cursor}'}").json
            sequences += [run["sequence"] for run in page["runs"]]
            cursor = page["next_cursor"]
        assert sequences == list(range(len(lines) - 1, 0, -1))
