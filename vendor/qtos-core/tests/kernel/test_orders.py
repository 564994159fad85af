"""TargetPositions to orders to cash, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from backtesting import (
    Bars,
    Costs,
    Direction,
    Fill,
    Sizing,
    Terms,
    simulate,
)

Daily = Callable[..., Bars]
TEN = Sizing(quantity=10.0)


class TestLevels:
    def test_fill_at_the_next_open_by_default(self, daily: Daily) -> None:
        bars = daily((10, 12, 9, 11), (12, 14, 11, 13), (14, 15, 13, 15))

        done = simulate(bars, [1, 0, 0], Terms(sizing=TEN))

        # Bought 10 at 12 on bar 1, sold at 14 on bar 2; worth 13 at bar 1's close.
        assert done.fills.bar.tolist() == [1, 2]
        assert done.fills.price.tolist() == [12.0, 14.0]
        assert done.equity.tolist() == [100_000.0, 100_010.0, 100_020.0]
        assert done.position.tolist() == [0.0, 10.0, 0.0]
        assert done.fills.reason == ["entry", "exit"]

    def test_fill_at_the_close_when_asked(self, daily: Daily) -> None:
        bars = daily((10, 12, 9, 11), (12, 14, 11, 13))

        done = simulate(bars, [1, 0], Terms(sizing=TEN, fill=Fill.CLOSE))

        assert done.fills.price.tolist() == [11.0, 13.0]
        assert done.equity.tolist() == [100_000.0, 100_020.0]

    def test_on_the_last_bar_have_no_next_open(self, daily: Daily) -> None:
        done = simulate(daily(10.0, 11.0), [0, 1], Terms(sizing=TEN))

        assert done.rejections.reason == ["no_next_bar"]
        assert done.rejections.bar.tolist() == [1]
        assert done.rejections.quantity.tolist() == [10.0]

    def test_add_and_take_away_in_parts(self, daily: Daily) -> None:
        bars = daily(*[10.0] * 5)

        done = simulate(bars, [1, 3, 2, 0.5, 0], Terms(sizing=TEN, fill=Fill.CLOSE))

        assert done.position.tolist() == pytest.approx([10.0, 30.0, 20.0, 5.0, 0.0])
        assert done.position[-1] == 0.0

    def test_turn_through_zero_with_two_orders(self, daily: Daily) -> None:
        terms = Terms(sizing=TEN, fill=Fill.CLOSE, direction=Direction.BOTH)

        done = simulate(daily(10.0, 12.0, 9.0), [1, -1, 0], terms)

        # +10 at 10, sold at 12 (+20), shorted at 12, covered at 9 (+30).
        assert done.fills.quantity.tolist() == [10.0] * 4
        assert done.fills.side.tolist() == [1.0, -1.0, -1.0, 1.0]
        assert done.equity.tolist() == [100_000.0, 100_020.0, 100_050.0]
        assert done.closed_lots.pnl.tolist() == [20.0, 30.0]

    @pytest.mark.parametrize(
        ("direction", "positions"),
        [
            (Direction.LONG, [10.0, 0.0, 10.0]),
            (Direction.SHORT, [0.0, -10.0, 0.0]),
            (Direction.BOTH, [10.0, -10.0, 10.0]),
        ],
    )
    def test_count_as_flat_where_the_direction_forbids_them(
        self, daily: Daily, direction: Direction, positions: list[float]
    ) -> None:
        terms = Terms(sizing=TEN, fill=Fill.CLOSE, direction=direction)

        done = simulate(daily(10.0, 10.0, 10.0), [1, -1, 1], terms)

        assert done.position.tolist() == positions

    def test_do_not_exit_what_was_never_bought(self, daily: Daily) -> None:
        terms = Terms(initial_cash=100.0, sizing=TEN, fill=Fill.CLOSE)

        # The first entry costs 110 and is refused, the second costs 90.
        done = simulate(daily(11.0, 9.0, 9.0, 9.0), [1, 2, 1, 0], terms)

        assert done.position.tolist() == [0.0, 10.0, 10.0, 0.0]
        assert done.rejections.reason == ["insufficient_cash"]
        assert done.rejections.needed.tolist() == [110.0]
        assert done.rejections.available.tolist() == [100.0]

    def test_keep_what_is_held_when_an_addition_was_refused(self, daily: Daily) -> None:
        terms = Terms(initial_cash=150.0, sizing=TEN, fill=Fill.CLOSE)

        # The second entry would cost 100 and 50 are left: one entry is held.
        done = simulate(daily(*[10.0] * 4), [1, 2, 1, 0], terms)

        assert done.position.tolist() == [10.0, 10.0, 10.0, 0.0]
        assert done.counts.emitted == 3

    @pytest.mark.parametrize(
        "targets",
        [[1.0], [1.0, np.nan], [[1.0, 1.0]]],
        ids=["short", "nan", "matrix"],
    )
    def test_must_be_one_finite_number_a_bar(
        self, daily: Daily, targets: list[float]
    ) -> None:
        with pytest.raises(ValueError, match="2 finite numbers"):
            simulate(daily(10.0, 10.0), targets, Terms())


class TestTerms:
    @pytest.mark.parametrize(
        ("terms", "words"),
        [
            (Terms(costs=Costs(commission_bps=-1)), "commission_bps"),
            (Terms(costs=Costs(slippage_bps=10_000)), "slippage_bps"),
            (Terms(costs=Costs(slippage_bps=float("nan"))), "slippage_bps"),
            (Terms(sizing=Sizing(quantity=0)), "quantity"),
            (Terms(sizing=Sizing(volatility_bars=1)), "volatility_bars"),
            (Terms(periods_per_year=0), "periods_per_year"),
            (Terms(initial_cash=float("nan")), "cash"),
        ],
    )
    def test_out_of_range_are_named(
        self, daily: Daily, terms: Terms, words: str
    ) -> None:
        with pytest.raises(ValueError, match=words):
            simulate(daily(10.0), [1], terms)


class TestRecord:
    def test_is_read_only(self, daily: Daily) -> None:
        done = simulate(daily(10.0, 11.0), [1, 0], Terms(fill=Fill.CLOSE))

        for array in (done.equity, done.position, done.fills.price):
            with pytest.raises(ValueError, match="read-only"):
                array[0] = 0.0

    def test_has_the_same_shape_when_nothing_happened(self, daily: Daily) -> None:
        done = simulate(daily(10.0, 11.0), [0, 0], Terms())

        assert done.fills.price.size == done.rejections.price.size == 0
        assert len(done.closed_lots) == 0

    def test_matches_closed_lots_first_in_first_out(self, daily: Daily) -> None:
        bars = daily(10.0, 20.0, 30.0, 40.0)
        terms = Terms(sizing=TEN, fill=Fill.CLOSE)

        lots = simulate(bars, [1, 2, 0.5, 0.5], terms).closed_lots

        # 10 at 10 and 10 at 20; 15 sold at 30: first the 10 at 10, then 5 at 20.
        assert lots.entry_price.tolist() == [10.0, 20.0]
        assert lots.quantity.tolist() == [10.0, 5.0]
        assert lots.pnl.tolist() == [200.0, 50.0]
        assert lots.return_pct.tolist() == [200.0, 50.0]
        assert lots.bars.tolist() == [2.0, 1.0]
        assert lots.reason == ["exit", "exit"]
