"""What rounding leaves of a position is no position, against hand-worked numbers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from backtesting import (
    Bars,
    Direction,
    Fill,
    OrderPlan,
    Sizing,
    SizingRule,
    Terms,
    simulate_orders,
)

Daily = Callable[..., Bars]


def at_close(**options: object) -> Terms:
    terms = {"fill": Fill.CLOSE, "direction": Direction.BOTH} | options
    return Terms(**terms)


class TestDust:
    def test_of_three_tenths_sold_as_one_sum_is_flat(self, daily: Daily) -> None:
        # 0.1 + 0.1 + 0.1 is 0.30000000000000004, and 0.3 sells all of it.
        plan = OrderPlan.of(
            bar=[0, 1, 2, 3], side=[1, 1, 1, -1], quantity=[0.1, 0.1, 0.1, 0.3]
        )

        done = simulate_orders(daily(*[10.0] * 4), plan, at_close())

        assert done.position[-1] == 0.0
        assert done.counts.cut == 0

    def test_of_a_sale_too_large_by_rounding_is_no_cut(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 1], side=[1, -1], quantity=[0.3, 0.1 + 0.1 + 0.1])

        done = simulate_orders(daily(10.0, 10.0), plan, at_close())

        assert done.position[-1] == 0.0
        assert done.counts.cut == 0
        assert done.plan_outcome is not None
        assert done.plan_outcome.cut == 0

    def test_does_not_stand_between_a_sale_and_the_short_after_it(
        self, daily: Daily
    ) -> None:
        # A whole account at 101.3 makes 987.166... units; they are sold as a number
        # that lacks one part in 10^15, so that the next sale has to open a short.
        bought = 100_000 / 101.3
        plan = OrderPlan.of(
            bar=[0, 1, 2],
            side=[1, -1, -1],
            quantity=[float("nan"), bought * (1 - 1e-15), 100.0],
        )
        sizing = Sizing(rule=SizingRule.PERCENT_OF_EQUITY, percent=100.0)

        done = simulate_orders(
            daily(101.3, 101.3, 101.3), plan, at_close(sizing=sizing)
        )

        assert done.position.tolist() == [pytest.approx(bought), 0.0, -100.0]

    def test_on_one_bar_does_not_turn_an_entry_into_an_exit(self, daily: Daily) -> None:
        plan = OrderPlan.of(
            bar=[0, 0, 0, 1, 1],
            side=[1, 1, 1, -1, -1],
            quantity=[0.1, 0.1, 0.1, 0.3, 5],
        )

        done = simulate_orders(daily(10.0, 10.0), plan, at_close())

        assert done.position.tolist() == [pytest.approx(0.3), -5.0]

    def test_is_no_more_than_a_billionth_of_the_order(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 1], side=[1, -1], quantity=[1.0, 1 - 1e-8])

        done = simulate_orders(daily(10.0, 10.0), plan, at_close())

        assert done.position[-1] == pytest.approx(1e-8)
        assert done.counts.cut == 0

    def test_too_much_by_more_than_that_is_a_cut(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 1], side=[1, -1], quantity=[1.0, 1 + 1e-5])

        done = simulate_orders(daily(10.0, 10.0), plan, at_close())

        assert done.position[-1] == 0.0
        assert done.counts.cut == 1
