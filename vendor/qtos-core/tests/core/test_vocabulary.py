"""The published vocabulary: names, defaults and behaviour others rely on."""

from __future__ import annotations

import dataclasses
import re
from datetime import UTC, datetime
from typing import Any

import pytest

import qtos_core
from qtos_core import Event, EventLoop, Portfolio, RiskManager, Strategy
from qtos_core.examples.buy_and_hold import BuyAndHoldStrategy
from qtos_core.order import Order, OrderType
from qtos_core.signal import Side, Signal

WHEN = datetime(2020, 1, 2, tzinfo=UTC)


class TestPackage:
    def test_exports_the_same_objects_as_its_modules(self) -> None:
        assert qtos_core.Order is Order
        assert qtos_core.OrderType is OrderType
        assert qtos_core.Side is Side
        assert qtos_core.Signal is Signal


class TestEvent:
    def test_reads_an_iso_string(self) -> None:
        assert Event("2020-01-02T03:04:05").timestamp == datetime(2020, 1, 2, 3, 4, 5)  # noqa: DTZ001
        assert Event("2020-01-02T00:00:00+00:00").timestamp == WHEN

    def test_has_no_payload_by_default(self) -> None:
        assert Event(WHEN).payload is None

    def test_cannot_be_changed(self) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            Event(WHEN).payload = 1  # type: ignore[misc]

    def test_refuses_a_string_that_is_no_date(self) -> None:
        with pytest.raises(ValueError, match="yesterday"):
            Event("yesterday")


class TestEventLoop:
    def test_calls_handlers_in_order_of_subscription(self) -> None:
        seen: list[tuple[str, object]] = []
        loop = EventLoop()
        loop.subscribe(lambda event: seen.append(("first", event.payload)))
        loop.subscribe(lambda event: seen.append(("second", event.payload)))

        loop.run([Event(WHEN, 1), Event(WHEN, 2)])

        assert seen == [("first", 1), ("second", 1), ("first", 2), ("second", 2)]

    def test_lets_what_a_handler_raises_through(self) -> None:
        loop = EventLoop()
        loop.subscribe(lambda event: 1 / event.payload)

        with pytest.raises(ZeroDivisionError):
            loop.dispatch(Event(WHEN, 0))


class TestEnums:
    def test_have_their_published_values(self) -> None:
        assert {side.name: side.value for side in Side} == {
            "BUY": "buy",
            "SELL": "sell",
        }
        assert {kind.name: kind.value for kind in OrderType} == {
            "MARKET": "market",
            "LIMIT": "limit",
        }


class TestOrder:
    def test_is_a_market_order_by_default(self) -> None:
        order = Order("SPY", Side.BUY, 1.0)

        assert order.order_type is OrderType.MARKET
        assert order.limit_price is None
        assert order.timestamp is None

    @pytest.mark.parametrize(
        "value",
        [Order("SPY", Side.BUY, 1.0), Signal("SPY", Side.BUY, 1.0, WHEN)],
        ids=["order", "signal"],
    )
    def test_and_signal_cannot_be_changed(self, value: Order | Signal) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            value.quantity = 2.0  # type: ignore[misc]


class TestSide:
    @pytest.mark.parametrize("side", Side)
    def test_may_be_given_as_a_word(self, side: Side) -> None:
        assert Signal("SPY", side.value, 1.0, WHEN).side is side  # type: ignore[arg-type]
        assert Order("SPY", side.value, 1.0).side is side  # type: ignore[arg-type]
        assert Order("SPY", side.value, 1.0) == Order("SPY", side, 1.0)  # type: ignore[arg-type]

    @pytest.mark.parametrize("given", ["long", "BUY", "", None, 1])
    def test_that_is_unknown_is_refused(self, given: Any) -> None:
        words = re.escape(f"side must be one of buy, sell, not {given!r}")

        with pytest.raises(ValueError, match=words):
            Signal("SPY", given, 1.0, WHEN)
        with pytest.raises(ValueError, match=words):
            Order("SPY", given, 1.0)


class TestOrderType:
    @pytest.mark.parametrize("kind", OrderType)
    def test_may_be_given_as_a_word(self, kind: OrderType) -> None:
        order = Order("SPY", Side.BUY, 1.0, kind.value, 9.0)  # type: ignore[arg-type]

        assert order.order_type is kind

    def test_that_is_unknown_is_refused(self) -> None:
        with pytest.raises(
            ValueError, match="order_type must be one of market, limit, not 'stop'"
        ):
            Order("SPY", Side.BUY, 1.0, "stop")  # type: ignore[arg-type]


class TestPortfolio:
    def test_starts_empty(self) -> None:
        assert Portfolio() == Portfolio(cash=0.0, positions={})
        assert Portfolio().position("SPY") == 0.0

    def test_adds_to_a_position(self) -> None:
        portfolio = Portfolio()

        portfolio.update_position("SPY", 3.0)
        portfolio.update_position("SPY", -1.0)

        assert portfolio.position("SPY") == 2.0

    def test_forgets_a_position_that_becomes_zero(self) -> None:
        portfolio = Portfolio(positions={"SPY": 2.0})

        portfolio.update_position("SPY", -2.0)

        assert portfolio.positions == {}

    def test_does_not_hold_a_rounding_error(self) -> None:
        portfolio = Portfolio()

        for delta in (0.1, 0.2, -0.3):
            portfolio.update_position("SPY", delta)

        assert portfolio.positions == {}

    def test_does_not_share_positions_between_portfolios(self) -> None:
        Portfolio().update_position("SPY", 1.0)

        assert Portfolio().positions == {}

    def test_does_not_hold_zero_units(self) -> None:
        given = {"OLD": 0.0, "SPY": -2.0, "QQQ": -0.0}

        portfolio = Portfolio(100, given)

        assert portfolio.positions == {"SPY": -2.0}
        assert portfolio == Portfolio(cash=100.0, positions={"SPY": -2.0})
        assert given == {"OLD": 0.0, "SPY": -2.0, "QQQ": -0.0}

    def test_does_not_write_into_the_positions_it_was_given(self) -> None:
        given = {"SPY": 1.0}

        Portfolio(0.0, given).update_position("SPY", 1.0)

        assert given == {"SPY": 1.0}

    def test_is_worth_nothing_of_what_it_holds_zero_units_of(self) -> None:
        portfolio = Portfolio(cash=10.0)
        portfolio.positions["OLD"] = 0.0

        assert portfolio.equity == 10.0

    def test_is_worth_cash_and_marked_positions(self) -> None:
        portfolio = Portfolio(cash=10.0, positions={"SPY": 2.0, "QQQ": -1.0})
        portfolio.marks.update(SPY=5.0, QQQ=3.0)

        assert portfolio.equity == 17.0

    def test_does_not_guess_what_an_unmarked_position_is_worth(self) -> None:
        with pytest.raises(KeyError, match="SPY"):
            _ = Portfolio(positions={"SPY": 2.0}).equity


class TestInterfaces:
    @pytest.mark.parametrize("interface", [Strategy, RiskManager])
    def test_cannot_be_used_as_they_are(self, interface: type) -> None:
        with pytest.raises(TypeError, match="abstract"):
            interface()


class TestBuyAndHoldStrategy:
    def test_buys_once_on_the_first_event_whatever_its_payload(self) -> None:
        strategy = BuyAndHoldStrategy("SPY")

        first = strategy.on_event(Event(WHEN))
        second = strategy.on_event(Event(WHEN), Portfolio())

        assert first == [Signal("SPY", Side.BUY, 1.0, WHEN)]
        assert second == []
