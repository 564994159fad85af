"""Student's t against scipy, which has it from Boost."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from orchestrator.evidence.student import student_upper_tail


class TestStudentUpperTail:
    @pytest.mark.parametrize("degrees", [1, 2, 4, 5, 30, 74, 300, 2519, 100_000, 10**6])
    @pytest.mark.parametrize(
        "t", [-30.0, -3.0, -1.8, -0.5, 0.0, 0.01, 1.7, 1.75, 2.0, 3.0, 8.0, 37.0]
    )
    def test_is_scipys(self, t: float, degrees: int) -> None:
        expected = stats.t.sf(t, degrees)

        assert student_upper_tail(t, degrees=degrees) == pytest.approx(
            expected, rel=1e-8
        )

    @given(t=st.floats(-1e3, 1e3), degrees=st.integers(1, 10_000))
    @settings(max_examples=200)
    def test_is_scipys_anywhere(self, t: float, degrees: int) -> None:
        assert student_upper_tail(t, degrees=degrees) == pytest.approx(
            stats.t.sf(t, degrees), rel=1e-8, abs=1e-300
        )

    @pytest.mark.parametrize("t", [1e200, -1e200])
    def test_holds_beyond_every_square(self, t: float) -> None:
        assert student_upper_tail(t, degrees=5) == (0.0 if t > 0.0 else 1.0)
