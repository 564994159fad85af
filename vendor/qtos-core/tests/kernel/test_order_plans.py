"""Plans of orders to fills, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backtesting import (
    Bars,
    Direction,
    Exits,
    Fill,
    OrderPlan,
    PlanOutcome,
    Simulation,
    Sizing,
    SizingRule,
    Terms,
    simulate_orders,
)

Daily = Callable[..., Bars]
NAN = np.nan


def at_close(quantity: float = 50.0, **rest: Any) -> Terms:
    return Terms(fill=Fill.CLOSE, sizing=Sizing(quantity=quantity), **rest)


def traded(done: Simulation) -> list[tuple[int, float]]:
    signed = done.fills.side * done.fills.quantity
    return list(zip(done.fills.bar.tolist(), signed.tolist(), strict=True))


def held(entries: list[int], hold: int, size: int) -> OrderPlan:
    """Return buys on bars, each closed `hold` bars later, exits first."""
    exits = [(bar + hold, 0, bar) for bar in entries if bar + hold < size]
    rows = sorted([*exits, *((bar, 1, bar) for bar in entries)])
    row_of = {bar: row for row, (_, opens, bar) in enumerate(rows) if opens}
    return OrderPlan.of(
        bar=[bar for bar, _, _ in rows],
        side=[1 if opens else -1 for _, opens, _ in rows],
        closes=[-1 if opens else row_of[bar] for _, opens, bar in rows],
    )


class TestAnEntryWithItsExit:
    def test_is_a_round_trip_of_its_own_each_day(self, daily: Daily) -> None:
        # Thirty entries held for a bar: on every bar but the first an exit and an
        # entry, which do not cancel.
        done = simulate_orders(
            daily(*[10.0] * 31), held(list(range(30)), 1, 31), at_close()
        )

        assert len(done.closed_lots) == 30
        assert done.counts.filled == 60
        assert done.closed_lots.bars.tolist() == [1.0] * 30
        assert done.position[-1] == 0.0

    def test_is_left_on_time_when_another_was_rejected(self, daily: Daily) -> None:
        # 7,500 in cash pay the first entry of 5,000, not the second.
        done = simulate_orders(
            daily(*[100.0] * 8), held([0, 1], 4, 8), at_close(initial_cash=7_500.0)
        )

        assert traded(done) == [(0, 50.0), (4, -50.0)]
        assert done.rejections.reason == ["insufficient_cash"]
        assert done.plan_outcome == PlanOutcome(closed_nothing=1)

    def test_sells_what_the_entry_filled_and_no_more(self, daily: Daily) -> None:
        # 20 % of 1,000 at 10 are 20 units; at 20 equity is 1,200, and 20 % of it 12.
        plan = OrderPlan.of(
            bar=[0, 1, 2, 3], side=[1, 1, -1, -1], closes=[-1, -1, 0, 1]
        )
        sizing = Sizing(rule=SizingRule.PERCENT_OF_EQUITY, percent=20)
        terms = Terms(initial_cash=1_000.0, fill=Fill.CLOSE, sizing=sizing)

        done = simulate_orders(daily(10.0, 20.0, 20.0, 20.0), plan, terms)

        assert traded(done) == [(0, 20.0), (1, 12.0), (2, -20.0), (3, -12.0)]

    def test_is_not_left_twice_when_a_stop_closed_it(self, daily: Daily) -> None:
        bars = daily(100.0, (100.0, 100.0, 80.0, 90.0), 90.0, 90.0, 90.0)
        terms = at_close(exits=Exits(stop_loss_pct=10.0))

        done = simulate_orders(bars, held([0, 2], 2, 5), terms)

        # Stopped at 90 on bar 1; the second entry of 90 is left on bar 4.
        assert traded(done) == [(0, 50.0), (1, -50.0), (2, 50.0), (4, -50.0)]
        assert done.fills.reason == ["entry", "stop_loss", "entry", "exit"]
        assert done.plan_outcome == PlanOutcome(closed_nothing=1)

    def test_leaves_what_a_sale_before_left_of_it(self, daily: Daily) -> None:
        plan = OrderPlan.of(
            bar=[0, 1, 2, 3, 4],
            side=[1, 1, -1, -1, -1],
            quantity=[10, 10, 4, NAN, NAN],
            closes=[-1, -1, -1, 0, 1],
        )

        done = simulate_orders(daily(*[9.0] * 5), plan, at_close())

        # The 4 came off the first entry: 6 of it are left.
        assert [units for _, units in traded(done)] == [10, 10, -4, -6, -10]

    def test_on_the_last_bar_has_no_next_open(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 2], side=[1, -1], closes=[-1, 0])

        done = simulate_orders(daily(*[10.0] * 3), plan, Terms())

        assert done.rejections.reason == ["no_next_bar"]
        assert done.rejections.quantity.tolist() == [50.0]
        assert done.position.tolist() == [0.0, 50.0, 50.0]


class TestAnOrderAgainstThePosition:
    def test_sells_after_a_buy_was_rejected(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 1, 3], side=[1, 1, -1])

        done = simulate_orders(
            daily(*[100.0] * 5), plan, at_close(initial_cash=7_500.0)
        )

        assert traded(done) == [(0, 50.0), (3, -50.0)]
        assert done.plan_outcome == PlanOutcome()

    def test_keeps_quantities_to_the_last_digit(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 1, 2], side=[1, 1, -1], quantity=[1e6, 10.0, 10.0])

        done = simulate_orders(daily(*[100.0] * 3), plan, at_close())

        assert traded(done) == [(1, 10.0), (2, -10.0)]

    def test_is_cut_and_never_turns_it(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 1], side=[1, -1], quantity=[10.0, 25.0])

        done = simulate_orders(
            daily(9.0, 9.0), plan, at_close(direction=Direction.BOTH)
        )

        assert traded(done) == [(0, 10.0), (1, -10.0)]
        assert done.plan_outcome == PlanOutcome(cut=1)

    def test_sells_one_entrys_worth_under_another_rule(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 1, 2, 3], side=[1, 1, -1, -1])
        sizing = Sizing(rule=SizingRule.PERCENT_OF_EQUITY, percent=10)
        terms = Terms(initial_cash=1_000.0, fill=Fill.CLOSE, sizing=sizing)

        done = simulate_orders(daily(10.0, 10.0, 10.0, 10.0), plan, terms)

        # 10 % of 1,000 at 10 are 10 units, twice: a half of the 20, then the rest.
        assert [units for _, units in traded(done)] == [10.0, 10.0, -10.0, -10.0]

    def test_leaves_nothing_of_sums_that_round(self, daily: Daily) -> None:
        # 0.1 + 0.2 is 0.30000000000000004.
        plan = OrderPlan.of(bar=[0, 1, 2], side=[1, 1, -1], quantity=[0.1, 0.2, 0.3])

        done = simulate_orders(daily(*[9.0] * 3), plan, at_close())

        assert done.position[-1] == 0.0
        assert len(done.closed_lots) == 2
        assert done.counts.cut == 0

    @pytest.mark.parametrize(
        ("direction", "positions"),
        [
            (Direction.LONG, [0.0, 10.0, 0.0, 0.0]),
            (Direction.SHORT, [-10.0, 0.0, -10.0, -20.0]),
            (Direction.BOTH, [-10.0, 0.0, -10.0, -20.0]),
        ],
    )
    def test_from_flat_opens_its_side_where_that_is_allowed(
        self, daily: Daily, direction: Direction, positions: list[float]
    ) -> None:
        plan = OrderPlan.of(bar=[0, 1, 2, 3], side=[-1, 1, -1, -1])

        done = simulate_orders(
            daily(*[9.0] * 4), plan, at_close(10, direction=direction)
        )

        assert done.position.tolist() == positions
        idle = {Direction.LONG: 2}.get(direction, 0)
        assert done.plan_outcome == PlanOutcome(without_effect=idle)

    def test_meets_the_position_as_the_orders_of_its_bar_leave_it(
        self, daily: Daily
    ) -> None:
        # Decided together at the close of bar 0, filled together at the next open.
        plan = OrderPlan.of(
            bar=[0, 0, 0, 1], side=[1, 1, -1, -1], quantity=[10, 5, 12, NAN]
        )

        done = simulate_orders(
            daily(*[9.0] * 4), plan, Terms(sizing=Sizing(quantity=3.0))
        )

        assert traded(done) == [(1, 10.0), (1, 5.0), (1, -12.0), (2, -3.0)]


class TestOrderPlan:
    @pytest.mark.parametrize(
        ("columns", "words"),
        [
            ({"bar": [1, 0], "side": 1}, "order 1 is decided on a bar"),
            ({"bar": [-1], "side": 1}, "order 0 is decided on a bar"),
            ({"bar": [0.5], "side": 1}, "whole number"),
            ({"bar": [NAN], "side": 1}, "whole number"),
            ({"bar": [0], "side": 2}, "neither \\+1 nor -1"),
            ({"bar": [0], "side": NAN}, "neither \\+1 nor -1"),
            ({"bar": [0], "side": 1, "quantity": 0}, "quantity"),
            ({"bar": [0], "side": 1, "quantity": np.inf}, "quantity"),
            ({"bar": [0, 1], "side": [1, -1], "closes": [-1, 1]}, "order 1 closes"),
            ({"bar": [0, 1], "side": [1, 1], "closes": [-1, 0]}, "order 1 closes"),
            ({"bar": [0], "side": 1, "closes": -2}, "order 0 closes"),
        ],
    )
    def test_names_the_order_that_breaks_a_rule(
        self, columns: dict[str, Any], words: str
    ) -> None:
        with pytest.raises(ValueError, match=words):
            OrderPlan.of(**columns)

    def test_is_read_only_and_may_be_empty(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[], side=[])

        done = simulate_orders(daily(9.0, 9.0), plan, Terms())

        assert len(plan) == done.counts.emitted == 0
        assert done.equity.tolist() == [100_000.0] * 2
        assert not plan.matrix.flags.writeable

    def test_comes_late_and_ends_early(self) -> None:
        plan = OrderPlan.of(bar=[0, 3], side=[1, -1], closes=[-1, 0])

        late = plan.delayed(2)

        assert late.bar.tolist() == [2.0, 5.0]
        assert late.closes.tolist() == [-1.0, 0.0]
        assert len(late.before(5)) == 1
        assert len(plan.before(0)) == 0

    def test_decided_after_the_last_bar_is_none(self, daily: Daily) -> None:
        plan = OrderPlan.of(bar=[0, 5], side=[1, -1], closes=[-1, 0])

        done = simulate_orders(daily(*[9.0] * 3), plan, Terms())

        assert done.counts.emitted == 1
