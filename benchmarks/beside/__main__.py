"""Run the benchmark and print its table: ``python -m benchmarks.beside``."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path

import requests

from benchmarks.beside.bodies import Heavy, bars_file, heavy
from benchmarks.beside.memory import peak
from benchmarks.beside.senders import latencies, sending
from examples.live_server import Server, running
from orchestrator.settings import shipped_data_dir

GOAL = 5.0
"""How many times its own p99 a cheap request may wait beside heavy work."""
MOST_MEBIBYTES = 600


def main() -> int:
    """Measure beside every heavy body in turn; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15.0, help="a heavy body")
    parser.add_argument("--only", default="", help="bodies whose name holds this")
    options = parser.parse_args()
    print(f"{'beside':<42}{'p99 ms':>8}{'alone':>8}{'ratio':>7}{'peak MiB':>10}  heavy")
    with tempfile.TemporaryDirectory() as folder:
        bars = Path(folder)
        (bars / "HEAVY.csv").write_bytes(bars_file())
        sample = (shipped_data_dir() / "sp500.csv").read_bytes()
        (bars / "SP500.csv").write_bytes(sample)
        for body in heavy():
            if options.only in body.name:
                measure(bars, body, options.seconds)
    return 0


def measure(data: Path, body: Heavy, seconds: float) -> None:
    """Print one row: a service of its own, alone, then beside the body."""
    environ = {
        "ORCHESTRATOR_DATA_DIR": str(data),
        "ORCHESTRATOR_UPLOADS": "on",
        "WEB_CONCURRENCY": "1",
        "GUNICORN_CMD_ARGS": "--max-requests 0",
    }
    with running(environ) as server:
        latencies(server.port, seconds, 300)  # warms
        before = p99(latencies(server.port, seconds, 2000))
        with sending(server.port, body) as statuses:
            beside = p99(latencies(server.port, seconds, 100_000))
        alone = statistics.mean((before, p99(latencies(server.port, seconds, 2000))))
        show(server, body, (beside, alone), statuses)


def show(
    server: Server, body: Heavy, taken: tuple[float, float], statuses: list[int]
) -> None:
    """Print what one body did to the others."""
    beside, alone = (1e3 * seconds for seconds in taken)
    most = peak(server.process.pid)
    over = "".join(
        (
            " waits" if beside > GOAL * alone else "",
            " large" if most > MOST_MEBIBYTES else "",
        )
    )
    said = ", ".join(
        f"{n}x {status}" for status, n in sorted(Counter(statuses).items())
    )
    print(f"{body.name:<42}{beside:>8.1f}{alone:>8.1f}{beside / alone:>7.1f}", end="")
    print(f"{most:>10.0f}  {said}{over}", flush=True)
    requests.get(f"{server.url}/health", timeout=30).raise_for_status()


def p99(seconds: list[float]) -> float:
    """Return the 99th percentile."""
    return statistics.quantiles(seconds, n=100)[98]


if __name__ == "__main__":
    sys.exit(main())
