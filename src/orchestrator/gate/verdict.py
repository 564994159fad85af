"""The verdict on a run.

1. A condition that is not met, or whose figure is undefined: **fail**.
2. A run on the shipped sample, without a fill, or on bars of the future:
   **insufficient_evidence** under every policy.
3. A policy that is not enforced stops there: otherwise **pass**, with a warning for
   everything an enforced one would have missed.
4. An enforced policy says **insufficient_evidence** if the evidence falls short of
   any of its rules, and **pass** only otherwise.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from orchestrator.evidence import Evidence
from orchestrator.gate.condition_warnings import condition_warnings
from orchestrator.gate.judged_condition import Figures, JudgedCondition, judge_condition
from orchestrator.gate.policies import Policy
from orchestrator.gate.sufficiency import Reason, bars_to_pass, shortfalls
from orchestrator.gate.wording import explain, missed
from orchestrator.spec import AnswerWarning, Condition, Outcome, WarningCode


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """An outcome, what it was judged by, and why.

    Parameters
    ----------
    outcome : Outcome
    policy : Policy
    conditions : tuple of JudgedCondition
        In the caller's order.
    reasons : tuple of Reason
        Never empty; with the cure where there is one.
    warnings : tuple of AnswerWarning
        Those of the conditions, and ``weak_evidence`` for each shortfall that was
        not judged.
    warning_codes : tuple of WarningCode
        What the run and the verdict are warned of, each code once, in order.
    """

    outcome: Outcome
    policy: Policy
    conditions: tuple[JudgedCondition, ...]
    reasons: tuple[Reason, ...]
    warnings: tuple[AnswerWarning, ...] = ()
    warning_codes: tuple[WarningCode, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the whole verdict as JSON."""
        answer = self._head() | {
            "conditions": [condition.to_json() for condition in self.conditions],
            "reasons": [reason.detail for reason in self.reasons],
        }
        answer["policy"] = self.policy.identity() | {"rules": self.policy.rules()}
        if self.warnings:
            answer["warnings"] = _listed(self.warnings)
        return answer

    def to_short_json(self, limit: int = 900) -> dict[str, object]:
        """Return a verdict of at most `limit` bytes, for agents that count tokens.

        Warnings, then conditions that are met, then further conditions and reasons
        are left out until it fits; ``omitted`` counts them.  ``warning_codes`` names
        every warning of the run and the verdict and is never cut.
        """
        # Lists from which the last goes first: what matters least stands last.
        kept = sorted(self.conditions, key=lambda condition: condition.met)
        reasons = [reason.detail for reason in self.reasons]
        warnings = list(self.warnings)
        while True:
            answer = self._short(kept, reasons, warnings)
            if len(json.dumps(answer).encode()) <= limit:
                return answer
            if warnings:
                warnings.pop()
            elif kept:
                kept.pop()
            elif reasons:
                reasons.pop()
            else:
                return answer

    def _short(
        self,
        kept: list[JudgedCondition],
        reasons: list[str],
        warnings: list[AnswerWarning],
    ) -> dict[str, object]:
        shown = [each.to_json() for each in self.conditions if each in kept]
        answer = self._head() | {"conditions": shown, "reasons": reasons}
        if self.warning_codes:
            answer["warning_codes"] = [code.value for code in self.warning_codes]
        if warnings:
            answer["warnings"] = _listed(warnings)
        whole = len(self.conditions) + len(self.reasons) + len(self.warnings)
        omitted = whole - len(shown) - len(reasons) - len(warnings)
        return answer | ({"omitted": omitted} if omitted else {})

    def _head(self) -> dict[str, object]:
        return {"verdict": self.outcome.value, "policy": self.policy.identity()}


def judge(
    conditions: Sequence[Condition],
    *,
    policy: Policy,
    measured: Figures,
    benchmark: Figures | None,
    evidence: Evidence | None,
    strategy_type: str,
    warnings: Iterable[AnswerWarning] = (),
    sources: Iterable[str] = (),
) -> Verdict:
    """Judge a run.

    Parameters
    ----------
    conditions : sequence of Condition
        At least one.
    policy : Policy
        Chosen from the book, so never under the floor.
    measured, benchmark : Figures
        The run's metrics and those of its benchmark.
    evidence : Evidence or None
        None is no evidence: an enforced policy does not pass it.
    strategy_type : str
        The registered name of the strategy.
    warnings : iterable of AnswerWarning
        The warnings of the answer: some make the evidence insufficient.
    sources : iterable of str
        Where the bars, and the benchmark's, come from.

    Raises
    ------
    ValueError
        If there is no condition: nothing would be judged.
    """
    if not conditions:
        raise ValueError("a verdict needs at least one condition")
    judged = tuple(
        judge_condition(
            condition, measured=measured, benchmark=benchmark, evidence=evidence
        )
        for condition in conditions
    )
    odd = condition_warnings(conditions)
    warnings = (*warnings, *odd)
    barred = bars_to_pass(warnings)
    lacking = shortfalls(
        policy,
        conditions=conditions,
        evidence=evidence,
        warnings=warnings,
        strategy_type=strategy_type,
        sources=sources,
    )
    outcome, reasons = _decide(judged, policy, barred, lacking)
    told = odd + _weaknesses(policy, lacking)
    return Verdict(
        outcome=outcome,
        policy=policy,
        conditions=judged,
        reasons=reasons,
        warnings=told,
        warning_codes=tuple(dict.fromkeys(each.code for each in (*warnings, *told))),
    )


def _decide(
    judged: tuple[JudgedCondition, ...],
    policy: Policy,
    barred: tuple[Reason, ...],
    lacking: tuple[Reason, ...],
) -> tuple[Outcome, tuple[Reason, ...]]:
    unmet = tuple(_why_unmet(each) for each in judged if not each.met)
    if unmet:
        return Outcome.FAIL, unmet
    short = barred + (lacking if policy.enforced else ())
    if short:
        return Outcome.INSUFFICIENT_EVIDENCE, short
    count = len(judged)
    met = "the condition is met" if count == 1 else f"all {count} conditions are met"
    return Outcome.PASS, (Reason(code="conditions_met", detail=met),)


def _why_unmet(judged: JudgedCondition) -> Reason:
    condition = judged.condition
    if judged.value is None:
        detail = f"{condition.metric} is undefined: {explain(judged.undefined or '')}"
        return Reason(code="undefined_metric", detail=detail)
    detail = missed(condition.metric, condition.op, condition.threshold, judged.value)
    return Reason(code="condition_not_met", detail=detail)


def _weaknesses(
    policy: Policy, lacking: tuple[Reason, ...]
) -> tuple[AnswerWarning, ...]:
    if policy.enforced:
        return ()
    return tuple(
        AnswerWarning(code=WarningCode.WEAK_EVIDENCE, detail=each.detail)
        for each in lacking
    )


def _listed(warnings: Iterable[AnswerWarning]) -> list[dict[str, str]]:
    return [{"code": warning.code, "detail": warning.detail} for warning in warnings]
