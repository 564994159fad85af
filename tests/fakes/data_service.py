"""A data service on a real socket that speaks both interfaces, or misbehaves.

`FakeDataService` answers raw bytes by a `Behaviour`: a callable that takes the parsed
request and the connection.  The well-behaved ones follow the published interfaces;
the others are the faults of `FAULTS`.
"""

from __future__ import annotations

import gzip
import json
import math
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class Request:
    """One request: its symbol and its parameters."""

    symbol: str
    params: dict[str, str]


@dataclass(frozen=True)
class Row:
    """One bar of the fake's table."""

    timestamp: datetime
    open: float
    high: float
    low: float
    close: float
    volume: float

    def as_json(self, symbol: str) -> dict[str, object]:
        return {
            "symbol": symbol,
            "timestamp": self.timestamp.isoformat(),
            "open": self.open,
            "high": self.high,
            "low": self.low,
            "close": self.close,
            "volume": self.volume,
        }


def daily_rows(count: int, last: datetime, step: timedelta | None = None) -> list[Row]:
    """Return rows that end at `last`, one a calendar day unless told otherwise."""
    step = step or timedelta(days=1)
    return [
        Row(
            timestamp=last - step * (count - 1 - n),
            open=100.0 + round(math.sin(n), 2),
            high=102.0 + round(math.sin(n), 2),
            low=99.0 + round(math.sin(n), 2),
            close=101.0 + round(math.sin(n), 2),
            volume=1000.0 + n,
        )
        for n in range(count)
    ]


Behaviour = Callable[[Request, socket.socket, "FakeDataService"], None]


@dataclass
class FakeDataService:
    """The running fake: its URL, what it was asked, and what it does next."""

    url: str
    behaviour: Behaviour
    rows: Sequence[Row] = ()
    requests: list[Request] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)


