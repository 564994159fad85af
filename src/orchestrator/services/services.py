"""What a door holds: every use case behind one frozen value."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from orchestrator.backtest_runner import answer_of, execute
from orchestrator.budget import Budget
from orchestrator.loaders.base import BarLoader
from orchestrator.services.answer import Answer
from orchestrator.services.readiness import Check, Readiness
from orchestrator.spec import BacktestSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """The use cases over injected sources.

    Parameters
    ----------
    loaders : mapping of str to BarLoader
        One loader a data source, by its name in requests.
    checks : tuple of callables
        What `ready` asks.
    """

    loaders: Mapping[str, BarLoader]
    checks: tuple[Callable[[], Check], ...] = ()

    def ready(self) -> Readiness:
        """Return what this process can and cannot do now."""
        return Readiness(checks=tuple(check() for check in self.checks))

    def backtest(self, spec: BacktestSpec, *, budget: Budget, caller: str) -> Answer:
        """Run `spec` and return its answer.

        Raises
        ------
        OrchestratorError
            Any of its leaves but those of other use cases.
        """
        loaded = self.loaders[spec.query.source].load(spec.query, budget)
        budget.check("the run")
        return Answer.of(answer_of(execute(spec, loaded)))
