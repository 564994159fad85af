"""Metrics against other people's code and published numbers."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import empyrical
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from backtesting.metrics import History, measure, measure_equity

HERE = Path(__file__).parent
SP500 = HERE.parents[1] / "examples" / "data" / "sp500.csv"
PUBLISHED = json.loads((HERE / "data" / "published.json").read_text())["cases"]
YEAR = np.timedelta64(int(365.25 * 86_400), "s")

CASH = 100_000.0
PERIODS = 252.0
RATE = 0.02
RATE_PER_BAR = 1.02 ** (1 / PERIODS) - 1


@pytest.fixture(scope="module")
def bars() -> pd.DataFrame:
    return pd.read_csv(SP500, parse_dates=["date"], index_col="date")


@pytest.fixture(scope="module")
def run(bars: pd.DataFrame) -> History:
    """Half the cash in the index, doubled for each odd month: something uneven."""
    close = bars["close"].to_numpy()
    months = bars.index.month.to_numpy()
    position = np.where(months % 2 == 1, 80.0, 40.0)
    gains = position[:-1] * np.diff(close)
    return History(
        timestamps=bars.index.to_numpy().astype("datetime64[ns]"),
        close=close,
        equity=CASH - 120.0 + np.concatenate([[0.0], np.cumsum(gains)]),
        position=position,
        initial_cash=CASH,
        traded_value=0.0,
        total_costs=120.0,
        trade_pnl=np.empty(0),
        trade_bars=np.empty(0),
    )


@pytest.fixture(scope="module")
def returns(run: History) -> np.ndarray:
    """Return by bar, the first over the cash: empyrical is given them all."""
    return np.diff(run.equity, prepend=CASH) / np.concatenate([[CASH], run.equity[:-1]])


@pytest.fixture(scope="module")
def benchmark(run: History) -> np.ndarray:
    return np.concatenate([[0.0], run.close[1:] / run.close[:-1] - 1.0])


@pytest.fixture(scope="module")
def values(run: History) -> dict[str, float]:
    found = measure(run, periods_per_year=PERIODS, risk_free_rate=RATE)
    return dict(found.run.values)


def close_to(expected: Any) -> Any:
    return pytest.approx(float(expected), rel=1e-9)


class TestAgainstEmpyrical:
    """On 20 years of the S&P 500, with empyrical's conventions aligned to ours."""

    def test_agrees_on_the_sharpe_ratio(
        self, values: dict[str, float], returns: np.ndarray
    ) -> None:
        expected = empyrical.sharpe_ratio(
            returns, risk_free=RATE_PER_BAR, annualization=PERIODS
        )

        assert values["sharpe_ratio"] == close_to(expected)

    def test_agrees_on_the_sortino_ratio(
        self, values: dict[str, float], returns: np.ndarray
    ) -> None:
        expected = empyrical.sortino_ratio(
            returns, required_return=RATE_PER_BAR, annualization=PERIODS
        )

        assert values["sortino_ratio"] == close_to(expected)

    def test_agrees_on_volatility(
        self, values: dict[str, float], returns: np.ndarray
    ) -> None:
        expected = empyrical.annual_volatility(returns, annualization=PERIODS)

        assert values["volatility_pct"] == close_to(expected * 100)

    def test_agrees_on_the_drawdown(
        self, values: dict[str, float], returns: np.ndarray
    ) -> None:
        expected = -empyrical.max_drawdown(returns) * 100

        assert values["max_drawdown_pct"] == close_to(expected)

    def test_agrees_on_growth_once_years_are_counted_alike(
        self, values: dict[str, float], returns: np.ndarray, run: History
    ) -> None:
        years = (run.timestamps[-1] - run.timestamps[0]) / YEAR
        bars_a_year = returns.size / years
        expected = empyrical.annual_return(returns, annualization=bars_a_year) * 100
        calmar = empyrical.calmar_ratio(returns, annualization=bars_a_year)

        assert values["cagr"] == close_to(expected)
        assert values["calmar_ratio"] == close_to(calmar)

    def test_agrees_on_the_omega_ratio(
        self, values: dict[str, float], returns: np.ndarray
    ) -> None:
        expected = empyrical.omega_ratio(returns, annualization=1)

        assert values["omega_ratio"] == close_to(expected)

    def test_agrees_on_the_tails(
        self, values: dict[str, float], returns: np.ndarray
    ) -> None:
        tail = empyrical.tail_ratio(returns)
        worst = empyrical.value_at_risk(returns, cutoff=0.05)
        beyond = empyrical.conditional_value_at_risk(returns, cutoff=0.05)

        assert values["tail_ratio"] == close_to(tail)
        assert values["value_at_risk_95_pct"] == close_to(-worst * 100)
        assert values["expected_shortfall_95_pct"] == close_to(-beyond * 100)

    def test_agrees_on_beta_and_on_alpha_before_it_is_compounded(
        self, values: dict[str, float], returns: np.ndarray, benchmark: np.ndarray
    ) -> None:
        alpha, beta = empyrical.alpha_beta_aligned(
            returns, benchmark, risk_free=RATE_PER_BAR, annualization=PERIODS
        )
        alpha_a_bar = (1 + alpha) ** (1 / PERIODS) - 1

        assert values["beta"] == close_to(beta)
        assert values["alpha_pct"] == pytest.approx(
            alpha_a_bar * PERIODS * 100, rel=1e-7
        )

    def test_agrees_on_the_information_ratio(
        self, values: dict[str, float], returns: np.ndarray, benchmark: np.ndarray
    ) -> None:
        expected = empyrical.excess_sharpe(returns, benchmark) * math.sqrt(PERIODS)

        assert values["information_ratio"] == close_to(expected)


