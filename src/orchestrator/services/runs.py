"""Looking back: stored runs, and whether they still come out the same."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import orjson

from orchestrator.backtest_runner import engine_version
from orchestrator.described import described
from orchestrator.errors import DataNotFoundError
from orchestrator.spec import Outcome

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.ledger.base import Ledger
    from orchestrator.ledger.values import RunFilter, RunPage, StoredRun
    from orchestrator.services.backtests import Backtests
    from orchestrator.spec import BacktestSpec


class Comparison(StrEnum):
    """How a stored run compares with itself run again."""

    SAME = "same"
    DATA_CHANGED = "data_changed"
    DIFFERS = "differs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One metric that came out otherwise."""

    metric: str = described("Its name")
    stored: float | None = described("What was recorded; null where undefined")
    now: float | None = described("What it is today; null where undefined")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """A recorded run beside the same request run again on today's data."""

    run_id: str = described("The run")
    outcome: Comparison = described("How the two runs compare")
    stored_sha256: str = described("Hash of the bars it was recorded on")
    now_sha256: str = described("Hash of today's bars")
    stored_engine: str = described("Version it was recorded with")
    now_engine: str = described("Version of today")
    differences: tuple[Difference, ...] = described("Metrics that differ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Runs:
    """Read the ledger, and run again what it holds."""

    ledger: Ledger
    backtests: Backtests

    def answer(self, run_id: str) -> bytes:
        """Return the newest answer of a run, as it was given.

        Where its policy would be refused today, that stands first, and a pass by it is
        none any more: `recorded_verdict` has it.
        """
        return self.judged(self.ledger.get(run_id))

    def judged(self, stored: StoredRun) -> bytes:
        """Return the answer of a stored run by today's policies; see `answer`."""
        given, source = stored.answer, stored.summary.source
        document: dict[str, Any] = orjson.loads(given)
        gate: dict[str, Any] = document.get("gate") or {}
        policies = self.backtests.policies
        refusal = policies.refusal(gate["policy"], source) if gate else None
        if refusal is None:
            return given
        detail = f"{refusal}: ask again under a policy that is allowed"
        verdict = gate["verdict"]
        gate |= {"recorded_verdict": verdict, "reasons": [detail, *gate["reasons"]]}
        if verdict == Outcome.PASS:
            gate["verdict"] = Outcome.INSUFFICIENT_EVIDENCE
        return orjson.dumps({"refused": detail, **document})

    def get(self, run_id: str) -> StoredRun:
        """Return a stored run; see `Ledger.get`."""
        return self.ledger.get(run_id)

    def page(
        self, filters: RunFilter, *, cursor: str | None = None, limit: int = 50
    ) -> RunPage:
        """Return stored runs, newest first; see `Ledger.page`."""
        return self.ledger.page(filters, cursor=cursor, limit=limit)

    def export(self, filters: RunFilter) -> Iterator[str]:
        """Yield stored runs as lines of CSV; see `Ledger.export`."""
        return self.ledger.export(filters)

    def verify(
        self, stored: StoredRun, spec: BacktestSpec, *, deadline: Deadline
    ) -> Verification:
        """Run `spec`, which `stored` was asked by, again on today's data.

        Raises
        ------
        DataNotFoundError
            If its data are gone.
        OrchestratorError
            As the run itself would.
        """
        again = self.backtests.rerun(
            spec, caller=stored.summary.caller, deadline=deadline
        )
        before = stored.summary
        if again.loaded.provenance.source != before.source:
            raise DataNotFoundError(
                f"the bars of {before.symbol} that run {before.run_id} was made from "
                f"are gone: {before.source} has none now"
            )
        now = again.measured.values
        names = [*before.metrics, *(name for name in now if name not in before.metrics)]
        differences = tuple(
            Difference(metric=name, stored=before.metrics.get(name), now=now.get(name))
            for name in names
            if before.metrics.get(name) != now.get(name)
        )
        sha256 = again.loaded.provenance.sha256
        if sha256 != before.data_sha256:
            outcome = Comparison.DATA_CHANGED
        elif differences:
            outcome = Comparison.DIFFERS
        else:
            outcome = Comparison.SAME
        return Verification(
            run_id=before.run_id,
            outcome=outcome,
            stored_sha256=before.data_sha256,
            now_sha256=sha256,
            stored_engine=before.engine_version,
            now_engine=engine_version(),
            differences=differences,
        )
