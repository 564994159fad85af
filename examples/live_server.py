"""A real gunicorn for as long as a block lasts: for demos, benchmarks and tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import requests

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
READY_WITHIN = 120.0
DRAINED_WITHIN = 60.0


class ServerError(RuntimeError):
    """The server did not start; the message carries the end of its log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """Where a server answers, and its master process."""

    url: str
    port: int
    process: subprocess.Popen[bytes]
    log: Path

    def tail(self, lines: int = 20) -> str:
        """Return the last lines of the server's log."""
        text = self.log.read_text(errors="replace")
        return "\n".join(text.splitlines()[-lines:])


def free_port() -> int:
    """Return a port of the loopback interface that nobody uses now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def running(
    environ: Mapping[str, str] | None = None, *, app: str = "wsgi:app"
) -> Iterator[Server]:
    """Run gunicorn on a free port, with a ledger of its own, until the block ends.

    Parameters
    ----------
    environ : mapping, optional
        Variables to set beside those of this process.
    app : str
        What gunicorn serves.

    Raises
    ------
    ServerError
        If it is not ready in time.
    """
    with tempfile.TemporaryDirectory(prefix="orchestrator-") as folder:
        port = free_port()
        full = {
            **os.environ,
            "ORCHESTRATOR_DATABASE_URL": f"sqlite:///{folder}/ledger.sqlite3",
            **(environ or {}),
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        _upgrade(full)
        log = Path(folder) / "gunicorn.log"
        with log.open("wb") as output:
            process = subprocess.Popen(
                [BIN / "gunicorn", app],
                cwd=ROOT,
                env=full,
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        server = Server(
            url=f"http://127.0.0.1:{port}", port=port, process=process, log=log
        )
        try:
            _wait_until_ready(server)
            yield server
        finally:
            stop(process)


def stop(process: subprocess.Popen[bytes]) -> int:
    """Stop a master and its workers; return its exit status."""
    if process.poll() is None:
        process.terminate()
        try:
            return process.wait(DRAINED_WITHIN)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def _upgrade(environ: Mapping[str, str]) -> None:
    done = subprocess.run(
        [BIN / "orchestrator", "db", "upgrade"],
        cwd=ROOT,
        env=dict(environ),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise ServerError(f"the ledger could not be made ready:\n{done.stderr}")


def _wait_until_ready(server: Server) -> None:
    deadline = time.monotonic() + READY_WITHIN
    while time.monotonic() < deadline:
        if server.process.poll() is not None:
            break
        try:
            if requests.get(f"{server.url}/health/ready", timeout=5).ok:
                return
        except (requests.ConnectionError, requests.Timeout):
            time.sleep(0.1)
    raise ServerError(f"the server is not ready:\n{server.tail()}")
