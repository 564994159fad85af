"""What is drawn: no peak is lost, no path grows with the data, no tick is odd."""

from __future__ import annotations

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.reports.drawing import COLUMNS, HEIGHT, WIDTH, Frame, thinned, ticks

VALUES = st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=400)


@given(VALUES, st.integers(1, 40))
def test_thinning_keeps_the_ends_and_every_extreme(
    values: list[float], columns: int
) -> None:
    ys = np.array(values)
    xs = np.arange(ys.size, dtype=np.float64)

    kept_xs, kept = thinned(xs, ys, columns)

    assert kept.size <= max(2 * columns + 2, 2)
    assert (kept.min(), kept.max()) == (ys.min(), ys.max())
    assert (kept_xs[0], kept_xs[-1]) == (xs[0], xs[-1])
    assert (np.diff(kept_xs) > 0.0).all()
    assert (ys[kept_xs.astype(int)] == kept).all()


@given(VALUES)
def test_a_line_stays_inside_its_chart(values: list[float]) -> None:
    ys = np.array(values)
    xs = np.arange(ys.size, dtype=np.float64)

    path = Frame.around(xs, ys).line(xs, ys, "run").path

    points = re.findall(r"(-?[0-9.]+) (-?[0-9.]+)", path)
    assert len(points) <= 2 * COLUMNS + 2
    assert all(0.0 <= float(x) <= WIDTH for x, _ in points)
    assert all(0.0 <= float(y) <= HEIGHT for _, y in points)


def test_a_line_is_broken_where_values_are_missing() -> None:
    ys = np.array([1.0, 2.0, np.nan, 4.0, 5.0])

    path = Frame.around(np.arange(5.0), ys).line(np.arange(5.0), ys, "run").path

    assert path.count("M") == 2
    assert "nan" not in path


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (0.0, 1.0, [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]),
        (-3.0, 7.0, [-2.0, 0.0, 2.0, 4.0, 6.0]),
        (98_000.0, 207_000.0, [100_000.0, 125_000.0, 150_000.0, 175_000.0, 200_000.0]),
    ],
)
def test_ticks_are_round(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


@given(st.floats(-1e9, 1e9), st.floats(1e-6, 1e3))
def test_ticks_lie_in_their_range(low: float, relative: float) -> None:
    span = relative * max(abs(low), 1e-3)
    found = ticks(low, low + span)

    assert 1 <= len(found) <= 6
    assert all(low - 1e-6 * span <= at <= low + span * (1 + 1e-6) for at in found)
