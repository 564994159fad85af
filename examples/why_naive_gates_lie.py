"""Why a naive gate lies: how often strategies without skill pass it.

Strategies whose true Sharpe ratio is 0 (independent normal daily returns, 10 % annual
volatility) are put before two gates, after 1, 5 and 20 trials and over 1 to 10 years:

* naive: ``sharpe_ratio > 0.5`` and ``max_drawdown_pct < 20``;
* honest: the same and ``evidence.p_value_adjusted <= 0.05``, the trials counted.

A share is that of sets of trials in which at least one passes.  It takes a minute
and needs matplotlib::

    python examples/why_naive_gates_lie.py [--out PNG] [--sets 1000] [--seed 1]
"""

from __future__ import annotations

import argparse
import math
from pathlib import Path

import matplotlib as mpl
import numpy as np

from backtesting.metrics import Measured
from orchestrator.evidence import SampleFacts, Trials, weigh
from orchestrator.gate import Outcome, PolicyBook, judge
from orchestrator.schemas.conditions import parse_conditions

mpl.use("Agg")
from matplotlib import pyplot as plt

FIGURE = Path(__file__).parents[1] / "docs/images/why_naive_gates_lie.png"
YEARS = (1, 2, 3, 5, 7, 10)
TRIALS = (1, 5, 20)
DAYS = 252
VOLATILITY = 0.10
NAIVE = ("sharpe_ratio > 0.5", "max_drawdown_pct < 20")
HONEST = (*NAIVE, "evidence.p_value_adjusted <= 0.05")
LITERAL = PolicyBook.load().policies["literal"]

Shares = dict[str, dict[int, list[float]]]


def measure(returns: np.ndarray) -> Measured:
    """Return the two metrics the naive gate looks at."""
    equity = np.concatenate(([1.0], np.cumprod(1.0 + returns)))
    peaks = np.maximum.accumulate(equity)
    sharpe = returns.mean() / returns.std(ddof=1) * math.sqrt(DAYS)
    drawdown = 100.0 * ((peaks - equity) / peaks).max()
    return Measured(
        values={"sharpe_ratio": sharpe, "max_drawdown_pct": drawdown}, undefined={}
    )


def passes(conditions: tuple[str, ...], returns: np.ndarray, trials: int) -> bool:
    """Return whether the gate lets these returns through."""
    evidence = weigh(
        returns,
        periods_per_year=DAYS,
        sample=SampleFacts(
            years=returns.size / DAYS, closed_trades=99, losing_trades=45
        ),
        trials=Trials(counted=trials),
    )
    verdict = judge(
        parse_conditions(conditions),
        policy=LITERAL,
        measured=measure(returns),
        benchmark=None,
        evidence=evidence,
        strategy_type="luck",
    )
    return verdict.outcome is Outcome.PASS


def simulate(sets: int, seed: int) -> Shares:
    """Return the share of sets that pass, by gate, trials and years."""
    shares: Shares = {
        name: {trials: [] for trials in TRIALS} for name in ("naive", "honest")
    }
    random = np.random.default_rng(seed)
    for years in YEARS:
        scale = VOLATILITY / math.sqrt(DAYS)
        draws = random.normal(0.0, scale, (sets, max(TRIALS), DAYS * years))
        for trials in TRIALS:
            naive, honest = share_of(draws[:, :trials], trials)
            shares["naive"][trials].append(naive)
            shares["honest"][trials].append(honest)
    return shares


def share_of(draws: np.ndarray, trials: int) -> tuple[float, float]:
    """Return in what share of sets a trial passes the naive and the honest gate."""
    # Who fails the naive gate fails the honest one: it has a condition more.
    through = [[r for r in each if passes(NAIVE, r, trials)] for each in draws]
    honest = [any(passes(HONEST, r, trials) for r in each) for each in through]
    return float(np.mean([bool(each) for each in through])), float(np.mean(honest))


def draw(shares: Shares, out: Path) -> None:
    """Write the figure."""
    figure, axes = plt.subplots(figsize=(7.5, 4.2), dpi=110, layout="constrained")
    colors = ("#9ecae1", "#4292c6", "#084594")
    for color, trials in zip(colors, TRIALS, strict=True):
        label = f"naive, {trials} {'trial' if trials == 1 else 'trials'}"
        axes.plot(
            YEARS,
            np.array(shares["naive"][trials]) * 100,
            "-o",
            color=color,
            label=label,
        )
    for color, trials in zip(("#fdae6b", "#e6550d", "#a63603"), TRIALS, strict=True):
        label = f"trials counted, {trials}"
        axes.plot(
            YEARS,
            np.array(shares["honest"][trials]) * 100,
            "--s",
            color=color,
            label=label,
        )
    axes.axhline(5, color="gray", linewidth=0.8, linestyle=":")
    axes.set(
        xlabel="years of daily bars",
        ylabel="passed without any skill, %",
        ylim=(0, 102),
        xticks=YEARS,
        title="Sharpe > 0.5 and drawdown < 20 %, true Sharpe 0",
    )
    axes.legend(frameon=False, fontsize=8)
    figure.savefig(out, metadata={"Software": None})


def main() -> None:
    """Simulate, print the table and write the figure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=FIGURE)
    parser.add_argument("--sets", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shares = simulate(options.sets, options.seed)
    print("gate    trials " + " ".join(f"{years:>4}y" for years in YEARS))
    for name, by_trials in shares.items():
        for trials, row in by_trials.items():
            cells = " ".join(f"{share:5.0%}" for share in row)
            print(f"{name:7} {trials:5} {cells}")
    draw(shares, options.out)


if __name__ == "__main__":
    main()
