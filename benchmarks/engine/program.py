"""A contestant's process: started, asked for runs, and ended."""

from __future__ import annotations

import json
import os
import select
import subprocess
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from pathlib import Path

    from benchmarks.engine.environments import Contestant


class ContestantFailedError(RuntimeError):
    """A contestant ended or kept silent for too long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a run of one piece of work took, in CPU seconds, and came to."""

    seconds: float
    equity: float
    peak: int


class Program:
    """One process; use it as a context, which ends it."""

    def __init__(self, contestant: Contestant, work: Path, *, patience: float) -> None:
        self._name = contestant.name
        self._patience = patience
        self.started = time.perf_counter()
        self._process = subprocess.Popen(
            [contestant.python, contestant.path, work],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"PYTHONWARNINGS": "ignore"},
        )
        self.peak_at_start = int(self._read()["peak"])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, name: str, count: int = 1) -> Answer:
        """Run one piece of work `count` times."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{name} {count}\n")
        self._process.stdin.flush()
        answer = self._read()
        return Answer(
            seconds=answer["seconds"],
            equity=answer["equity"],
            peak=answer["peak"],
        )

    def _read(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        ready, _, _ = select.select([self._process.stdout], [], [], self._patience)
        line = self._process.stdout.readline() if ready else ""
        if not line:
            self._process.kill()
            raise ContestantFailedError(
                f"{self._name} gave no answer within {self._patience:.0f} s"
            )
        answer: dict[str, Any] = json.loads(line)
        return answer
