"""Downsampling: what must survive it."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from orchestrator.backtest_runner.downsample import largest_triangle

CURVES = arrays(
    np.float64, st.integers(1, 200), elements=st.floats(1.0, 1e6, allow_nan=False)
)


class TestLargestTriangle:
    @given(CURVES, st.integers(3, 50))
    def test_keeps_the_ends_the_order_and_the_count(
        self, values: np.ndarray, max_points: int
    ) -> None:
        kept = largest_triangle(values, max_points)

        assert kept.size == min(values.size, max_points)
        assert kept[0] == 0
        assert kept[-1] == values.size - 1
        assert (np.diff(kept) > 0).all()

    def test_keeps_a_lone_spike(self) -> None:
        # By the method itself: the spike spans the largest triangle of its bucket.
        values = np.zeros(1000)
        values[437] = 1.0

        assert 437 in largest_triangle(values, 20)

    def test_keeps_everything_that_fits(self) -> None:
        assert largest_triangle(np.ones(5), 5).tolist() == [0, 1, 2, 3, 4]
