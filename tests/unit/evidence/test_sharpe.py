"""The Sharpe ratio and its errors: hand work, brute force and undefined samples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from orchestrator.evidence.sharpe import (
    UndefinedStatisticError,
    estimate_sharpe,
    standard_error_hac,
    standard_error_mertens,
)

RETURNS = np.random.default_rng(7).normal(0.0005, 0.01, 500)


class TestEstimateSharpe:
    def test_matches_a_hand_worked_example(self) -> None:
        # Mean 0.02/3, deviation (ddof=1) sqrt(7/30000): ratio sqrt(4/21).
        assert estimate_sharpe(np.array([0.01, -0.01, 0.02])).ratio == pytest.approx(
            math.sqrt(4.0 / 21.0)
        )

    def test_has_population_moments(self) -> None:
        # 1, 1, 1, 5 about 2: second moment 3, third 6, fourth 21.
        estimate = estimate_sharpe(np.array([0.01, 0.01, 0.01, 0.05]))

        assert estimate.skewness == pytest.approx(6.0 / 3.0**1.5)
        assert estimate.kurtosis == pytest.approx(21.0 / 9.0)

    def test_takes_the_risk_free_return_off(self) -> None:
        shifted = estimate_sharpe(RETURNS, risk_free_per_period=0.0001)

        assert shifted.ratio == pytest.approx(estimate_sharpe(RETURNS - 0.0001).ratio)

    @pytest.mark.parametrize("scale", [1e-6, 0.5, 2.0])
    def test_does_not_change_when_returns_are_scaled(self, scale: float) -> None:
        scaled, plain = estimate_sharpe(scale * RETURNS), estimate_sharpe(RETURNS)

        assert scaled.ratio == pytest.approx(plain.ratio)
        assert scaled.standard_error_hac == pytest.approx(plain.standard_error_hac)

    def test_uses_the_larger_error(self) -> None:
        trending = np.repeat(RETURNS[:50], 10)

        estimate = estimate_sharpe(trending)

        assert estimate.standard_error_hac > 1.5 * estimate.standard_error_iid
        assert estimate.standard_error == estimate.standard_error_hac

    def test_keeps_finite_with_returns_no_square_can_hold(self) -> None:
        estimate = estimate_sharpe(np.array([1e200, 2.0, 3.0, -0.5]))

        assert math.isfinite(estimate.kurtosis)
        assert math.isfinite(estimate.standard_error)

    @pytest.mark.parametrize(
        ("returns", "reason"),
        [
            ([], "too_few_returns"),
            ([0.01], "too_few_returns"),
            ([0.0] * 50, "zero_variance"),
            ([0.001] * 100, "zero_variance"),
            ([0.1, 0.1 + 1e-17, 0.1], "zero_variance"),
            ([1e-17, -1e-17, 2e-17], "zero_variance"),
            ([0.01, math.nan], "returns_not_finite"),
            ([0.01, math.inf], "returns_not_finite"),
            ([0.01, -1.0, 0.5], "equity_not_positive"),
            ([0.01, -1.5, 0.5], "equity_not_positive"),
        ],
        ids=lambda value: value if isinstance(value, str) else None,
    )
    def test_is_undefined(self, returns: list[float], reason: str) -> None:
        with pytest.raises(UndefinedStatisticError) as caught:
            estimate_sharpe(np.array(returns))

        assert caught.value.reason == reason

    @pytest.mark.parametrize("rate", [0.0001, -0.0001, 1e-9])
    def test_is_undefined_for_idle_cash_at_any_rate(self, rate: float) -> None:
        with pytest.raises(UndefinedStatisticError):
            estimate_sharpe(np.zeros(1000), risk_free_per_period=rate)

    def test_is_undefined_where_the_error_vanishes(self) -> None:
        # Two values a quarter of the time apart: 1 - g3 SR + (g4 - 1)/4 SR^2 = 0
        # where SR = 2/g3.
        low_share = 0.25
        skewness = (1.0 - 2.0 * (1.0 - low_share)) / math.sqrt(0.25 * 0.75)
        values = np.array([0.0] + [1.0] * 3) * 0.01
        centered = (values - values.mean()) / values.std(ddof=1)
        returns = (centered + 2.0 / skewness) * 0.01

        with pytest.raises(UndefinedStatisticError, match="degenerate"):
            estimate_sharpe(returns)

    @given(
        arrays(
            np.float64,
            st.integers(2, 40),
            elements=st.floats(-0.9, 5.0, allow_subnormal=False),
        )
    )
    @settings(max_examples=100, deadline=None)
    def test_is_finite_or_undefined(self, returns: np.ndarray) -> None:
        try:
            estimate = estimate_sharpe(returns)
        except UndefinedStatisticError:
            return

        assert 0.0 <= estimate.p_value_above(0.0) <= 1.0
        assert estimate.kurtosis >= estimate.skewness**2 + 1.0 - 1e-6


class TestStandardErrors:
    def test_of_autocorrelated_returns_match_the_double_sum(self) -> None:
        # The definition, written as Newey and West write it.
        count = RETURNS.size
        deviation = RETURNS.std(ddof=1)
        e = RETURNS - RETURNS.mean()
        ratio = RETURNS.mean() / deviation
        h = e / deviation - ratio / (2 * deviation**2) * (e**2 - deviation**2)
        lags = int(4 * (count / 100) ** (2 / 9))
        variance = sum(
            (1 - abs(i - j) / (lags + 1)) * h[i] * h[j]
            for i in range(count)
            for j in range(max(0, i - lags), min(count, i + lags + 1))
        )

        expected = math.sqrt(variance / count / count)

        assert standard_error_hac(RETURNS) == pytest.approx(expected)
        assert estimate_sharpe(RETURNS).standard_error_hac == pytest.approx(expected)

    def test_grow_with_negative_skewness(self) -> None:
        def error(skewness: float) -> float:
            return standard_error_mertens(
                0.1, observations=100, skewness=skewness, kurtosis=5.0
            )

        assert error(-1.0) > error(0.0) > error(1.0)
