"""The service as it is shipped: a real gunicorn with gunicorn.conf.py."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from threading import Event

import pytest
import requests

from examples.live_server import Server, running

BODY = b'{"symbol": "SPY", "csv_path": "sample_ohlcv.csv"}'
HEAD = (
    b"POST /backtest HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n"
    b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(BODY)
)
STALLED = 50


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running({"WEB_CONCURRENCY": "2"}) as server:
        yield server


def eventually(holds: Callable[[], bool], within: float) -> bool:
    """Wait until a condition holds; say whether it came to."""
    deadline = time.monotonic() + within
    while not holds():
        if time.monotonic() > deadline:
            return False
        Event().wait(0.05)
    return True


def workers_of(server: Server) -> set[int]:
    pid = server.process.pid
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return {int(child) for child in children.split()}


def connect(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=30)


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65536), b""))


class TestStalledClients:
    @pytest.mark.parametrize(
        "sent",
        [
            b"",
            b"POST /backtest HTT",
            HEAD + BODY[:10],
            b"no request at all\r\n\r\n",
            b"GET /health HTTP/1.1\r\nHost: gate\r\nConnection: close\r\n\r\n",
        ],
        ids=[
            "who say nothing",
            "who stop within the head",
            "who stop within the body",
            "who talk nonsense and stay",
            "who never close",
        ],
    )
    def test_are_not_felt_by_others(self, server: Server, sent: bytes) -> None:
        with ExitStack() as stack:
            for _ in range(STALLED):
                connection = stack.enter_context(connect(server))
                connection.sendall(sent)

            for _ in range(10):
                begun = time.monotonic()
                response = requests.get(f"{server.url}/health", timeout=5)
                assert response.ok
                assert time.monotonic() - begun < 1.0

    def test_are_let_go(self, server: Server) -> None:
        with connect(server) as connection:
            connection.sendall(b"POST /backtest HTT")

            # CLIENT_TIMEOUT is 10 s, and the close may linger for two.
            assert eventually(lambda: connection.recv(1) == b"", within=15)

    def test_are_told_that_their_body_stopped_coming(self, server: Server) -> None:
        with connect(server) as connection:
            connection.sendall(HEAD + BODY[:10])
            answer = connection.recv(65536)

        assert answer.startswith(b"HTTP/1.1 400 ")
        assert b"application/problem+json" in answer


class TestFreshWorkers:
    def test_answer_their_first_request_within_two_seconds(self) -> None:
        with running({"WEB_CONCURRENCY": "1"}) as fresh:
            begun = time.monotonic()
            response = requests.post(
                f"{fresh.url}/backtest",
                data=BODY,
                headers={"Content-Type": "application/json"},
                timeout=10,
            )

            assert response.ok
            assert time.monotonic() - begun < 2.0

    def test_take_the_place_of_a_killed_one(self, server: Server) -> None:
        before = workers_of(server)
        victim = min(before)

        os.kill(victim, signal.SIGKILL)

        assert eventually(
            lambda: len(now := workers_of(server)) == 2 and victim not in now, 30
        )
        assert requests.get(f"{server.url}/health", timeout=30).ok


class TestReload:
    def test_loses_no_request(self, server: Server) -> None:
        before, finished = workers_of(server), Event()

        def ask_on() -> list[int]:
            statuses = []
            while not finished.is_set():
                answer = requests.get(f"{server.url}/health", timeout=30)
                statuses.append(answer.status_code)
            return statuses

        with ThreadPoolExecutor(4) as pool:
            clients: list[Future[list[int]]] = [pool.submit(ask_on) for _ in range(4)]
            os.kill(server.process.pid, signal.SIGHUP)
            renewed = eventually(
                lambda: len(now := workers_of(server)) == 2 and now.isdisjoint(before),
                within=60,
            )
            finished.set()
            statuses = [status for client in clients for status in client.result()]

        assert renewed
        assert set(statuses) == {200}


class TestTerm:
    def test_lets_requests_that_have_begun_end(self) -> None:
        with running({"WEB_CONCURRENCY": "2"}) as server, ExitStack() as stack:
            begun = [stack.enter_context(connect(server)) for _ in range(8)]
            for connection in begun:
                connection.sendall(HEAD + BODY[:10])
            # Answered after those eight were accepted: they are in a worker's hands.
            for _ in range(8):
                assert requests.get(f"{server.url}/health", timeout=5).ok

            server.process.terminate()
            for connection in begun:
                connection.sendall(BODY[10:])
            answers = [read_all(connection) for connection in begun]

            assert [answer[:15] for answer in answers] == [b"HTTP/1.1 200 OK"] * 8
            assert server.process.wait(30) == 0

    def test_leaves_nothing_running(self) -> None:
        with running({"WEB_CONCURRENCY": "2"}) as server:
            left = {server.process.pid, *workers_of(server)}

        assert not [pid for pid in left if Path(f"/proc/{pid}").exists()]


class TestWorkBudget:
    def test_answers_503_once_it_is_spent(self) -> None:
        spent = {"WEB_CONCURRENCY": "1", "ORCHESTRATOR_WORK_BUDGET": "0.000001"}
        with running(spent) as server:
            response = requests.post(
                f"{server.url}/backtest",
                data=BODY,
                headers={"Content-Type": "application/json"},
                timeout=10,
            )

        assert response.status_code == 503
        assert response.headers["Content-Type"] == "application/problem+json"
        assert int(response.headers["Retry-After"]) >= 1
        assert response.json()["code"] == "work_budget_exceeded"
