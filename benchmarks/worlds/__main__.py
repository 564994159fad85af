"""How often the gate passes what has no skill, and what has: the table of docs/gate.md.

``python -m benchmarks.worlds`` starts the service, draws 200 worlds of each kind from
fixed seeds, asks `POST /gate` under `standard` and under `strict`, and prints the share
that passes with its Monte Carlo error (one standard error).  It exits with 1 where a
goal is missed by more than two errors.
"""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import click
import numpy as np
import orjson
import requests

from benchmarks.worlds.worlds import WORLDS, Request, World
from examples.live_server import running

POLICIES = ("standard", "strict")


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """How many of some worlds passed."""

    passed: int
    worlds: int

    @property
    def percent(self) -> float:
        """The share in percent."""
        return 100.0 * self.passed / self.worlds

    @property
    def error(self) -> float:
        """One standard error, in points, as if one more had passed and one not."""
        share = (self.passed + 1) / (self.worlds + 2)
        return 100.0 * math.sqrt(share * (1 - share) / self.worlds)

    def misses(self, goal: float | None, *, at_least: bool) -> bool:
        """Return whether a goal is missed by more than two errors."""
        if goal is None:
            return False
        over = goal - self.percent if at_least else self.percent - goal
        return over > 2 * self.error

    def __str__(self) -> str:
        return f"{self.percent:.1f} +- {self.error:.1f}"


class Gate:
    """The service, asked in one session a thread."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._session = requests.Session()

    def passes(self, request: Request, policy: str, agent: str) -> bool:
        """Return whether the verdict is ``pass``."""
        asked = {**request, "gate": {**request["gate"], "policy": policy}}
        response = self._session.post(
            f"{self._url}/gate",
            data=orjson.dumps(asked),
            headers={"Content-Type": "application/json", "X-Agent-Id": agent},
            timeout=120,
        )
        if not response.ok:
            raise click.ClickException(f"{response.status_code}: {response.text}")
        return bool(response.json()["verdict"] == "pass")


def passes(gate: Gate, world: World, policy: str, seed: int) -> bool:
    """Return whether a caller who stops at the first pass gets one in this world."""
    place = WORLDS.index(world)
    tried = world.draw(np.random.default_rng([seed, place]))
    for number, request in enumerate(tried):
        name = f"{policy}-{place}-{seed}"
        agent = f"{name}-{number}" if world.agents else name
        if gate.passes(request, policy, agent):
            return True
    return False


def measured(url: str, world: World, policy: str, worlds: int) -> Share:
    """Return the share of seeds in which one passes."""
    gates = [Gate(url) for _ in range(2)]

    def some(place: int) -> int:
        ask = partial(passes, gates[place], world, policy)
        return sum(ask(seed) for seed in range(place, worlds, len(gates)))

    with ThreadPoolExecutor(len(gates)) as threads:
        return Share(passed=sum(threads.map(some, range(len(gates)))), worlds=worlds)


@click.command()
@click.option("--worlds", default=200, show_default=True, help="Worlds of each kind.")
@click.option("--only", default="", help="Kinds whose names hold this.")
def main(worlds: int, only: str) -> None:
    """Measure and print the table."""
    missed = 0
    print("| world | standard | goal | strict | goal |\n|---|---|---|---|---|")
    chosen = [world for world in WORLDS if only in world.name]
    for world in chosen:
        cells = [world.name]
        for policy in POLICIES:
            # A ledger of its own: each policy counts the trials made under it.
            with running({"WEB_CONCURRENCY": "2"}) as server:
                share = measured(server.url, world, policy, worlds)
            goal = getattr(world.goal, policy)
            missed += share.misses(goal, at_least=world.goal.at_least)
            word = "at least" if world.goal.at_least else "at most"
            cells += [f"{share}", "" if goal is None else f"{word} {goal:g}"]
        print(f"| {' | '.join(cells)} |", flush=True)
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
