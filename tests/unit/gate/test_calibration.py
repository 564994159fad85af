"""How often strategies without skill pass: the gate's reason to be.

Independent normal returns with 10 % volatility and a true Sharpe ratio of 0.  The
expected shares were measured when the gate was designed, by a program that shares no
code with it, to whole percents; the bounds are three Monte Carlo errors and that half
percent.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from backtesting.metrics import Measured
from orchestrator.evidence import SampleFacts, Trials, weigh
from orchestrator.gate import Outcome, PolicyBook, judge
from orchestrator.schemas.conditions import parse_conditions

LITERAL = PolicyBook.load().policies["literal"]
RUNS = 2000
TRIALS = 20
NAIVE = parse_conditions(["sharpe_ratio > 0.5", "max_drawdown_pct < 20"])
HONEST = parse_conditions(
    [
        "sharpe_ratio > 0.5",
        "max_drawdown_pct < 20",
        "evidence.p_value_adjusted <= 0.05",
    ]
)


def passes(returns: np.ndarray, years: int, trials: int) -> tuple[bool, bool]:
    equity = np.concatenate(([1.0], np.cumprod(1.0 + returns)))
    peaks = np.maximum.accumulate(equity)
    measured = Measured(
        values={
            "sharpe_ratio": returns.mean() / returns.std(ddof=1) * math.sqrt(252),
            "max_drawdown_pct": 100.0 * ((peaks - equity) / peaks).max(),
        },
        undefined={},
    )
    evidence = weigh(
        returns,
        periods_per_year=252.0,
        sample=SampleFacts(years=years, closed_trades=99, losing_trades=40),
        trials=Trials(counted=trials),
    )
    naive, honest = (
        judge(
            conditions,
            policy=LITERAL,
            measured=measured,
            benchmark=None,
            evidence=evidence,
            strategy_type="sma_cross",
        ).outcome
        is Outcome.PASS
        for conditions in (NAIVE, HONEST)
    )
    return naive, honest


@cache
def simulated(years: int, trials: int, sharpe: float = 0.0) -> np.ndarray:
    draws = np.random.default_rng(20 + years)
    mean, deviation = 0.10 * sharpe / 252, 0.10 / math.sqrt(252)
    return np.array(
        [
            passes(draws.normal(mean, deviation, 252 * years), years, trials)
            for _ in range(RUNS)
        ]
    )


def bound(share: float, count: int) -> float:
    return 0.005 + 3.0 * math.sqrt(share * (1.0 - share) / count)


class TestOneTry:
    @pytest.mark.parametrize(("years", "share"), [(1, 0.32), (5, 0.13), (10, 0.04)])
    def test_passes_the_naive_gate_this_often(self, years: int, share: float) -> None:
        found = simulated(years, 1)[:, 0].mean()

        assert found == pytest.approx(share, abs=bound(share, RUNS))

    @pytest.mark.parametrize("years", [1, 5, 10])
    def test_seldom_passes_the_honest_gate(self, years: int) -> None:
        found = simulated(years, 1)[:, 1].mean()

        assert found <= 0.06 + bound(0.06, RUNS)


class TestBestOfTwenty:
    @pytest.mark.parametrize(("years", "share"), [(1, 1.0), (5, 0.93), (10, 0.52)])
    def test_passes_the_naive_gate_this_often(self, years: int, share: float) -> None:
        groups = simulated(years, TRIALS)[:, 0].reshape(-1, TRIALS)

        assert groups.any(axis=1).mean() == pytest.approx(
            share, abs=bound(share, len(groups)) + 0.01
        )

    @pytest.mark.parametrize("years", [1, 5, 10])
    def test_seldom_passes_the_honest_gate(self, years: int) -> None:
        groups = simulated(years, TRIALS)[:, 1].reshape(-1, TRIALS)

        assert groups.any(axis=1).mean() <= 0.06 + bound(0.06, len(groups))


class TestSkill:
    """Shares of 3,000 draws judged by scipy's t, skewness and kurtosis."""

    @pytest.mark.parametrize(("trials", "share"), [(1, 0.933), (20, 0.625)])
    def test_passes_the_honest_gate_this_often(self, trials: int, share: float) -> None:
        found = simulated(5, trials, 1.5)[:, 1].mean()

        assert found == pytest.approx(share, abs=bound(share, RUNS))
