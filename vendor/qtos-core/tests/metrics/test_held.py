"""A holding bought with other cash shares its arrays, and its figures are its own."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from backtesting.metrics import Clock, hold

CLOCK = Clock(periods_per_year=252.0, risk_free_rate=0.01)


@given(
    st.lists(st.floats(1.0, 1000.0), min_size=2, max_size=40),
    st.floats(1.0, 1e9),
    st.floats(1.0, 1e9),
)
def test_is_as_if_it_had_been_bought_with_that_cash(
    prices: list[float], first: float, second: float
) -> None:
    close = np.array(prices)
    times = np.arange(close.size).astype("datetime64[D]").astype("datetime64[ns]")

    held = hold(
        times, close, initial_cash=first, periods_per_year=252.0, risk_free_rate=0.01
    )
    again = hold(
        times, close, initial_cash=second, periods_per_year=252.0, risk_free_rate=0.01
    )
    other = held.with_cash(second, CLOCK)

    assert other.curve.series is held.curve.series
    assert other.measured == again.measured
    assert held.with_cash(first, CLOCK) is held
