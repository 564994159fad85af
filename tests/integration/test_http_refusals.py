"""What is no HTTP, on a real socket: always a problem, never a 500 or a page."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from typing import Any

import pytest

from examples.live_server import Server, running

BODY = b'{"symbol": "SPY"}'
SIZE = b"%x" % len(BODY)
HEAD = (
    b"POST /backtest HTTP/1.1\r\nHost: gate\r\nContent-Type: application/json\r\n"
    b"Transfer-Encoding: chunked\r\n"
)
END = b"\r\n0\r\n\r\n"
GET = b"GET /health HTTP/1.1\r\nHost: gate\r\n"

CHUNKS = {
    "a size of letters": b"zz\r\n" + BODY + END,
    "a size in C": b"0x11\r\n" + BODY + END,
    "a negative size": b"-5\r\n" + BODY + END,
    "a size with a sign": b"+11\r\n" + BODY + END,
    "a size with an underscore": b"1_1\r\n" + BODY + END,
    "a size in spaces": b" 11 \r\n" + BODY + END,
    "no size": b"\r\n" + BODY + END,
    "a size beyond all memory": b"f" * 20 + b"\r\n" + BODY + END,
    "a size that is too small": b"5\r\n" + BODY + END,
    "line ends without carriage returns": SIZE + b"\n" + BODY + b"\n0\n\n",
    "no end": SIZE + b"\r\n" + BODY,
    "an extension of 20 kB": SIZE + b";" + b"a" * 20_000 + b"\r\n" + BODY + END,
    "a trailer that is none": SIZE + b"\r\n" + BODY + b"\r\n0\r\nno trailer\r\n\r\n",
}
HEADS = {
    "nonsense": (b"hello\r\n\r\n", 400),
    "a method that is none": (b"G<T / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    "a version of the future": (b"GET / HTTP/9.9\r\nHost: a\r\n\r\n", 400),
    "HTTP/0.9": (b"GET /health\r\n\r\n", 400),
    "HTTP/2": (b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n", 400),
    "a long URL": (b"GET /" + b"a" * 9000 + b" HTTP/1.1\r\nHost: a\r\n\r\n", 414),
    "many headers": (GET + b"X: 1\r\n" * 200 + b"\r\n", 431),
    "a long header": (GET + b"X: " + b"a" * 9000 + b"\r\n\r\n", 431),
    "a folded header": (GET + b"X: a\r\n b\r\n\r\n", 400),
    "a name of two words": (GET + b"X Y: a\r\n\r\n", 400),
    "a header without a colon": (GET + b"X\r\n\r\n", 400),
    "a NUL in a header": (GET + b"X: a\x00b\r\n\r\n", 400),
    "two hosts": (GET + b"Host: other\r\n\r\n", 400),
    "two lengths": (GET + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
    "a negative length": (GET + b"Content-Length: -1\r\n\r\n", 400),
    "a length with an underscore": (GET + b"Content-Length: 1_0\r\n\r\n", 400),
    "a length beside chunks": (HEAD + b"Content-Length: 5\r\n\r\n", 400),
    "a coding nobody knows": (HEAD.replace(b"chunked", b"foo") + b"\r\n", 400),
    "an expectation": (GET + b"Expect: magic\r\n\r\n", 417),
    "schemes that contradict each other": (
        GET + b"X-Forwarded-Proto: http\r\nX-Forwarded-Ssl: on\r\n\r\n",
        400,
    ),
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running({"WEB_CONCURRENCY": "1"}) as server:
        yield server


def answer_to(server: Server, sent: bytes) -> tuple[int, str, dict[str, Any]]:
    """Return the one answer before the connection is closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as client:
        client.sendall(sent)
        client.shutdown(socket.SHUT_WR)
        whole = b"".join(iter(lambda: client.recv(65536), b""))
    head, _, body = whole.partition(b"\r\n\r\n")
    assert whole.count(b"HTTP/1.1 ") == 1
    return int(head.split(b" ")[1]), head.decode().lower(), json.loads(body)


@pytest.mark.parametrize("chunks", CHUNKS)
def test_chunks_that_are_none_are_refused(server: Server, chunks: str) -> None:
    status, head, problem = answer_to(server, HEAD + b"\r\n" + CHUNKS[chunks])

    assert status == problem["status"] == 400
    assert "content-type: application/problem+json" in head
    assert problem["code"] in {"unreadable_body", "bad_request"}
    assert "browser" not in problem["detail"]


@pytest.mark.parametrize("name", HEADS)
def test_heads_that_are_none_are_refused(server: Server, name: str) -> None:
    sent, expected = HEADS[name]

    status, head, problem = answer_to(server, sent)

    assert status == problem["status"] == expected
    assert "content-type: application/problem+json" in head
    assert problem["detail"]
    assert problem["request_id"]


@pytest.mark.parametrize("coding", [b"gzip, chunked", b"deflate, chunked"])
def test_a_packed_transfer_is_refused(server: Server, coding: bytes) -> None:
    body = SIZE + b"\r\n" + BODY + END
    status, _, problem = answer_to(
        server, HEAD.replace(b"chunked", coding) + b"\r\n" + body
    )

    assert status == 415
    assert "Transfer-Encoding" in problem["detail"]


@pytest.mark.parametrize(
    "header", [b"SCRIPT_NAME: /x", b"PATH_INFO: /x", b"SCRIPT-NAME: /x"]
)
def test_no_header_moves_the_service(server: Server, header: bytes) -> None:
    sent = GET + header + b"\r\nConnection: close\r\n\r\n"

    assert answer_to(server, sent)[0] == 200


def test_whole_chunks_are_read(server: Server) -> None:
    whole = HEAD + b"\r\n" + SIZE + b"\r\n" + BODY + END

    status, _, answer = answer_to(server, whole)

    assert (status, answer["symbol"]) == (200, "SPY")
