"""Fifty runs come out the same in every path, every worker and every time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import requests
from flask.testing import FlaskClient

from examples.live_server import Server, running
from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app
from tests.answers.golden.requests import (
    IN_THE_EVENT_LOOP,
    SERIES,
    Request,
    golden_requests,
    result_hash,
)

HASHES: dict[str, str] = json.loads(Path(__file__).with_name("golden.json").read_text())
REQUESTS = dict(golden_requests())
WORKERS = 2
ROUNDS = 4


@pytest.fixture(scope="module")
def client() -> FlaskClient:
    settings = Settings(ledger=LedgerMode.OFF, answer_cache_bytes=0)
    return create_app(build_services(settings), settings).test_client()


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    environ = {
        "WEB_CONCURRENCY": str(WORKERS),
        "ORCHESTRATOR_LEDGER": "off",
        "ORCHESTRATOR_ANSWER_CACHE_BYTES": "0",
        "GUNICORN_CMD_ARGS": "--access-logfile - --access-logformat pid=%(p)s",
    }
    with running(environ) as server:
        yield server


def run(client: FlaskClient, request: Request) -> dict[str, Any]:
    response = client.post("/backtest", json=request | SERIES)
    assert response.status_code == 200, response.get_data(as_text=True)
    return dict(response.json or {})


class TestGoldenSet:
    def test_has_fifty_runs(self) -> None:
        assert len(REQUESTS) == 50
        assert list(REQUESTS) == list(HASHES)

    def test_has_a_result_of_its_own_for_each(self) -> None:
        assert len(set(HASHES.values())) == len(HASHES)

    @pytest.mark.parametrize("name", REQUESTS)
    def test_is_the_same_in_the_kernel_the_event_loop_and_again(
        self, client: FlaskClient, name: str
    ) -> None:
        request = REQUESTS[name]

        compiled = run(client, request)
        evented = run(client, request | IN_THE_EVENT_LOOP)
        again = run(client, request)

        assert "hooks" in evented
        assert result_hash(compiled) == HASHES[name]
        assert result_hash(evented) == HASHES[name]
        assert again == compiled

    def test_is_the_same_in_every_worker(self, server: Server) -> None:
        def ask(name: str) -> tuple[str, str]:
            body = REQUESTS[name] | SERIES
            response = requests.post(f"{server.url}/backtest", json=body, timeout=60)
            return name, result_hash(response.json())

        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(ask, [*REQUESTS] * ROUNDS))

        assert {pair for pair in found if HASHES[pair[0]] != pair[1]} == set()
        lines = server.log.read_text().splitlines()
        served = {line.strip() for line in lines if "pid=" in line}
        assert len(served) == WORKERS
