"""A run that is ready to be judged."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.backtest_runner import (
    answer_of,
    engine_version,
    fingerprint_of,
)
from orchestrator.gate import needs_of
from orchestrator.ledger.values import Attempt
from orchestrator.services.answer import encode
from orchestrator.services.weighing import weigh_run
from orchestrator.spec import AnswerWarning, Include

if TYPE_CHECKING:
    from backtesting.metrics import Measured
    from orchestrator.backtest_runner import RunResult
    from orchestrator.deadline import Deadline
    from orchestrator.evidence import Evidence
    from orchestrator.gate import Policy

Key = tuple[str, tuple[AnswerWarning, ...]]
"""What a run that is prepared is kept under: its id and the warnings of its data."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Who asks, in which words, and which answers they hold already.

    Parameters
    ----------
    caller : str
    document : bytes
        The request as canonical JSON, from which the spec can be read again.
    etags : frozenset of str
        Tags of answers the caller holds.
    """

    caller: str
    document: bytes
    etags: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prepared:
    """Everything about a run that does not depend on who asks and how often.

    Parameters
    ----------
    run_id : str
    body : bytes
        The answer without evidence and verdict.
    measured, benchmark : Measured
    warnings : tuple of AnswerWarning
    evidence : Evidence or None
        Before trials are counted; None where nobody asked.
    attempt : callable
        ``attempt(asked, family, re_look)`` gives what the ledger records.
    """

    run_id: str
    body: bytes
    measured: Measured
    benchmark: Measured
    warnings: tuple[AnswerWarning, ...]
    evidence: Evidence | None
    attempt: Callable[[Asked, str, bool], Attempt]

    @property
    def nbytes(self) -> int:
        """Bytes it takes to remember, roughly."""
        return 3 * len(self.body) + 16_384


def report_url(run_id: str) -> str:
    """Return where the report of a recorded run is."""
    return f"/runs/{run_id}/report"


def prepare(
    result: RunResult, policy: Policy | None, deadline: Deadline, *, is_kept: bool
) -> Prepared:
    """Return a run with what weighing it takes; `policy` None without a gate.

    The answer to a run that the ledger keeps names its report.

    Raises
    ------
    BudgetExceededError
        If the deadline is spent before it is weighed or written.
    """
    deadline.check("the run was weighed")
    spec = result.spec
    needs = None
    if spec.gate is not None and policy is not None:
        needs = needs_of(spec.gate.conditions, policy)
    wanted = {Include.EVIDENCE, Include.BOOTSTRAP} & spec.include
    evidence = weigh_run(result, needs) if needs is not None or wanted else None
    deadline.check("the answer was written")
    answer = answer_of(result)
    if is_kept:
        answer["report_url"] = report_url(result.run_id)
    return Prepared(
        run_id=result.run_id,
        body=encode(answer),
        measured=result.measured,
        benchmark=result.benchmark,
        warnings=result.warnings,
        evidence=evidence,
        attempt=_attempts(result, answer["assumptions"]),
    )


def _attempts(
    result: RunResult, assumptions: object
) -> Callable[[Asked, str, bool], Attempt]:
    spec, origin = result.spec, result.loaded.provenance
    fields = {
        "run_id": result.run_id,
        "source": origin.source,
        "symbol": spec.query.symbol,
        "strategy": spec.strategy_type,
        "fingerprint": fingerprint_of(spec),
        "result": _digest(result),
        "sharpe": _sharpe_per_period(result),
        "assumptions": assumptions,
        "metrics": result.measured.values,
        "data_sha256": origin.sha256,
        "first": origin.first,
        "last": origin.last,
        "engine_version": engine_version(),
    }

    def attempt(asked: Asked, family: str, re_look: bool) -> Attempt:
        return Attempt(
            caller=asked.caller,
            family=family,
            request=asked.document,
            re_look=re_look,
            **fields,  # type: ignore[arg-type]
        )

    return attempt


def _digest(result: RunResult) -> str:
    """Return the hash of what came out: equity as a multiple of the initial cash."""
    growth = result.simulation.equity / result.assumptions.initial_cash
    return hashlib.sha256(growth.data).hexdigest()[:32]


def _sharpe_per_period(result: RunResult) -> float | None:
    annual = result.measured.values.get("sharpe_ratio")
    if annual is None:
        return None
    return annual / math.sqrt(result.assumptions.periods_per_year)
