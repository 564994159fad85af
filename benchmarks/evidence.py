"""What weighing and judging cost: medians of processor time on this machine.

    python -m benchmarks.evidence

Goals: the always-on evidence of 2,520 returns under 0.4 ms, 1,000 bootstrap paths
under 15 ms.
"""

from __future__ import annotations

import platform
import statistics
import time
from collections.abc import Callable

import numpy as np

from backtesting.metrics import Measured
from orchestrator.evidence import (
    BootstrapPlan,
    Evidence,
    Holding,
    SampleFacts,
    Trials,
    weigh,
)
from orchestrator.evidence.overfitting import probability_of_overfitting
from orchestrator.gate import PolicyBook, judge
from orchestrator.schemas.conditions import parse_conditions

ROUNDS = 60


def weigher(count: int, plan: BootstrapPlan | None) -> Callable[[], Evidence]:
    """Return a call that weighs `count` returns."""
    random = np.random.default_rng(1)
    returns = random.normal(0.0005, 0.01, count)
    holding = Holding(
        position=np.repeat(random.integers(0, 2, count // 5 + 1), 5)[:count] * 50.0,
        close=100.0 * np.cumprod(1.0 + random.normal(0.0003, 0.01, count)),
    )
    facts = SampleFacts(years=count / 252, closed_trades=60, losing_trades=25)
    return lambda: weigh(
        returns,
        periods_per_year=252.0,
        sample=facts,
        trials=Trials(counted=12, sharpe_variance=0.001),
        holding=holding,
        plan=plan,
        drawdown_limit_pct=20.0,
    )


def judging() -> Callable[[], object]:
    """Return a call that judges two conditions strictly."""
    evidence = weigher(2520, BootstrapPlan(seed=1))()
    conditions = parse_conditions(["sharpe_ratio > 0.5", "max_drawdown_pct < 20"])
    policy = PolicyBook.load().policies["strict"]
    measured = Measured(
        values={"sharpe_ratio": 0.8, "max_drawdown_pct": 12.0}, undefined={}
    )
    return lambda: judge(
        conditions,
        policy=policy,
        measured=measured,
        benchmark=None,
        evidence=evidence,
        strategy_type="sma_cross",
    ).to_json()


def milliseconds(call: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    start = time.process_time()
    call()
    return 1e3 * (time.process_time() - start)


def main() -> None:
    """Time everything interleaved and print the medians."""
    variants = np.random.default_rng(2).normal(0.0, 0.01, (2520, 50))
    calls: dict[str, Callable[[], object]] = {
        "always on, 252 returns": weigher(252, None),
        "always on, 2,520 returns": weigher(2520, None),
        "always on, 5,031 returns": weigher(5031, None),
        "with 1,000 paths, 2,520 returns": weigher(2520, BootstrapPlan(seed=1)),
        "strict verdict as JSON": judging(),
        "CSCV, 16 blocks, 50 variants": lambda: probability_of_overfitting(variants),
    }
    for call in calls.values():
        call()
    times: dict[str, list[float]] = {name: [] for name in calls}
    for _ in range(ROUNDS):
        for name, call in calls.items():
            times[name].append(milliseconds(call))
    print(f"{platform.python_implementation()} {platform.python_version()}, "
          f"numpy {np.__version__}, {platform.machine()}, {ROUNDS} rounds")  # fmt: skip
    for name, samples in times.items():
        middle, least = statistics.median(samples), min(samples)
        print(f"{name:34} {middle:8.3f} ms (least {least:.3f})")


if __name__ == "__main__":
    main()
