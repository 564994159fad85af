"""Bars in which nothing traded, against numbers worked out by hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from backtesting import (
    BacktestEngine,
    Bars,
    Exits,
    Fill,
    OrderPlan,
    PassThroughRiskManager,
    Simulation,
    Sizing,
    Terms,
    simulate,
    simulate_orders,
)
from qtos_core import Event, Order, OrderType, Portfolio, Side, Strategy

TEN = Sizing(quantity=10.0)
BUY = Order(symbol="SPY", side=Side.BUY, quantity=10.0)


def bars(volume: Sequence[float], close: Sequence[float] | None = None) -> Bars:
    closes = np.array(close or 100.0 + np.arange(len(volume)), dtype=np.float64)
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01", "D") + np.arange(len(volume)),
        open=closes,
        high=closes + 5.0,
        low=closes - 5.0,
        close=closes,
        volume=np.array(volume, dtype=np.float64),
    )


class Once(Strategy):
    """Send one order at the close of the first bar."""

    def __init__(self, order: Order) -> None:
        self._order = order

    def on_event(self, event: Event, portfolio: Portfolio | None = None) -> list[Order]:  # type: ignore[override]
        if portfolio is None or portfolio.bar_index:
            return []
        return [replace(self._order, timestamp=event.timestamp)]


def engine(series: Bars, terms: Terms, order: Order = BUY) -> Simulation:
    done = BacktestEngine(
        Once(order),
        PassThroughRiskManager(),
        Portfolio(cash=terms.initial_cash),
        terms=terms,
    ).run(series, symbol="SPY")
    assert done.simulation is not None
    return done.simulation


class TestADecisionBeforeAHalt:
    @pytest.mark.parametrize(
        ("fill", "bar", "price"),
        [(Fill.NEXT_OPEN, 3, 103.0), (Fill.CLOSE, 0, 100.0)],
    )
    def test_fills_where_trading_goes_on(
        self, fill: Fill, bar: int, price: float
    ) -> None:
        series, terms = bars([1, 0, 0, 1]), Terms(sizing=TEN, fill=fill)
        plan = OrderPlan.of(bar=[0], side=[1])

        for done in (
            simulate(series, [1, 1, 1, 1], terms),
            simulate_orders(series, plan, terms),
            engine(series, terms),
        ):
            assert done.fills.bar.tolist() == [bar]
            assert done.fills.price.tolist() == [price]
            assert done.delayed == (fill is Fill.NEXT_OPEN)

    def test_within_a_halt_fills_at_the_first_close_after_it(self) -> None:
        series, terms = bars([1, 0, 0, 1]), Terms(sizing=TEN, fill=Fill.CLOSE)
        plan = OrderPlan.of(bar=[1], side=[1])

        for done in (
            simulate(series, [0, 1, 1, 1], terms),
            simulate_orders(series, plan, terms),
        ):
            assert done.fills.bar.tolist() == [3]
            assert done.fills.price.tolist() == [103.0]
            assert done.delayed == 1

    def test_that_is_taken_back_within_it_does_nothing(self) -> None:
        done = simulate(bars([1, 0, 0, 0, 1]), [1, 1, 0, 0, 0], Terms(sizing=TEN))

        assert done.counts.emitted == 0
        assert done.delayed == 2

    def test_the_series_ends_in_finds_no_bar_to_fill_on(self) -> None:
        series, terms = bars([1, 1, 0, 0]), Terms(sizing=TEN)
        plan = OrderPlan.of(bar=[1], side=[1])

        for done in (
            simulate(series, [0, 1, 1, 1], terms),
            simulate_orders(series, plan, terms),
            engine(bars([1, 0, 0]), terms),
        ):
            assert len(done.fills) == 0
            assert done.rejections.reason == ["no_next_bar"]
            assert done.delayed == 1

    def test_on_the_last_bar_within_it_finds_none_either(self) -> None:
        series, terms = bars([1, 1, 0, 0]), Terms(sizing=TEN, fill=Fill.CLOSE)

        for done in (
            simulate(series, [0, 0, 1, 1], terms),
            simulate_orders(series, OrderPlan.of(bar=[2], side=[1]), terms),
        ):
            assert len(done.fills) == 0
            assert done.rejections.reason == ["no_next_bar"]

    def test_as_a_limit_waits_too(self) -> None:
        terms = Terms(sizing=TEN)
        order = replace(BUY, order_type=OrderType.LIMIT, limit_price=98.5)

        done = engine(bars([1, 0, 0, 1], [100, 100, 100, 100]), terms, order)

        assert done.fills.bar.tolist() == [3]
        assert done.fills.price.tolist() == [98.5]
        assert done.delayed == 1


class TestExits:
    @pytest.mark.parametrize(
        ("exits", "price", "reason"),
        [
            (Exits(stop_loss_pct=8), 80.0, "stop_loss"),
            (Exits(trailing_stop_pct=8), 80.0, "trailing_stop"),
            (Exits(max_holding_bars=1), 80.0, "max_holding_bars"),
        ],
    )
    def test_wait_for_trading_as_well(
        self, exits: Exits, price: float, reason: str
    ) -> None:
        series = bars([1, 0, 0, 1], [100, 90, 85, 80])
        terms = Terms(sizing=TEN, fill=Fill.CLOSE, exits=exits)

        done = simulate(series, [1, 1, 1, 1], terms)

        assert done.fills.bar.tolist() == [0, 3]
        assert done.fills.price[-1] == price
        assert done.fills.reason[-1] == reason
        assert done.equity[1] == 100_000.0 - 100.0


class TestABarIsNotHalted:
    @pytest.mark.parametrize(
        "volume",
        [[0, 0, 0, 0], [0, 0, 1, 1], [1, 1, 1, 1]],
        ids=["no volume at all", "before volume was recorded", "traded"],
    )
    def test(self, volume: list[float]) -> None:
        done = simulate(bars(volume), [1, 1, 1, 1], Terms(sizing=TEN))

        assert done.fills.bar.tolist() == [1]
        assert done.delayed == 0
