"""The gate over a data service: ingest, serve, ask, compare; ``make demo-data``.

Ingests sp500.csv into the example data service, starts it and the gate, and asks for
the same run from both sources.  Exits with 0 only if every metric is the same.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import requests
from rich.console import Console

from examples.demo import GATE, ask, decide
from examples.live_server import ROOT, ServerError, running
from orchestrator.settings import shipped_data_dir

COMMAND = (sys.executable, "-m", "examples.data_service")
RUN = {"symbol": "SP500", "strategy_type": "trend_filter", "period": "max"}


def main() -> int:
    """Run the demonstration; return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with data_service() as url, running({"DATA_SERVICE_URL": url}) as gate:
            print(f"data service at {url}, gate at {gate.url}\n")
            file = ask(gate.url, {**RUN, "data_source": "csv"})
            rows = ask(gate.url, {**RUN, "data_source": "data_service", "gate": GATE})
    except (OSError, ServerError, subprocess.CalledProcessError) as error:
        print(f"the demonstration failed: {error}", file=sys.stderr)
        return 1
    print(f"{rows['data']['bars']} bars came through the data service")
    if file["metrics"] != rows["metrics"]:
        print("its metrics are not those of the file", file=sys.stderr)
        return 1
    print("its metrics are those of the file, to the last digit")
    decide(Console(highlight=False), rows)
    print("\nboth services have stopped; nothing is left running")
    return 0


@contextmanager
def data_service() -> Iterator[str]:
    """Run the example data service over sp500.csv until the block ends."""
    with tempfile.TemporaryDirectory(prefix="prices-") as folder:
        database = f"sqlite:///{Path(folder) / 'prices.sqlite3'}"
        environ = {**os.environ, "DATA_SERVICE_DATABASE_URL": database}
        csv = str(shipped_data_dir() / "sp500.csv")
        subprocess.run(
            [*COMMAND, "ingest", csv, "SP500"], cwd=ROOT, env=environ, check=True
        )
        process = subprocess.Popen(
            [*COMMAND, "serve", "--port", "0"],
            cwd=ROOT,
            env={**environ, "PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        try:
            yield _address(process)
        finally:
            process.terminate()
            process.communicate(timeout=30)


def _address(process: subprocess.Popen[str]) -> str:
    # The service prints where it answers once it listens there.
    url = process.stdout.readline().strip() if process.stdout else ""
    if not url:
        raise ServerError("the data service did not start")
    requests.get(f"{url}/health", timeout=10).raise_for_status()
    return url


if __name__ == "__main__":
    sys.exit(main())
