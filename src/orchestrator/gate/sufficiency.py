"""Where the evidence falls short of a policy, each with the cure.

Every rule here asks "is this shown?": what is missing or undefined is never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from orchestrator.evidence import Evidence
from orchestrator.gate.policies import (
    CALLERS_SOURCES,
    NO_AGE,
    OPERATORS_SOURCES,
    Policy,
)
from orchestrator.gate.wording import explain, number, plural, tenth_up
from orchestrator.spec import AnswerWarning, Condition, WarningCode

_CURES: Mapping[str, str] = {
    WarningCode.DROPPED_ROWS: "correct the rows in the source",
    WarningCode.FUTURE_BARS: "correct the times in the source, or end the window "
    "before now",
    WarningCode.PARTIAL_WINDOW: "ask for a window that the source holds whole",
    WarningCode.NEGATIVE_RISK_FREE_RATE: "give a rate of 0 or more",
    WarningCode.PERIODS_PER_YEAR_DIFFERS: "leave periods_per_year out",
    WarningCode.PERIODS_PER_YEAR_UNCERTAIN: "ask for a window of evenly spaced bars",
    WarningCode.NO_TRADES: "a run that traded nothing shows nothing: change its rules "
    "or cash",
    WarningCode.SAMPLE_DATA: "put the symbol's own bars into the data folder as "
    "<SYMBOL>.csv",
    WarningCode.STALE_DATA: "ask again when the data service answers",
    WarningCode.BID_ASK_BOUNCE: "give costs of at least half the spread, or fill at "
    "the next open",
    WarningCode.LOW_EXPOSURE: "size positions so that the largest is at least half of "
    "equity, or judge no drawdown",
    WarningCode.MIXED_SPACING: "ask for a window of evenly spaced bars",
    WarningCode.SYMBOL_DIFFERS: "name the file by its symbol, or ask for the symbol "
    "that it is of",
    WarningCode.UNADJUSTED_SPLITS: "adjust the prices for splits",
    WarningCode.OLD_DATA: "ask again when newer bars are there, or name the `end` of "
    "the window to judge history",
    WarningCode.TRIALS_UNCOUNTED: "judge where the ledger counts trials",
}

NEVER_PASSED = (WarningCode.SAMPLE_DATA, WarningCode.NO_TRADES, WarningCode.FUTURE_BARS)
"""Warnings under which no policy passes a run, whatever else it asks for: bars of
another symbol, nothing traded, bars that cannot have been seen."""
CRASH_PRONE_SKEWNESS = -1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """Why a verdict is what it is: a stable code and plain words."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What must be computed before a gate can be judged."""

    bootstrap: bool
    drawdown_limit_pct: float | None


def needs_of(conditions: Iterable[Condition], policy: Policy) -> Needs:
    """Return what `policy` and the conditions need beside the always-on evidence."""
    conditions = tuple(conditions)
    limit = drawdown_limit(conditions)
    named = any(c.metric.startswith("evidence.bootstrap.") for c in conditions)
    judged = policy.max_drawdown_probability < 1.0 and limit is not None
    return Needs(bootstrap=named or judged, drawdown_limit_pct=limit)


def drawdown_limit(conditions: Iterable[Condition]) -> float | None:
    """Return the tightest upper limit set on ``max_drawdown_pct``."""
    return min(_thresholds(conditions, "max_drawdown_pct", ("<", "<=")), default=None)


def sharpe_threshold(conditions: Iterable[Condition]) -> float:
    """Return the highest lower limit set on ``sharpe_ratio``, at least 0."""
    return max((0.0, *_thresholds(conditions, "sharpe_ratio", (">", ">="))))


def shortfalls(
    policy: Policy,
    *,
    conditions: Sequence[Condition],
    evidence: Evidence | None,
    warnings: Iterable[AnswerWarning],
    strategy_type: str,
    sources: Iterable[str] = (),
) -> tuple[Reason, ...]:
    """Return every way in which the evidence is not enough for `policy`.

    What no policy may pass is left to `bars_to_pass`.
    """
    found = [*_of_data(policy, conditions, warnings), *_of_sources(policy, sources)]
    if evidence is None:
        found.append(Reason(code="no_evidence", detail="the run was not weighed"))
        return tuple(found)
    found += _of_trials(policy, evidence)
    found += _of_sample(policy, evidence)
    found += _of_trades(policy, evidence, strategy_type)
    found += _of_p_value(policy, evidence)
    found += _of_spending(policy, evidence)
    found += _of_psr(policy, evidence, sharpe_threshold(conditions))
    found += _of_drawdown(policy, evidence, drawdown_limit(conditions))
    return tuple(found)


