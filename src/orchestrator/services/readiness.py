"""Is this process able to answer?  Each check says what it found."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.base import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing a process needs, and whether it has it."""

    name: str
    ok: bool
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """All checks of a process."""

    checks: tuple[Check, ...]

    @property
    def ok(self) -> bool:
        """Whether every check holds."""
        return all(check.ok for check in self.checks)


def check_data_dir(data_dir: Path) -> Callable[[], Check]:
    """Return a check that `data_dir` can be listed."""

    def check() -> Check:
        readable = data_dir.is_dir() and os.access(data_dir, os.R_OK | os.X_OK)
        return Check(
            name="data_dir",
            ok=readable,
            detail="readable"
            if readable
            else "ORCHESTRATOR_DATA_DIR names no readable folder",
        )

    return check


def check_ledger(ledger: Ledger) -> Callable[[], Check]:
    """Return a check that the ledger can be written and is this version's."""

    def check() -> Check:
        try:
            ledger.check()
        except LedgerUnavailableError as error:
            return Check(name="ledger", ok=False, detail=error.detail)
        return Check(name="ledger", ok=True, detail="writable")

    return check


def check_engine(engine_version: Callable[[], str]) -> Callable[[], Check]:
    """Return a check that qtos-core is installed."""

    def check() -> Check:
        try:
            return Check(name="qtos_core", ok=True, detail=engine_version())
        except ImportError as error:
            return Check(name="qtos_core", ok=False, detail=str(error))

    return check
