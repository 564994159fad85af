"""A light client and the CPU time of the server it asks."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """What one block of requests took: seconds, each and in all."""

    latencies: tuple[float, ...]
    wall: float
    cpu: float


def cpu_seconds(master: int) -> float:
    """Return the CPU time that the threads of a master's workers have used.

    The scheduler counts it in nanoseconds; a worker's threads live as long as it.
    """
    children = Path(f"/proc/{master}/task/{master}/children").read_text().split()
    return sum(
        1e-9 * int(thread.read_text().split()[0])
        for child in children
        for thread in Path(f"/proc/{child}/task").glob("*/schedstat")
    )


def drive(
    port: int, master: int, path: str, bodies: Sequence[bytes], *, clients: int
) -> Block:
    """Post every body once over kept-alive connections, `clients` at a time."""
    cpu, begun = cpu_seconds(master), time.perf_counter()
    with ThreadPoolExecutor(clients) as pool:
        parts = list(
            pool.map(
                lambda first: _post_all(port, path, bodies[first::clients]),
                range(clients),
            )
        )
    return Block(
        latencies=tuple(latency for part in parts for latency in part),
        wall=time.perf_counter() - begun,
        cpu=cpu_seconds(master) - cpu,
    )


def _post_all(port: int, path: str, bodies: Sequence[bytes]) -> list[float]:
    latencies = []
    with socket.create_connection(("127.0.0.1", port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for body in bodies:
            begun = time.perf_counter()
            connection.sendall(_head(path, body) + body)
            status = _read(connection)
            latencies.append(time.perf_counter() - begun)
            if status != b"200":
                raise RuntimeError(f"{path} answered {status.decode()}")
    return latencies


def _head(path: str, body: bytes) -> bytes:
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode()


def _read(connection: socket.socket) -> bytes:
    data = b""
    while b"\r\n\r\n" not in data:
        data += _some(connection)
    head, _, rest = data.partition(b"\r\n\r\n")
    length = int(head.lower().partition(b"content-length:")[2].split(None, 1)[0])
    got = len(rest)
    while got < length:
        got += len(_some(connection))
    return head.split(None, 2)[1]


def _some(connection: socket.socket) -> bytes:
    data = connection.recv(65536)
    if not data:
        raise RuntimeError("the server closed a connection that was to be kept")
    return data