@contextmanager
def running(
    behaviour: Behaviour, rows: Sequence[Row] = ()
) -> Iterator[FakeDataService]:
    """Run a fake on a free port of the loopback interface."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    port = listener.getsockname()[1]
    fake = FakeDataService(f"http://127.0.0.1:{port}", behaviour, rows)
    threads: list[threading.Thread] = []

    def serve() -> None:
        while not fake.stopped.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                thread = threading.Thread(target=_serve, args=(connection, fake))
                threads.append(thread)
                thread.start()

    server = threading.Thread(target=serve)
    server.start()
    try:
        yield fake
    finally:
        fake.stopped.set()
        server.join()
        for thread in threads:
            thread.join()
        listener.close()


def _serve(connection: socket.socket, fake: FakeDataService) -> None:
    with connection:
        connection.settimeout(5)
        with suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                received = connection.recv(65536)
                if not received:
                    return
                head += received
            target = urlsplit(head.split(b" ")[1].decode())
            symbol = unquote(target.path.rsplit("/", 1)[-1])
            params = {
                name: values[0] for name, values in parse_qs(target.query).items()
            }
            request = Request(symbol, params)
            fake.requests.append(request)
            fake.behaviour(request, connection, fake)


def send(
    connection: socket.socket,
    body: bytes,
    *,
    status: str = "200 OK",
    kind: str = "application/json",
    headers: Sequence[str] = (),
    length: int | None = None,
) -> None:
    """Send one answer and end the connection."""
    lines = [
        f"HTTP/1.1 {status}",
        f"Content-Type: {kind}",
        f"Content-Length: {len(body) if length is None else length}",
        "Connection: close",
        *headers,
    ]
    connection.sendall("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


def refuse(connection: socket.socket, status: str, detail: str) -> None:
    send(connection, json.dumps({"detail": detail}).encode(), status=status)


def window_api(
    request: Request, connection: socket.socket, fake: FakeDataService
) -> None:
    """Speak version (a): a window, at most 10,000 rows, oldest first."""
    limit = int(request.params.get("limit", "1000"))
    if not 1 <= limit <= 10_000:
        return refuse(connection, "422 Unprocessable Entity", "limit")
    start = datetime.fromisoformat(request.params["start_date"])
    end = datetime.fromisoformat(request.params["end_date"])
    rows = [row for row in fake.rows if start <= row.timestamp <= end][-limit:]
    if not rows:
        return refuse(connection, "404 Not Found", "no prices")
    answer = [row.as_json(request.symbol) for row in rows]
    return send(connection, json.dumps(answer).encode())


def days_api(
    request: Request, connection: socket.socket, fake: FakeDataService
) -> None:
    """Speak version (b): days back from now, at most 1,000 rows, newest first."""
    limit, days = (int(request.params.get(name, "30")) for name in ("limit", "days"))
    if not 1 <= limit <= 1000 or not 1 <= days <= 365:
        return refuse(connection, "422 Unprocessable Entity", "limit")
    start = datetime.now(UTC) - timedelta(days=days)
    rows = [row for row in fake.rows if row.timestamp >= start][-limit:][::-1]
    data = []
    for row in rows:
        values = row.as_json(request.symbol)
        del values["symbol"]
        values |= {"timestamp": str(row.timestamp), "source": "fake"}
        data.append(values)
    answer = {"symbol": request.symbol, "count": len(data), "data": data}
    return send(connection, json.dumps(answer).encode())


# ---------------------------------------------------------------- faults


def _answer(request: Request, fake: FakeDataService) -> list[dict[str, object]]:
    return [row.as_json(request.symbol) for row in fake.rows]


def _with(
    change: Callable[[list[dict[str, object]]], object], **options: object
) -> Behaviour:
    """Return a behaviour that changes the right answer before it is sent."""

    def behave(
        request: Request, connection: socket.socket, fake: FakeDataService
    ) -> None:
        rows = _answer(request, fake)
        changed = change(rows)
        answer = rows if changed is None else changed
        send(connection, json.dumps(answer).encode(), **options)  # type: ignore[arg-type]

    return behave


def _set(row: int, **values: object) -> Behaviour:
    return _with(lambda rows: rows[row].update(values))


def reset(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    linger = struct.pack("ii", 1, 0)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def silence(_: Request, __: socket.socket, fake: FakeDataService) -> None:
    fake.stopped.wait(20)


def _drip(connection: socket.socket, text: bytes, fake: FakeDataService) -> None:
    for byte in text:
        connection.sendall(bytes([byte]))
        if fake.stopped.wait(0.1):
            return


def slow_headers(_: Request, connection: socket.socket, fake: FakeDataService) -> None:
    _drip(connection, b"HTTP/1.1 200 OK\r\n" + b"X-Slow: 1\r\n" * 50, fake)


def slow_drip(_: Request, connection: socket.socket, fake: FakeDataService) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
    connection.sendall(head)
    _drip(connection, b"[" + b" " * 500, fake)


def server_error(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    send(connection, b"{}", status="500 Internal Server Error")


def endless_error(_: Request, connection: socket.socket, fake: FakeDataService) -> None:
    head = b"HTTP/1.1 500 No\r\nContent-Type: application/json\r\n\r\n"
    connection.sendall(head)
    while not fake.stopped.is_set():
        connection.sendall(b" " * 65536)


def too_many(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    status = "429 Too Many Requests"
    send(connection, b"{}", status=status, headers=["Retry-After: 3600"])


def html(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    send(connection, b"<html>busy</html>", kind="text/html")


def cut_json(
    request: Request, connection: socket.socket, fake: FakeDataService
) -> None:
    body = json.dumps(_answer(request, fake)).encode()
    send(connection, body[: len(body) // 2])


def cut_body(
    request: Request, connection: socket.socket, fake: FakeDataService
) -> None:
    body = json.dumps(_answer(request, fake)).encode()
    send(connection, body[:-20], length=len(body))


def redirect_off(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    location = "Location: http://169.254.169.254/latest/meta-data"
    send(connection, b"", status="302 Found", headers=[location])


def redirect_to(location: str) -> Behaviour:
    def behave(_: Request, connection: socket.socket, __: FakeDataService) -> None:
        head = [f"Location: {location}"]
        send(connection, b"", status="302 Found", headers=head)

    return behave


def twice(name: str, written: str | None = None) -> Behaviour:
    """Answer rows one of which names a key twice, as `written` the second time."""

    def behave(
        request: Request, connection: socket.socket, fake: FakeDataService
    ) -> None:
        rows = json.dumps(_answer(request, fake))
        key = f'"{name}": '
        again = f'"{written or name}": 50.0, {key}'
        send(connection, rows.replace(key, again, 1).encode())

    return behave


def redirect_loop(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    location = "Location: /prices/SPY"
    send(connection, b"", status="307 Temporary Redirect", headers=[location])


def huge_body(_: Request, connection: socket.socket, fake: FakeDataService) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n["
    connection.sendall(head)
    while not fake.stopped.is_set():
        connection.sendall(b" " * 65536)


def gzip_bomb(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    bomb = gzip.compress(b"[" + b" " * 200_000_000, compresslevel=1)
    send(connection, bomb, headers=["Content-Encoding: gzip"])


def broken_gzip(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    send(connection, b"\x1f\x8bnonsense", headers=["Content-Encoding: gzip"])


def nan_token(
    request: Request, connection: socket.socket, fake: FakeDataService
) -> None:
    rows = _answer(request, fake)
    rows[1]["close"] = float("nan")
    send(connection, json.dumps(rows).encode())


def missing_page(_: Request, connection: socket.socket, __: FakeDataService) -> None:
    page = b"<html><h1>404</h1></html>"
    send(connection, page, status="404 Not Found", kind="text/html")


FAILED, SLOW = "data_source_failed", "data_source_timeout"

FAULTS: dict[str, tuple[Behaviour, str]] = {
    "reset": (reset, FAILED),
    "silence": (silence, SLOW),
    "slow headers": (slow_headers, SLOW),
    "slow drip": (slow_drip, SLOW),
    "500": (server_error, FAILED),
    "500 without end": (endless_error, FAILED),
    "429 with Retry-After": (too_many, FAILED),
    "HTML with 200": (html, FAILED),
    "cut JSON": (cut_json, FAILED),
    "cut body": (cut_body, FAILED),
    "not a list": (_with(lambda _: {"rows": []}), FAILED),
    "a number": (_with(lambda _: 5), FAILED),
    "a list of numbers": (_with(lambda _: [1, 2]), FAILED),
    "wrong symbol": (_set(1, symbol="QQQ"), FAILED),
    "symbol is a list": (_set(1, symbol=["SPY"]), FAILED),
    "unsorted": (_with(lambda rows: rows[::-1]), FAILED),
    "swapped": (_with(lambda rows: [rows[1], rows[0], *rows[2:]]), FAILED),
    "duplicates": (_with(lambda rows: [*rows, rows[-1]]), FAILED),
    "NaN price": (nan_token, FAILED),
    "null price": (_set(1, close=None), FAILED),
    "price as text": (_set(1, close="101.0"), FAILED),
    "price as boolean": (_set(1, close=True), FAILED),
    "infinite price": (_set(1, high=1e999), FAILED),
    "negative price": (_set(1, low=-1.0), FAILED),
    "high below low": (_set(1, high=1.0, low=2.0), FAILED),
    "negative volume": (_set(1, volume=-1.0), FAILED),
    "missing column": (_with(lambda rows: rows[1].pop("open") and None), FAILED),
    "unreadable timestamp": (_set(1, timestamp="yesterday"), FAILED),
    "timestamp as number": (_set(1, timestamp=1_700_000_000), FAILED),
    "more than limit": (_with(lambda rows: rows * 2000), FAILED),
    "redirect off host": (redirect_off, FAILED),
    "redirect loop": (redirect_loop, FAILED),
    "redirect to an open bracket": (redirect_to("http://[::1"), FAILED),
    "redirect to no port": (redirect_to("http://127.0.0.1:port/"), FAILED),
    "redirect to no number of a port": (redirect_to("http://127.0.0.1:99999"), FAILED),
    "redirect to another scheme": (redirect_to("file:///etc/passwd"), FAILED),
    "redirect to a bracket alone": (redirect_to("//["), FAILED),
    "close twice": (twice("close"), FAILED),
    "timestamp twice": (twice("timestamp"), FAILED),
    "volume twice": (twice("volume"), FAILED),
    "close twice, once escaped": (twice("close", "clos\\u0065"), FAILED),
    "huge body": (huge_body, FAILED),
    "gzip bomb": (gzip_bomb, FAILED),
    "broken gzip": (broken_gzip, FAILED),
    "wrong content type": (_with(lambda _: None, kind="text/plain"), FAILED),
    "HTML with 404": (missing_page, FAILED),
    "404 of another JSON": (_with(lambda _: [], status="404 Not Found"), FAILED),
    "401": (_with(lambda _: {}, status="401 Unauthorized"), FAILED),
}
"""Each fault, and the one code it is answered with."""
