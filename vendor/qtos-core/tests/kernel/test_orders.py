"""Levels to orders to cash, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

from backtesting import (
    Bars,
    Costs,
    Direction,
    Exits,
    Fill,
    Sizing,
    SizingRule,
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
        assert done.round_trips.pnl.tolist() == [20.0, 30.0]

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

    @pytest.mark.parametrize(
        "levels", [[1.0], [1.0, np.nan], [[1.0, 1.0]]], ids=["short", "nan", "matrix"]
    )
    def test_must_be_one_finite_number_a_bar(
        self, daily: Daily, levels: list[float]
    ) -> None:
        with pytest.raises(ValueError, match="2 finite numbers"):
            simulate(daily(10.0, 10.0), levels, Terms())


class TestCosts:
    def test_slippage_is_against_the_trader(self, daily: Daily) -> None:
        terms = Terms(sizing=TEN, fill=Fill.CLOSE, costs=Costs(slippage_bps=100))

        done = simulate(daily(100.0, 100.0), [1, 0], terms)

        assert done.fills.price.tolist() == [101.0, 99.0]
        assert done.fills.slippage.tolist() == pytest.approx([10.0, 10.0])
        assert done.equity[-1] == pytest.approx(100_000.0 - 20.0)

    @pytest.mark.parametrize(
        ("costs", "commission"),
        [
            (Costs(commission_bps=10), 1.0),
            (Costs(commission_per_share=0.02), 0.2),
            (Costs(commission_bps=10, commission_per_share=0.02), 1.2),
            (Costs(commission_bps=10, commission_minimum=5), 5.0),
        ],
        ids=["bps", "per share", "both", "minimum"],
    )
    def test_commission_is_paid_on_each_fill(
        self, daily: Daily, costs: Costs, commission: float
    ) -> None:
        # 10 shares at 100: 1,000 traded, 10 bps of it are 1.
        terms = Terms(sizing=TEN, fill=Fill.CLOSE, costs=costs)

        done = simulate(daily(100.0, 100.0), [1, 0], terms)

        assert done.fills.commission.tolist() == pytest.approx([commission] * 2)
        assert done.equity[-1] == pytest.approx(100_000.0 - 2 * commission)
        assert done.total_costs == pytest.approx(2 * commission)
        assert done.round_trips.pnl.tolist() == pytest.approx([-2 * commission])

    def test_must_be_affordable_with_the_price(self, daily: Daily) -> None:
        costs = Costs(commission_minimum=1)
        terms = Terms(initial_cash=1_000, sizing=TEN, fill=Fill.CLOSE, costs=costs)

        done = simulate(daily(100.0), [1], terms)

        assert done.rejections.reason == ["insufficient_cash"]
        assert done.rejections.needed.tolist() == [1_001.0]

    def test_borrowed_shares_cost_a_fee_a_bar(self, daily: Daily) -> None:
        # 10 short at 100 for two bars at 252 bps of 252 bars a year: 1 bp a bar of
        # the close before, 1,000 and then 1,100.
        terms = Terms(
            sizing=TEN,
            fill=Fill.CLOSE,
            direction=Direction.SHORT,
            costs=Costs(borrow_bps_per_year=252),
        )

        done = simulate(daily(100.0, 110.0, 100.0), [-1, -1, 0], terms)

        assert done.borrow_fees == pytest.approx(0.1 + 0.11)
        assert done.equity[-1] == pytest.approx(100_000.0 - 0.21)
        assert done.round_trips.pnl.tolist() == pytest.approx([-0.21])


class TestSizing:
    @staticmethod
    def entry(bars: Bars, sizing: Sizing, **terms: object) -> float:
        levels = np.ones(len(bars))
        levels[:-1] = 0.0
        done = simulate(bars, levels, Terms(fill=Fill.CLOSE, sizing=sizing, **terms))
        return float(done.fills.quantity[0]) if len(done.fills) else 0.0

    def test_percent_of_equity(self, daily: Daily) -> None:
        sizing = Sizing(rule=SizingRule.PERCENT_OF_EQUITY, percent=50)

        assert self.entry(daily(200.0), sizing) == 250.0

    def test_all_in_spends_all_cash_and_costs(self, daily: Daily) -> None:
        costs = Costs(commission_bps=10, slippage_bps=20)
        terms = Terms(
            fill=Fill.CLOSE, costs=costs, sizing=Sizing(rule=SizingRule.ALL_IN)
        )

        done = simulate(daily(200.0), [1], terms)

        affordable = 100_000 / (200 * 1.002 * 1.001)
        assert done.fills.quantity[0] == pytest.approx(affordable, rel=1e-12)
        cash = done.equity[0] - done.position[0] * 200.0
        assert 0.0 <= cash < 1e-6

    def test_risk_per_trade_loses_its_percent_at_the_stop(self, daily: Daily) -> None:
        # 1 % of 100,000 over a stop 5 % under 200: 1,000 / 10.
        sizing = Sizing(rule=SizingRule.RISK_PER_TRADE, percent=1)

        units = self.entry(daily(200.0), sizing, exits=Exits(stop_loss_pct=5))

        assert units == pytest.approx(100.0)

    def test_risk_per_trade_needs_a_stop(self, daily: Daily) -> None:
        sizing = Sizing(rule=SizingRule.RISK_PER_TRADE, percent=1)

        with pytest.raises(ValueError, match="stop_loss_pct"):
            self.entry(daily(200.0), sizing)

    def test_volatility_target_scales_by_realised_volatility(
        self, daily: Daily
    ) -> None:
        # Returns +10 %, -10 %: deviation sqrt(0.02) a bar; of 252 bars a year that is
        # 2.2450 a year, and 10 % of it is 0.04454 of the equity at a close of 99.
        sizing = Sizing(rule=SizingRule.VOLATILITY_TARGET, volatility_bars=2)

        units = self.entry(daily(100.0, 110.0, 99.0), sizing)

        weight = 0.1 / (0.02**0.5 * 252**0.5)
        assert units == pytest.approx(100_000 * weight / 99.0)

    def test_volatility_target_never_borrows(self, daily: Daily) -> None:
        sizing = Sizing(rule=SizingRule.VOLATILITY_TARGET, volatility_bars=2)

        assert self.entry(daily(100.0, 100.0, 100.0), sizing) == 1_000.0

    def test_volatility_target_waits_for_its_bars(self, daily: Daily) -> None:
        sizing = Sizing(rule=SizingRule.VOLATILITY_TARGET, volatility_bars=3)

        done = simulate(daily(9.0, 9.0), [0, 1], Terms(sizing=sizing, fill=Fill.CLOSE))

        assert done.rejections.reason == ["zero_quantity"]

    @pytest.mark.parametrize(
        ("quantity", "lot", "bought"),
        [
            (57.0, 10.0, 50.0),
            (0.3, 0.1, 0.3),
            (50.0, 10.0, 50.0),
            (50.0, 1e-300, 50.0),
            (50.0, 1e-15, 50.0),
        ],
    )
    def test_is_cut_to_whole_lots(
        self, daily: Daily, quantity: float, lot: float, bought: float
    ) -> None:
        sizing = Sizing(quantity=quantity, lot_size=lot)

        done = simulate(daily(10.0), [1], Terms(sizing=sizing, fill=Fill.CLOSE))

        assert done.position[0] == pytest.approx(bought)
        assert done.counts.rounded == (bought < quantity)

    def test_whose_price_no_float_can_hold_is_rejected(self, daily: Daily) -> None:
        done = simulate(
            daily(10.0), [1], Terms(sizing=Sizing(quantity=1e308), fill=Fill.CLOSE)
        )

        assert done.rejections.reason == ["invalid_quantity"]
        assert np.isfinite(done.rejections.matrix).all()

    def test_under_one_lot_is_rejected(self, daily: Daily) -> None:
        sizing = Sizing(quantity=9.0, lot_size=10.0)

        done = simulate(daily(10.0), [1], Terms(sizing=sizing, fill=Fill.CLOSE))

        assert done.rejections.reason == ["zero_quantity"]

    def test_by_a_rule_is_cut_to_cash_when_the_open_is_dearer(
        self, daily: Daily
    ) -> None:
        sizing = Sizing(rule=SizingRule.PERCENT_OF_EQUITY, percent=100)
        bars = daily((100, 100, 100, 100), (125, 125, 125, 125))

        done = simulate(bars, [1, 1], Terms(sizing=sizing))

        assert done.position[-1] == pytest.approx(800.0)
        assert done.counts.cut == 1


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
        assert len(done.round_trips) == 0

    def test_matches_round_trips_first_in_first_out(self, daily: Daily) -> None:
        bars = daily(10.0, 20.0, 30.0, 40.0)
        terms = Terms(sizing=TEN, fill=Fill.CLOSE)

        trips = simulate(bars, [1, 2, 0.5, 0.5], terms).round_trips

        # 10 at 10 and 10 at 20; 15 sold at 30: first the 10 at 10, then 5 at 20.
        assert trips.entry_price.tolist() == [10.0, 20.0]
        assert trips.quantity.tolist() == [10.0, 5.0]
        assert trips.pnl.tolist() == [200.0, 50.0]
        assert trips.return_pct.tolist() == [200.0, 50.0]
        assert trips.bars.tolist() == [2.0, 1.0]
        assert trips.reason == ["exit", "exit"]
