"""Run the benchmark and print its tables: ``python -m benchmarks.engine``."""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

from benchmarks.engine.environments import ALL, NUMBA, OURS, Contestant, install
from benchmarks.engine.program import Answer, Program
from benchmarks.engine.work import NAMES, write_work

BLOCK_SECONDS = 0.25
"""A block of runs goes on about so long: fast contestants run more often in it."""

Results = dict[tuple[str, str], list[float]]


def main() -> int:
    """Check, time, weigh; return the exit status."""
    options = parsed()
    for contestant in ALL:
        install(contestant)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        write_work(work)
        with ExitStack() as stack:
            programs = {
                one: stack.enter_context(Program(one, work, patience=options.patience))
                for one in ALL
            }
            firsts = check(programs, everything=options.all)
            results = time_all(programs, firsts, options.rounds)
        report_times(results)
        report_weight(work, options.patience)
    return 0


def parsed() -> argparse.Namespace:
    """Return the options of the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument(
        "--all", action="store_true", help="run also what takes minutes"
    )
    parser.add_argument(
        "--patience", type=float, default=600.0, help="seconds to wait for one run"
    )
    return parser.parse_args()


def check(
    programs: dict[Contestant, Program], *, everything: bool
) -> dict[tuple[Contestant, str], Answer]:
    """Run everything once; all must end with the same equity."""
    firsts = {}
    for name in NAMES:
        for one, program in programs.items():
            if name in one.slow and not everything:
                continue
            program.run(name)  # compiles
            firsts[one, name] = program.run(name)
        expected = firsts[NUMBA, name].equity
        for (one, work), answer in firsts.items():
            if work == name and abs(answer.equity / expected - 1.0) > 1e-6:
                sys.exit(
                    f"{name}: {one.name} ends with {answer.equity}, not {expected}"
                )
        print(f"{name}: all end with {expected:.4f}")
    return firsts


def time_all(
    programs: dict[Contestant, Program],
    firsts: dict[tuple[Contestant, str], Answer],
    rounds: int,
) -> Results:
    """Let everyone run a block in turn, `rounds` times."""
    results: Results = {}
    for _ in range(rounds):
        for (one, name), first in firsts.items():
            spent = first.seconds
            known = results.setdefault((one.name, name), [])
            if spent > 2.0:  # once is enough of what takes seconds
                known[:] = [spent]
                continue
            count = max(1, min(200, int(BLOCK_SECONDS / spent)))
            known.append(programs[one].run(name, count).seconds)
    return results


def report_times(results: Results) -> None:
    """Print medians, and how many times ours and the limit each one takes."""
    print(f"\n{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]}")
    print("\nMedian milliseconds of CPU time (times ours | times the numba limit)")
    print(f"{'':16}" + "".join(f"{name:>30}" for name in NAMES))
    for one in ALL:
        cells = []
        for name in NAMES:
            if (one.name, name) not in results:
                cells.append(f"{'not run':>30}")
                continue
            mine, ours, limit = (
                statistics.median(results[who.name, name]) for who in (one, OURS, NUMBA)
            )
            ratios = f"({mine / ours:.4g} | {mine / limit:.4g})"
            cells.append(f"{mine * 1e3:12.4g} {ratios:>17}")
        print(f"{one.name:16}" + "".join(cells))


def report_weight(work: Path, patience: float) -> None:
    """Print cold starts (a new process up to its first W2) and memory on W3."""
    print("\nCold start to the first W2, and peak memory on W3, in new processes")
    bars = 48 * 1_000_000
    for one in ALL:
        with Program(one, work, patience=patience) as program:
            program.run("W2")
            cold = time.perf_counter() - program.started
        row = f"{one.name:16}{cold:8.2f} s"
        if "W3" not in one.slow:
            with Program(one, work, patience=patience) as program:
                peak = program.run("W3").peak
                start = program.peak_at_start
            row += f"{start / 1e6:8.0f} MB at start {peak / 1e6:8.0f} MB at the peak:"
            row += f" {(peak - start) / bars:5.2f} times the bars more"
        print(row)


if __name__ == "__main__":
    sys.exit(main())
