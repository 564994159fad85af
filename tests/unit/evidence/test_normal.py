"""The normal distribution's tails, against scipy's and mpmath's published values."""

from __future__ import annotations

import math

import pytest

from orchestrator.evidence.normal import cdf, quantile_above, upper_tail


class TestUpperTail:
    @pytest.mark.parametrize(
        ("z", "expected"),
        # Abramowitz & Stegun, table 26.2 and its -log10 Q continuation.
        [(1.0, 0.158655253931457), (5.0, 2.866515719e-7), (10.0, 7.61985302416e-24)],
    )
    def test_is_right_far_out(self, z: float, expected: float) -> None:
        assert upper_tail(z) == pytest.approx(expected, rel=1e-9)

    def test_is_the_mirror_of_the_distribution(self) -> None:
        assert upper_tail(1.3) == cdf(-1.3)


class TestQuantileAbove:
    @pytest.mark.parametrize("z", [-3.0, 0.0, 1.6448536269514722, 8.0, 30.0])
    def test_undoes_the_tail(self, z: float) -> None:
        assert quantile_above(upper_tail(z)) == pytest.approx(z, abs=1e-8)

    def test_is_finite_for_a_tail_that_underflowed(self) -> None:
        assert 38.0 < quantile_above(0.0) < 39.0

    def test_is_minus_infinity_for_certainty(self) -> None:
        assert quantile_above(1.0) == -math.inf
