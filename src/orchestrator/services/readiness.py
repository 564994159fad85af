"""Is this process able to answer?  Each check says what it found."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.described import described
from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.base import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadinessCheck:
    """One thing the process needs."""

    name: str = described("What was looked at")
    ok: bool = described("Whether it holds")
    detail: str = described("What was found, and the cure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether the process is able to answer."""

    status: str = described("Always `ready`", default="ready", enum=["ready"])
    checks: tuple[ReadinessCheck, ...] = described("Everything that was looked at")

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)


def check_data_dir(data_dir: Path) -> Callable[[], ReadinessCheck]:
    """Return a check that `data_dir` can be listed."""

    def check() -> ReadinessCheck:
        readable = data_dir.is_dir() and os.access(data_dir, os.R_OK | os.X_OK)
        return ReadinessCheck(
            name="data_dir",
            ok=readable,
            detail="readable"
            if readable
            else "ORCHESTRATOR_DATA_DIR names no readable folder",
        )

    return check


def check_ledger(ledger: Ledger) -> Callable[[], ReadinessCheck]:
    """Return a check that the ledger can be written and is this version's."""

    def check() -> ReadinessCheck:
        try:
            ledger.check()
        except LedgerUnavailableError as error:
            return ReadinessCheck(name="ledger", ok=False, detail=error.detail)
        return ReadinessCheck(name="ledger", ok=True, detail="writable")

    return check


def check_engine(engine_version: Callable[[], str]) -> Callable[[], ReadinessCheck]:
    """Return a check that qtos-core is installed."""

    def check() -> ReadinessCheck:
        try:
            return ReadinessCheck(name="qtos_core", ok=True, detail=engine_version())
        except ImportError as error:
            return ReadinessCheck(name="qtos_core", ok=False, detail=str(error))

    return check
