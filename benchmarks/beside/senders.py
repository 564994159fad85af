"""Clients in processes of their own, so that they do not wait for one another."""

from __future__ import annotations

import http.client
import itertools
import multiprocessing
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from benchmarks.beside.bodies import Heavy

CHEAP = (
    b'{"symbol":"SP500","strategy_type":"sma_cross",'
    b'"strategy_params":{"fast":%d,"slow":%d}}'
)
_SPAWNED = multiprocessing.get_context("spawn")
_JSON = {"Content-Type": "application/json"}


def latencies(port: int, seconds: float, most: int) -> list[float]:
    """Return how long distinct cheap requests take, one after another, in seconds."""
    taken = []
    until = time.monotonic() + seconds
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    for number in range(most):
        if time.monotonic() > until:
            break
        body = CHEAP % (number % 97 + 2, 100 + number // 97)
        begun = time.perf_counter()
        connection.request("POST", "/backtest", body, _JSON)
        answer = connection.getresponse()
        answer.read()
        taken.append(time.perf_counter() - begun)
        if answer.status != http.client.OK:
            raise RuntimeError(f"a cheap request was answered {answer.status}")
    connection.close()
    return taken


@contextmanager
def sending(port: int, heavy: Heavy) -> Iterator[list[int]]:
    """Send a heavy body again and again; the list holds the statuses at the end."""
    ours, theirs = _SPAWNED.Pipe()
    process = _SPAWNED.Process(target=_send, args=(port, heavy, theirs), daemon=True)
    process.start()
    statuses: list[int] = []
    ours.recv()  # it has begun
    try:
        yield statuses
    finally:
        ours.send("stop")
        statuses.extend(ours.recv())
        process.join(60)


def _send(port: int, heavy: Heavy, parent: Connection) -> None:
    stop, statuses, numbers = threading.Event(), [], itertools.count()

    def again() -> None:
        while not stop.is_set():
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
            head = {"Content-Type": heavy.content_type}
            body = heavy.numbered(next(numbers))
            try:
                connection.request("POST", heavy.path, body, head)
                answer = connection.getresponse()
                answer.read()
                statuses.append(answer.status)
                if answer.status == http.client.SERVICE_UNAVAILABLE:
                    stop.wait(1.0)
            except OSError:
                statuses.append(0)
                stop.wait(1.0)
            finally:
                connection.close()

    threads = [threading.Thread(target=again) for _ in range(heavy.clients)]
    for thread in threads:
        thread.start()
    parent.send("begun")
    parent.recv()
    stop.set()
    for thread in threads:
        thread.join()
    parent.send(statuses)
