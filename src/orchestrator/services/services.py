"""What a door holds: every use case behind one frozen value."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.services.backtests import Backtests
from orchestrator.services.data import Data
from orchestrator.services.readiness import Readiness, ReadinessCheck
from orchestrator.services.reports import Reports
from orchestrator.services.runs import Runs
from orchestrator.turns import Turns

if TYPE_CHECKING:
    from orchestrator.gate import PolicyBook
    from orchestrator.ledger.base import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases of the product.

    Parameters
    ----------
    backtests : Backtests
        Run, judge and record.
    runs : Runs
        Look back.
    reports : Reports
        Look at what was run.
    data : Data
        What there is to ask for.
    policies : PolicyBook
        By which rules a gate judges.
    ledger : Ledger
        For what a door keeps itself: answers under idempotency keys.
    checks : tuple of callables
        What `ready` asks.
    turns : Turns
        What heavy work waits for: large runs, large bodies, large files.
    """

    backtests: Backtests
    runs: Runs
    reports: Reports
    data: Data
    policies: PolicyBook
    ledger: Ledger
    checks: tuple[Callable[[], ReadinessCheck], ...] = ()
    turns: Turns = field(default_factory=Turns)

    def ready(self) -> Readiness:
        """Return what this process can and cannot do now."""
        return Readiness(checks=tuple(check() for check in self.checks))
