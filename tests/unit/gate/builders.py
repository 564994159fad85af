"""Runs to judge, with one thing changed at a time."""

from __future__ import annotations

import numpy as np

from backtesting.metrics import Measured
from orchestrator.evidence import BootstrapPlan, Evidence, SampleFacts, Trials, weigh
from orchestrator.gate import Policy, PolicyBook, Verdict, judge
from orchestrator.schemas.conditions import parse_conditions
from orchestrator.spec import AnswerWarning, WarningCode

NOISE = np.random.default_rng(7).normal(0.0, 0.005, 1260)
# Five years of daily returns with a Sharpe ratio near 2.5 and small drawdowns.
GOOD_RETURNS = NOISE - NOISE.mean() + 0.0008
GOOD_FACTS = SampleFacts(years=5.0, closed_trades=40, losing_trades=15)
GOOD_METRICS = {"sharpe_ratio": 2.54, "max_drawdown_pct": 4.0}
CONDITIONS = ("sharpe_ratio > 0.5", "max_drawdown_pct < 20")


def policy(name: str) -> Policy:
    return PolicyBook.load().policies[name]


def good_evidence(
    *,
    returns: np.ndarray = GOOD_RETURNS,
    facts: SampleFacts = GOOD_FACTS,
    trials: Trials | None = None,
    resampled: bool = True,
) -> Evidence:
    return weigh(
        returns,
        periods_per_year=252.0,
        sample=facts,
        trials=trials or Trials(counted=1),
        plan=BootstrapPlan(seed=1) if resampled else None,
    )


def verdict_of(
    conditions: tuple[str, ...] = CONDITIONS,
    *,
    by: str | Policy = "standard",
    values: dict[str, float] | None = None,
    undefined: dict[str, str] | None = None,
    benchmark: Measured | None = None,
    evidence: Evidence | None = None,
    weighed: bool = True,
    strategy: str = "sma_cross",
    warnings: tuple[str, ...] = (),
) -> Verdict:
    if evidence is None and weighed:
        evidence = good_evidence()
    return judge(
        parse_conditions(conditions),
        policy=policy(by) if isinstance(by, str) else by,
        measured=Measured(
            values=GOOD_METRICS if values is None else values,
            undefined=undefined or {},
        ),
        benchmark=benchmark,
        evidence=evidence,
        strategy_type=strategy,
        warnings=[
            AnswerWarning(code=WarningCode(code), detail=f"detail of {code}")
            for code in warnings
        ],
    )
