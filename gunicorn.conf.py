"""How gunicorn runs the service; ``gunicorn wsgi:app`` reads it from here.

* Threads, not async: a connection that says nothing goes back to the poller
  after five seconds, and `THREADS` is larger than the number of stalled requests
  that must not be felt.  An idle thread costs a stack.
* A client that stops in mid-request gives its thread back after
  `CLIENT_TIMEOUT`: what a listener accepts inherits the listener's timeouts.
* No preload: numba's threading layer, and any pool made before a fork, give
  wrong answers after it.
* `timeout` is well above the work budget of a request (40 s), so that the
  service itself answers 503; `graceful_timeout` lets such a request end.
"""

from __future__ import annotations

import ctypes
import gc
import logging
import os
import socket
import struct
import subprocess
import sys
from concurrent.futures import Future
from http import HTTPStatus
from pathlib import Path
from typing import Any

from gunicorn import util
from gunicorn.arbiter import Arbiter
from gunicorn.workers.base import Worker
from gunicorn.workers.gthread import TConn, ThreadWorker

THREADS = 96
CLIENT_TIMEOUT = 10
MOST_DRAINED = 16 * 1024 * 1024
MALLOC = {-8: 2, -3: 1_048_576, -1: 4_194_304}
"""M_ARENA_MAX, M_MMAP_THRESHOLD and M_TRIM_THRESHOLD of glibc's mallopt."""
_OURS = frozenset({HTTPStatus.INTERNAL_SERVER_ERROR, HTTPStatus.NOT_IMPLEMENTED})
"""What gunicorn answers to heads that it cannot read: the client's fault, all of it."""
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108 - a heartbeat, not data


def is_not_a_stalled_client(record: logging.LogRecord) -> bool:
    """Say whether a log record is about something else than a stalled client."""
    return not (record.exc_info and isinstance(record.exc_info[1], BlockingIOError))


class _Problems:
    """A socket on which gunicorn's pages of errors become problems."""

    def __init__(self, client: socket.socket, error: BaseException) -> None:
        self._client = client
        self._error = error

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def gettimeout(self) -> float:
        return 0.0  # so that gunicorn does not change it

    def sendall(self, page: bytes) -> None:
        # A worker has the service in memory; the master must not.
        from orchestrator.web.problems import refusal  # noqa: PLC0415

        said = int(page.split(b" ", 2)[1])
        status = HTTPStatus.BAD_REQUEST if said in _OURS else HTTPStatus(said)
        util.write_nonblock(self._client, refusal(status, str(self._error)))


class LingeringThreadWorker(ThreadWorker):
    """A `gthread` worker that waits for closing clients outside its main loop.

    Gunicorn lets a client two seconds to read the end of its answer before it
    closes the connection, and spends them in the loop that accepts the others.
    """

    def init_process(self) -> None:
        """Begin to serve."""
        self.log.error_log.addFilter(is_not_a_stalled_client)
        super().init_process()

    def handle_error(
        self,
        req: object,
        client: socket.socket,
        addr: tuple[str, int] | None,
        exc: BaseException,
    ) -> None:
        """Refuse what is no request, as a problem instead of a page."""
        super().handle_error(req, _Problems(client, exc), addr, exc)

    def handle(self, conn: TConn) -> object:
        """Serve one request, and close in this thread what is to be closed."""
        keep = super().handle(conn)
        if keep is False:
            # What is left of a body is read, or the client would see a reset in place
            # of the answer that refuses it.
            conn.sock.setblocking(True)
            util.close_graceful(conn.sock, max_drain=MOST_DRAINED)
        return keep

    def finish_request(self, conn: TConn, fs: Future[object]) -> None:
        """Count a connection that is closed already; park one that is not."""
        if not fs.cancelled() and fs.exception() is None and fs.result() is False:
            self.nr_conns -= 1
        else:
            super().finish_request(conn, fs)


bind = f"{os.environ.get('HOST', '127.0.0.1')}:{os.environ.get('PORT', '8000')}"
worker_class = LingeringThreadWorker
workers = int(os.environ.get("WEB_CONCURRENCY") or len(os.sched_getaffinity(0)))
threads = THREADS
worker_connections = 1000
backlog = 1024
preload_app = False
timeout = 60
graceful_timeout = 45
keepalive = 5
max_requests = 5000
max_requests_jitter = 500
control_socket_disable = True
forwarder_headers = ""  # a header SCRIPT_NAME or PATH_INFO is nobody's to send
worker_tmp_dir = str(SHARED_MEMORY) if SHARED_MEMORY.is_dir() else None
proc_name = "orchestrator"


def on_starting(server: Arbiter) -> None:
    """Create the embedded ledger once, before there are workers."""
    # In a process of its own: what the master imports, no reload renews.
    code = (
        "import os\n"
        "from orchestrator.ledger.opening import create_embedded\n"
        "from orchestrator.settings import Settings\n"
        "create_embedded(Settings.from_environ(os.environ))\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own
    server.log.info("The ledger is there")


def when_ready(server: Arbiter) -> None:
    """Give every connection a receive and a send timeout."""
    seconds = struct.pack("ll", CLIENT_TIMEOUT, 0)
    for listener in server.LISTENERS:
        for option in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
            listener.sock.setsockopt(socket.SOL_SOCKET, option, seconds)


def post_fork(_: Arbiter, worker: Worker) -> None:
    """Let threads take turns often, and have memory given back.

    A thread that reads a large body holds the interpreter for 5 ms at a time unless
    told otherwise.  One heap a thread keeps what its largest request took; two heaps
    for all, and large blocks from the system, do not.
    """
    sys.setswitchinterval(0.0001)
    try:
        mallopt = ctypes.CDLL(None).mallopt
    except (AttributeError, OSError):
        worker.log.info("This C library cannot be told how to keep memory")
        return
    for name, value in MALLOC.items():
        mallopt(name, value)


def post_worker_init(worker: Worker) -> None:
    """Run the engine once, so that no caller waits for it to load."""
    # Imported here, in the worker: what the master imports, no reload renews.
    from backtesting import load_csv  # noqa: PLC0415
    from orchestrator.backtest_runner import run_backtest  # noqa: PLC0415
    from orchestrator.settings import shipped_data_dir  # noqa: PLC0415

    run_backtest(load_csv(shipped_data_dir() / "sample_ohlcv.csv"), "SAMPLE")
    # What is loaded now stays: no sweep needs to look at it again.
    gc.collect()
    gc.freeze()
    worker.log.info("Worker %s has warmed its engine", worker.pid)
