"""Costs and sizing, against numbers worked out by hand."""

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
        assert done.closed_lots.pnl.tolist() == pytest.approx([-2 * commission])

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

        done = simulate(daily(100.0, 110.0, 120.0), [-1, -1, 0], terms)

        assert done.borrow_fees == pytest.approx(0.1 + 0.11)
        assert done.equity[-1] == pytest.approx(100_000.0 - 200.21)
        assert done.closed_lots.pnl.tolist() == pytest.approx([-200.21])


class TestSizing:
    @staticmethod
    def entry(bars: Bars, sizing: Sizing, **terms: object) -> float:
        targets = np.ones(len(bars))
        targets[:-1] = 0.0
        done = simulate(bars, targets, Terms(fill=Fill.CLOSE, sizing=sizing, **terms))
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
