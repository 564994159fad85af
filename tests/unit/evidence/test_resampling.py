"""The composed bootstrap, against building every path bar by bar."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from orchestrator.evidence.resampling import BootstrapPlan, bootstrap, seed_of
from orchestrator.evidence.sharpe import UndefinedStatisticError


def bar_by_bar(
    returns: np.ndarray, plan: BootstrapPlan, rate: float, bars: int | None = None
) -> tuple:
    count = returns.size
    blocks = -(-count // plan.block)
    starts = np.random.default_rng(plan.seed).integers(
        0, count, (plan.resamples, blocks)
    )
    index = (starts[:, :, None] + np.arange(plan.block)) % count
    paths = returns[index.reshape(plan.resamples, -1)[:, : bars or count]]
    equity = np.cumprod(np.hstack((np.ones((plan.resamples, 1)), 1 + paths)), axis=1)
    peaks = np.maximum.accumulate(equity, axis=1)
    drawdowns = 100 * ((peaks - equity) / peaks).max(axis=1)
    return (paths.mean(axis=1) - rate) / paths.std(axis=1, ddof=1), drawdowns


class TestBootstrap:
    @pytest.mark.parametrize("count", [40, 41, 59, 60, 253])
    @pytest.mark.parametrize("block", [1, 7, 20])
    def test_is_exact(self, count: int, block: int) -> None:
        returns = np.random.default_rng(count).normal(0.0002, 0.03, count)
        plan = BootstrapPlan(seed=4, resamples=200, block=block)

        paths = bootstrap(returns, plan, risk_free_per_period=0.0001)

        ratios, drawdowns = bar_by_bar(returns, plan, 0.0001)
        assert paths.sharpe_ratios == pytest.approx(ratios, rel=1e-9, abs=1e-12)
        assert paths.max_drawdown_pcts == pytest.approx(drawdowns, rel=1e-9)

    @pytest.mark.parametrize("horizon", [20, 39, 100, 253, 1000])
    def test_asks_for_drawdowns_within_the_horizon(self, horizon: int) -> None:
        returns = np.random.default_rng(3).normal(0.0002, 0.03, 253)
        plan = BootstrapPlan(seed=4, resamples=200)
        bars = min(-(-horizon // 20) * 20, 253)

        paths = bootstrap(returns, plan, horizon=horizon)

        whole = bar_by_bar(returns, plan, 0.0)[1]
        within = bar_by_bar(returns, plan, 0.0, bars)[1]
        assert paths.horizon == bars
        assert paths.max_drawdown_pcts == pytest.approx(whole, rel=1e-9)
        assert paths.horizon_drawdown_pcts == pytest.approx(within, rel=1e-9)
        share = float((within > 25.0).mean())
        assert paths.probability_of_drawdown_over(25.0) == share

    def test_covers_the_sharpe_ratio_of_independent_returns(self) -> None:
        returns = np.random.default_rng(8).normal(0.0, 0.01, 2000)

        low, high = bootstrap(returns, BootstrapPlan(seed=1)).sharpe_interval()

        # Lo's error of a ratio near zero: 1/sqrt(2000), 1.96 of them each side.
        assert high - low == pytest.approx(2 * 1.96 / np.sqrt(2000), rel=0.2)

    def test_draws_the_same_in_another_process(self) -> None:
        code = (
            "import numpy as np\n"
            "from orchestrator.evidence import BootstrapPlan, seed_of\n"
            "from orchestrator.evidence.resampling import bootstrap\n"
            "r = np.linspace(-0.02, 0.021, 100)\n"
            "b = bootstrap(r, BootstrapPlan(seed=seed_of('run')))\n"
            "print(repr(float(b.sharpe_ratios.sum())))\n"
        )
        out = subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True
        )
        here = bootstrap(
            np.linspace(-0.02, 0.021, 100), BootstrapPlan(seed=seed_of("run"))
        )

        assert float(out.stdout) == float(here.sharpe_ratios.sum())

    def test_counts_only_deeper_drawdowns(self) -> None:
        returns = np.tile([0.5, -0.5], 50)
        paths = bootstrap(returns, BootstrapPlan(seed=1, resamples=10, block=1))
        deepest = float(paths.max_drawdown_pcts.max())

        assert paths.probability_of_drawdown_over(0.0) == 1.0
        assert paths.probability_of_drawdown_over(deepest) == 0.0

    def test_gives_a_path_that_does_not_vary_no_ratio(self) -> None:
        returns = np.zeros(400)
        returns[0] = 0.5

        paths = bootstrap(returns, BootstrapPlan(seed=2, block=20))

        assert np.isfinite(paths.sharpe_ratios).all()
        assert np.count_nonzero(paths.sharpe_ratios == 0.0) > 200

    def test_is_undefined_under_two_blocks(self) -> None:
        with pytest.raises(UndefinedStatisticError, match="too_few_returns"):
            bootstrap(np.linspace(-0.1, 0.1, 39), BootstrapPlan(seed=1))

    @pytest.mark.parametrize("wrong", [{"resamples": 0}, {"block": 0}, {"seed": -1}])
    def test_refuses_a_plan_of_nothing(self, wrong: dict[str, int]) -> None:
        with pytest.raises(ValueError, match="plan"):
            BootstrapPlan(**({"seed": 1} | wrong))
