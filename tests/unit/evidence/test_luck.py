"""The largest of three p-values, against their definitions and in known worlds."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from orchestrator.evidence.luck import LongRunError, largest_p_value, long_run_error
from orchestrator.evidence.sharpe import estimate_sharpe


def standardized(returns: np.ndarray) -> np.ndarray:
    return (returns - returns.mean()) / returns.std(ddof=1)


def three_p_values(returns: np.ndarray) -> tuple[float, float, float]:
    """Return Student's, Mertens' and the cosines' p-value by their definitions."""
    count = returns.size
    student = stats.ttest_1samp(returns, 0.0, alternative="greater").pvalue
    ratio = returns.mean() / returns.std(ddof=1)
    skewness = stats.skew(returns)
    kurtosis = stats.kurtosis(returns, fisher=False)
    variance = 1.0 - skewness * ratio + (kurtosis - 1.0) / 4.0 * ratio**2
    mertens = stats.norm.sf(ratio / math.sqrt(variance / (count - 1)))
    series = standardized(returns)
    rho = (series[1:] * series[:-1]).sum() / (series**2).sum()
    highest = math.floor(0.4 * count ** (2 / 3))
    degrees = max(4, min(math.floor(count * (1 - rho) / (1 + rho)), highest))
    places = np.arange(1, count + 1) - 0.5
    waves = [
        math.sqrt(2 / count) * (series * np.cos(math.pi * j * places / count)).sum()
        for j in range(1, degrees + 1)
    ]
    t = ratio * math.sqrt(count / np.mean(np.square(waves)))
    return student, mertens, stats.t.sf(t, degrees)


WORLDS = {
    "noise": np.random.default_rng(1).normal(0.0005, 0.01, 500),
    "a loss": np.random.default_rng(2).normal(-0.0005, 0.01, 501),
    "an up-jump": np.insert(np.random.default_rng(3).normal(0.0, 0.001, 300), 150, 0.3),
    "rare crashes": np.where(np.arange(600) % 60 == 59, -0.05, 0.001)
    + np.random.default_rng(4).normal(0.0005, 0.0002, 600),
    "a line between marks": np.repeat(
        np.random.default_rng(7).normal(0.002, 0.004, 36), 21
    )
    + np.random.default_rng(6).normal(0.0, 1e-6, 756),
}


class TestPValueAbove:
    @pytest.mark.parametrize("world", [*WORLDS])
    def test_is_the_largest_of_three(self, world: str) -> None:
        returns = WORLDS[world]

        found = estimate_sharpe(returns).p_value_above(0.0)

        assert found == pytest.approx(max(three_p_values(returns)), rel=1e-8)

    @pytest.mark.parametrize(
        ("world", "largest"),
        [("an up-jump", 0), ("rare crashes", 1), ("a line between marks", 2)],
    )
    def test_each_test_is_the_one_that_doubts_somewhere(
        self, world: str, largest: int
    ) -> None:
        found = three_p_values(WORLDS[world])

        assert np.argmax(found) == largest

    def test_rises_with_what_is_tested(self) -> None:
        estimate = estimate_sharpe(WORLDS["noise"])

        p_values = [estimate.p_value_above(ratio) for ratio in (-0.1, 0.0, 0.05, 0.2)]

        assert p_values == sorted(p_values)
        assert estimate.p_value_above(estimate.ratio) == pytest.approx(0.5)


class TestLongRunError:
    @pytest.mark.parametrize("count", [2, 3, 4, 5, 17, 100, 501])
    def test_is_the_mean_of_squared_cosines(self, count: int) -> None:
        series = standardized(np.random.default_rng(count).normal(size=count))

        error = long_run_error(series)

        places = np.arange(1, count + 1) - 0.5
        squares = [
            2 / count * (series * np.cos(math.pi * j * places / count)).sum() ** 2
            for j in range(1, error.degrees + 1)
        ]
        assert 1 <= error.degrees <= count - 1
        assert error.value == pytest.approx(math.sqrt(np.mean(squares) / count))

    def test_takes_few_cosines_of_a_trending_series(self) -> None:
        assert long_run_error(standardized(np.arange(1000.0))).degrees == 4

    def test_takes_many_of_noise(self) -> None:
        # floor(0.4 * 1200^(2/3)) = floor(45.17).
        noise = np.random.default_rng(8).normal(size=1200)

        assert long_run_error(standardized(noise)).degrees == 45


def test_an_error_of_nothing_decides_nothing() -> None:
    found = largest_p_value(
        0.2,
        observations=100,
        error_mertens=0.1,
        long_run=LongRunError(value=0.0, degrees=4),
    )

    assert found == pytest.approx(
        max(stats.t.sf(0.2 * math.sqrt(100), 99), stats.norm.sf(2.0))
    )