class TestAgainstScipy:
    def test_agrees_on_the_shape_of_the_returns(
        self, values: dict[str, float], returns: np.ndarray
    ) -> None:
        assert values["skewness"] == close_to(stats.skew(returns))
        kurtosis = stats.kurtosis(returns, fisher=False)
        assert values["kurtosis"] == close_to(kurtosis)

    def test_agrees_on_the_correlation(
        self, values: dict[str, float], returns: np.ndarray, benchmark: np.ndarray
    ) -> None:
        expected = stats.pearsonr(returns, benchmark).statistic

        assert values["correlation"] == close_to(expected)


class TestPublishedNumbers:
    @pytest.fixture
    def case(self, request: pytest.FixtureRequest) -> dict[str, Any]:
        return next(case for case in PUBLISHED if case["name"] == request.param)

    def measured(self, case: dict[str, Any], *, with_start: bool) -> dict[str, float]:
        """Measure the case's curve, over exactly the years its returns make."""
        returns = np.array(([0.0] if with_start else []) + case["returns"])
        years = len(case["returns"]) / case["periods_per_year"]
        start = np.datetime64("2000-01-01", "ns")
        steps = np.arange(returns.size) / (returns.size - 1) * years
        found = measure_equity(
            start + (steps * (YEAR / np.timedelta64(1, "ns"))).astype("int64"),
            np.cumprod(1 + returns),
            initial_cash=1.0,
            periods_per_year=case["periods_per_year"],
        )
        return dict(found.values)

    @pytest.mark.parametrize(
        ("case", "name", "unit", "with_start"),
        [
            ("bacon2008_max_drawdown", "max_drawdown_pct", 0.01, False),
            ("bacon2008_sharpe_ann_arithmetic", "sharpe_ratio", 1.0, False),
            # A value before the first return: it sets the two years CAGR is over.
            ("bacon2008_calmar", "calmar_ratio", 1.0, True),
            ("bacon2008_omega_mar0", "omega_ratio", 1.0, False),
            ("sortino_red_rock", "sortino_ratio", 1.0, False),
        ],
        indirect=["case"],
    )
    def test_reproduces(
        self, case: dict[str, Any], name: str, unit: float, *, with_start: bool
    ) -> None:
        found = self.measured(case, with_start=with_start)[name] * unit

        assert found == pytest.approx(case["expected"], abs=case["tolerance"])