def bars_to_pass(warnings: Iterable[AnswerWarning]) -> tuple[Reason, ...]:
    """Return why no policy whatever may pass the run; empty where one may."""
    return tuple(_named_by(NEVER_PASSED, warnings))


def _thresholds(
    conditions: Iterable[Condition], metric: str, operators: tuple[str, ...]
) -> list[float]:
    return [c.threshold for c in conditions if c.metric == metric and c.op in operators]


def _of_data(
    policy: Policy, conditions: Iterable[Condition], warnings: Iterable[AnswerWarning]
) -> Iterator[Reason]:
    passed_over = set(NEVER_PASSED)
    if not any("drawdown" in condition.metric for condition in conditions):
        # A small position hides nothing but how deep it would have fallen.
        passed_over.add(WarningCode.LOW_EXPOSURE)
    codes = set(policy.insufficient_on)
    if policy.max_age_days < NO_AGE:
        codes.add(WarningCode.OLD_DATA)
    return _named_by(sorted(codes - passed_over), warnings)


def _of_sources(policy: Policy, sources: Iterable[str]) -> Iterator[Reason]:
    for source in sorted(sources):
        known = source in OPERATORS_SOURCES or source in CALLERS_SOURCES
        kind = source if known else "installed"
        if kind not in policy.sources:
            whose = "the caller's own" if kind in CALLERS_SOURCES else "of this source"
            yield Reason(
                code="source_not_allowed",
                detail=f"the bars are {whose} ({kind}), and the policy passes those of "
                f"{', '.join(policy.sources) or 'none'} alone; ask for bars of these",
            )


def _named_by(
    codes: Iterable[str], warnings: Iterable[AnswerWarning]
) -> Iterator[Reason]:
    seen: dict[str, AnswerWarning] = {
        warning.code: warning for warning in reversed(tuple(warnings))
    }
    for code in codes:
        if code in seen:
            cure = _CURES.get(code)
            detail = seen[code].detail + (f"; {cure}" if cure else "")
            yield Reason(code=code, detail=detail)


