"""Run the benchmark and print its table; ``make bench``."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
from collections import defaultdict
from contextlib import AbstractContextManager, ExitStack

from benchmarks.http.cases import OURS, PATHS, Case, cases
from benchmarks.http.load import Block, drive
from examples.live_server import Server, running

CLIENTS = 2
Blocks = dict[tuple[str, str], list[Block]]


def main() -> int:
    """Measure every view of every case in turn; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--requests", type=int, default=300, help="in one block")
    options = parser.parse_args()
    blocks: Blocks = defaultdict(list)
    with ExitStack() as stack:
        servers = {mode: stack.enter_context(serve(mode)) for mode in ("off", "all")}
        for number in range(options.rounds + 1):
            measured = go_round(servers, options.requests, number)
            if number:  # the first round warms
                for key, block in measured.items():
                    blocks[key].append(block)
    report(blocks, options.requests)
    return 0


def serve(ledger: str) -> AbstractContextManager[Server]:
    """Run the shipped gunicorn over the benchmark's views."""
    environ = {
        "ORCHESTRATOR_LEDGER": ledger,
        "WEB_CONCURRENCY": "1",
        "GUNICORN_CMD_ARGS": "--max-requests 0",  # a restart would lose its CPU time
    }
    return running(environ, app="benchmarks.http.views:app")


def go_round(
    servers: dict[str, Server], count: int, number: int
) -> dict[tuple[str, str], Block]:
    """Ask every view of every case once, one after the other."""
    measured = {}
    for case in cases():
        server = servers[case.ledger]
        for view in case.views:
            measured[case.name, view] = drive(
                server.port,
                server.process.pid,
                PATHS[view],
                case.bodies(count, after=number * count),
                clients=CLIENTS,
            )
    return measured


def report(blocks: Blocks, count: int) -> None:
    """Print medians over the rounds, and ours as a ratio to each other view."""
    cores = len(os.sched_getaffinity(0))
    print(f"{platform.machine()}, {cores} cores, Python {platform.python_version()}")
    print(f"1 worker, {CLIENTS} kept-alive clients, blocks of {count} requests\n")
    print(f"{'':<32}{'view':<14}{'CPU us':>8}{'ratio':>7}{'goal':>6}", end="")
    print(f"{'req/s':>8}{'p50 ms':>8}{'p99 ms':>8}")
    for case in cases():
        ours = cpu_of(blocks, case, OURS)
        for view in case.views:
            taken = blocks[case.name, view]
            cpu = cpu_of(blocks, case, view)
            goal = case.goal if view == "bare" and case.goal else ""
            rate = statistics.median(count / block.wall for block in taken)
            every = [1e3 * late for block in taken for late in block.latencies]
            cuts = statistics.quantiles(every, n=100)
            print(f"{case.name:<32}{view:<14}{cpu:>8.0f}{ours / cpu:>7.2f}", end="")
            print(f"{goal:>6}{rate:>8.0f}{cuts[49]:>8.2f}{cuts[98]:>8.2f}")


def cpu_of(blocks: Blocks, case: Case, view: str) -> float:
    """Return the median CPU time of one request, in microseconds."""
    taken = blocks[case.name, view]
    return statistics.median(1e6 * block.cpu / len(block.latencies) for block in taken)


if __name__ == "__main__":
    sys.exit(main())
