"""Kill workers under a gated load, and look for every verdict that was answered.

``python -m benchmarks.kills`` kills 100 workers with SIGKILL while clients ask for
verdicts, and stops once 5,000 were acknowledged.  Then each acknowledged verdict must
be in the ledger, and its chain intact.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from threading import Event, Lock

import click
import requests

from examples.live_server import Server, running

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
PATIENCE = 60.0
"""Seconds without a new verdict after which the run has failed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of a run of kills."""

    kills: int
    acknowledged: int
    failed_requests: int
    lost: int
    chain: str
    seconds: float

    @property
    def is_sound(self) -> bool:
        """Whether nothing acknowledged was lost and the chain is intact."""
        return self.lost == 0 and self.chain.startswith("intact")


@dataclass(slots=True)
class _Tally:
    """Run ids of the verdicts that were answered, and requests that were not."""

    acknowledged: list[str] = field(default_factory=list)
    failed: int = 0
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    lock: Lock = field(default_factory=Lock)
    done: Event = field(default_factory=Event)


def kill_workers(
    *, kills: int, verdicts: int, pause: float, database_url: str | None = None
) -> Outcome:
    """Run the service, kill `kills` workers, and count what was lost.

    Parameters
    ----------
    kills : int
    verdicts : int
        How many must have been acknowledged in the end, at least.
    pause : float
        Seconds between kills.
    database_url : str, optional
        An upgraded ledger; by default a new one on SQLite.
    """
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        url = database_url or f"sqlite:///{folder}/ledger.sqlite3"
        environ = {"ORCHESTRATOR_DATABASE_URL": url, "WEB_CONCURRENCY": "2"}
        with running(environ) as server:
            tally = _under_load(server, kills=kills, verdicts=verdicts, pause=pause)
        chain = _verified(environ)
        lost = len(set(tally.acknowledged) - _recorded(environ))
    return Outcome(
        kills=kills,
        acknowledged=len(tally.acknowledged),
        failed_requests=tally.failed,
        lost=lost,
        chain=chain,
        seconds=time.monotonic() - started,
    )


def _under_load(server: Server, *, kills: int, verdicts: int, pause: float) -> _Tally:
    tally = _Tally()
    with ThreadPoolExecutor(5) as pool:
        clients = [pool.submit(_ask, server, tally) for _ in range(4)]
        try:
            for _ in range(kills):
                time.sleep(pause)
                _kill_one(server)
            _wait_for(tally, verdicts)
        finally:
            tally.done.set()
        for client in clients:
            client.result()
    return tally


def _wait_for(tally: _Tally, verdicts: int) -> None:
    """Return once there are so many verdicts; fail where none comes any more."""
    seen, since = 0, time.monotonic()
    while len(tally.acknowledged) < verdicts:
        if len(tally.acknowledged) > seen:
            seen, since = len(tally.acknowledged), time.monotonic()
        if time.monotonic() - since > PATIENCE:
            raise TimeoutError(f"no verdict for {PATIENCE} s; {seen} came before")
        time.sleep(0.1)


def _kill_one(server: Server) -> None:
    pid = server.process.pid
    while True:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        if children:
            os.kill(int(children[0]), signal.SIGKILL)
            return
        time.sleep(0.05)


def _ask(server: Server, tally: _Tally) -> None:
    with requests.Session() as session:
        while not tally.done.is_set():
            with tally.lock:
                number = next(tally.numbers)
            body = {"quantity": number / 1000, "gate": ["sharpe_ratio > 0.5"]}
            try:
                response = session.post(f"{server.url}/gate", json=body, timeout=30)
            except requests.RequestException:  # reset, cut off or too late
                tally.failed += 1
                continue
            # Whatever it says: no policy passes the sample, and its verdict is kept.
            if response.ok and response.json()["verdict"]:
                tally.acknowledged.append(response.json()["run_id"])
            else:
                tally.failed += 1


def _verified(environ: Mapping[str, str]) -> str:
    done = _orchestrator(environ, "ledger", "verify")
    return done.stdout.strip() if done.returncode == 0 else done.stderr.strip()


def _recorded(environ: Mapping[str, str]) -> set[str]:
    lines = _orchestrator(environ, "ledger", "export").stdout.splitlines()
    column = lines[0].split(",").index("run_id")
    return {line.split(",")[column] for line in lines[1:]}


def _orchestrator(
    environ: Mapping[str, str], *words: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BIN / "orchestrator", *words],
        cwd=ROOT,
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


@click.command()
@click.option("--kills", default=100, show_default=True)
@click.option("--verdicts", default=5000, show_default=True)
@click.option("--pause", default=1.0, show_default=True, help="Seconds between kills.")
@click.option("--url", help="An upgraded ledger; a new one on SQLite by default.")
def main(kills: int, verdicts: int, pause: float, url: str | None) -> None:
    """Kill workers under load and report what was lost."""
    outcome = kill_workers(
        kills=kills, verdicts=verdicts, pause=pause, database_url=url
    )
    click.echo(outcome)
    sys.exit(0 if outcome.is_sound else 1)


if __name__ == "__main__":
    main()