def _of_trials(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    code = WarningCode.TRIALS_UNCOUNTED
    if code in policy.insufficient_on and evidence.trials.counted is None:
        detail = "the trials before this one were not counted"
        yield Reason(code=code, detail=f"{detail}; {_CURES[code]}")


def _of_sample(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    lacking = policy.min_returns - evidence.returns
    if lacking > 0:
        yield Reason(
            code="too_few_returns",
            detail=f"{plural(evidence.returns, 'return')} of {policy.min_returns}: "
            f"needs {plural(lacking, 'more bar')}",
        )
    yield from _of_years(policy, evidence)
    missing, most = evidence.sample.missing_pct, policy.max_missing_pct
    if missing > most:
        yield Reason(
            code="bars_missing",
            detail=f"{number(missing, against=most, digits=3)} % of the window has no "
            f"bars, above {number(most)} %: fill the holes in the source, or ask for a "
            "window without them; `calendar` names another market's sessions",
        )


def _of_years(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    needed, why = policy.min_years, ""
    skewness = evidence.figures.get("skewness", 0.0)
    if skewness < CRASH_PRONE_SKEWNESS and policy.min_years_crash_prone > needed:
        needed = policy.min_years_crash_prone
        why = f" where returns have a skewness of {number(skewness, digits=3)}"
    # 365 days of daily bars are a year, though 0.9993 of 365.25 days.
    years = round(evidence.sample.years, 2)
    if years < needed:
        yield Reason(
            code="too_short",
            detail=f"{number(years)} of {number(needed)} years{why}: needs about "
            f"{tenth_up(needed - years)} more years of data",
        )


def _of_trades(
    policy: Policy, evidence: Evidence, strategy_type: str
) -> Iterator[Reason]:
    closed = evidence.sample.closed_trades
    losing = evidence.sample.losing_trades
    excused = strategy_type in policy.trades_not_asked_of
    lacking = policy.min_closed_trades - closed
    if lacking > 0 and not excused:
        yield Reason(
            code="too_few_closed_trades",
            detail=f"{plural(closed, 'closed trade')} of {policy.min_closed_trades}: "
            f"needs {plural(lacking, 'more closed trade')}",
        )
    lacking = policy.min_losing_trades - losing
    if lacking > 0 and (closed > 0 or not excused):
        yield Reason(
            code="no_losing_trade" if losing == 0 else "too_few_losing_trades",
            detail=f"{'no' if losing == 0 else losing} losing trade"
            f"{'' if losing <= 1 else 's'}: a record says nothing of losses it never "
            f"had; needs {plural(lacking, 'more losing trade')} to judge by",
        )


def _of_p_value(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    limit = policy.max_p_value_adjusted
    if limit >= 1.0:
        return
    p_value = evidence.figures.get("p_value_adjusted")
    if p_value is None:
        reason = evidence.undefined.get("p_value_adjusted", "not_measured")
        detail = f"there is no p-value: {explain(reason)}"
        yield Reason(code="p_value_undefined", detail=detail)
    elif not p_value <= limit:
        used = evidence.trials.used
        tried = "1 trial" if used == 1 else f"{used} trials"
        found = f"p-value {number(p_value, against=limit, digits=3)} after {tried}"
        detail = f"{found}, above {number(limit)}: {_cure_by_years(evidence, limit)}"
        yield Reason(code="could_be_luck", detail=detail)


def _of_spending(policy: Policy, evidence: Evidence) -> Iterator[Reason]:
    limit = policy.max_p_value_spent
    p_value = evidence.figures.get("p_value_spent")
    # One that is undefined is told once, of the adjusted p-value.
    if limit >= 1.0 or (p_value is None and policy.max_p_value_adjusted < 1.0):
        return
    if p_value is None or not p_value <= limit:
        found = "unknown"
        if p_value is not None:
            found = number(p_value, against=limit, digits=3)
        used = evidence.trials.used
        yield Reason(
            code="trials_not_paid",
            detail=f"the p-value of trial {used} in sequence, times {used} x "
            f"{used + 1}, is {found}, above {number(limit)}: needs a higher Sharpe "
            "ratio, more data or fewer trials",
        )


def _cure_by_years(evidence: Evidence, limit: float) -> str:
    more = evidence.years_to_p_value(limit) if limit > 0.0 else None
    if more is None:
        return "no length of data is enough at this Sharpe"
    return f"needs about {tenth_up(max(more, 0.1))} more years at this Sharpe"


def _of_psr(policy: Policy, evidence: Evidence, threshold: float) -> Iterator[Reason]:
    if policy.min_psr <= 0.0:
        return
    probability = evidence.psr_above(threshold)
    if probability is None or not probability >= policy.min_psr:
        shown = "unknown"
        if probability is not None:
            shown = number(probability, against=policy.min_psr, digits=3)
        yield Reason(
            code="sharpe_not_shown",
            detail=f"the probability of a true Sharpe ratio above {number(threshold)} "
            f"is {shown}, under {number(policy.min_psr)}: needs more data or a lower "
            "threshold",
        )


def _of_drawdown(
    policy: Policy, evidence: Evidence, limit: float | None
) -> Iterator[Reason]:
    highest = policy.max_drawdown_probability
    if highest >= 1.0 or limit is None:
        return
    paths = evidence.bootstrap
    shown = None if paths is None else paths.probability_of_drawdown_over(limit)
    if shown is None or not shown <= highest:
        found = "unknown" if shown is None else number(shown, against=highest, digits=3)
        years = evidence.figures.get("bootstrap.horizon_years")
        within = "" if years is None else f" within {number(years, digits=3)} years"
        yield Reason(
            code="drawdown_not_shown",
            detail="the share of resampled paths that fall deeper than "
            f"{number(limit)} %{within} is {found}, above {number(highest)}: needs a "
            "smaller position or a wider limit",
        )
