"""What becomes of each order: filled, cut, rejected or expired."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd
import pytest

from backtesting import (
    BacktestEngine,
    BacktestResult,
    Direction,
    Exits,
    Fill,
    Terms,
)
from qtos_core import Order, OrderType, Portfolio, Side

Frame = Callable[..., pd.DataFrame]
Play = Callable[..., BacktestEngine]
BUY, SELL = Side.BUY, Side.SELL


class TestOrder:
    def test_beyond_cash_is_rejected_and_said_so(
        self, play: Play, frame: Frame
    ) -> None:
        result = play([(BUY, 11.0)], cash=100.0).run(frame([10.0, 20.0]))

        assert result.trades == []
        (rejection,) = result.rejections
        assert rejection.reason == "insufficient_cash"
        assert rejection.timestamp == datetime(2020, 1, 1)  # noqa: DTZ001
        assert (rejection.symbol, rejection.side) == ("SPY", BUY)
        assert (rejection.quantity, rejection.price) == (11.0, 10.0)
        assert (rejection.needed, rejection.available) == (110.0, 100.0)
        assert [value for _, value in result.equity_curve] == [100.0, 100.0]

    def test_may_spend_the_last_cent(self, play: Play, frame: Frame) -> None:
        result = play([(BUY, 10.0)], cash=100.0).run(frame([10.0]))

        assert result.portfolio == Portfolio(cash=0.0, positions={"SPY": 10.0})

    def test_that_sells_more_than_is_held_is_cut(
        self, play: Play, frame: Frame
    ) -> None:
        script = play([(BUY, 10.0)], [(SELL, 25.0)])

        result = script.run(frame([10.0, 12.0]))

        assert [t.quantity for t in result.trades] == [10.0, 10.0]
        assert result.portfolio == Portfolio(cash=100_020.0)
        assert result.counts.cut == 1

    def test_that_sells_what_is_not_held_is_rejected(
        self, play: Play, frame: Frame
    ) -> None:
        result = play([(SELL, 1.0)]).run(frame([10.0]))

        assert [r.reason for r in result.rejections] == ["no_position"]

    def test_may_be_written_in_words(self, play: Play, frame: Frame) -> None:
        limit: Any = Order("SPY", "buy", 1.0, "limit", 9.0)  # type: ignore[arg-type]
        says = ([("buy", 2.0)], [("sell", 2.0), limit])

        result = play(*says).run(frame([10.0, 12.0, 12.0], low=[10.0, 12.0, 8.0]))

        assert [(t.side, t.price) for t in result.trades] == [
            (BUY, 10.0),
            (SELL, 12.0),
            (BUY, 9.0),
        ]

    @pytest.mark.parametrize(
        ("order", "reason"),
        [
            (("BUY", 0.0), "zero_quantity"),
            (("BUY", -1.0), "invalid_quantity"),
            (("BUY", float("nan")), "invalid_quantity"),
            (("BUY", float("inf")), "invalid_quantity"),
            (Order("QQQ", BUY, 1.0), "unknown_symbol"),
            (Order("SPY", BUY, 1.0, OrderType.LIMIT), "invalid_limit"),
            (Order("SPY", BUY, 1.0, OrderType.LIMIT, -1.0), "invalid_limit"),
        ],
        ids=["zero", "negative", "nan", "inf", "other symbol", "no limit", "bad limit"],
    )
    def test_that_makes_no_sense_is_rejected(
        self, play: Play, frame: Frame, order: Any, reason: str
    ) -> None:
        said = (Side[order[0]], order[1]) if isinstance(order, tuple) else order

        result = play([said]).run(frame([10.0, 10.0]))

        assert [r.reason for r in result.rejections] == [reason]
        assert result.trades == []
        assert result.counts.emitted == result.counts.rejected == 1


class TestLimitOrder:
    """A limit order rests on the bar after its own, and on that one alone."""

    @staticmethod
    def bars(frame: Frame) -> pd.DataFrame:
        return frame(
            [10.0, 10.0, 10.0],
            open=[10.0, 10.0, 10.0],
            high=[10.0, 12.0, 10.0],
            low=[10.0, 8.0, 10.0],
        )

    def run(self, play: Play, frame: Frame, *says: list[Any]) -> BacktestResult:
        return play(*says).run(self.bars(frame))

    def test_buys_at_the_limit_when_the_bar_trades_through_it(
        self, play: Play, frame: Frame
    ) -> None:
        result = self.run(play, frame, [Order("SPY", BUY, 1.0, OrderType.LIMIT, 9.0)])

        assert [(t.timestamp.day, t.price) for t in result.trades] == [(2, 9.0)]

    def test_buys_at_a_better_open(self, play: Play, frame: Frame) -> None:
        result = self.run(play, frame, [Order("SPY", BUY, 1.0, OrderType.LIMIT, 11.0)])

        assert [(t.timestamp.day, t.price) for t in result.trades] == [(2, 10.0)]

    @pytest.mark.parametrize("limit", [8.0, 7.0], ids=["touched", "not reached"])
    def test_expires_otherwise(self, play: Play, frame: Frame, limit: float) -> None:
        result = self.run(play, frame, [Order("SPY", BUY, 1.0, OrderType.LIMIT, limit)])

        (rejection,) = result.rejections
        assert rejection.reason == "limit_expired"
        assert (rejection.needed, rejection.available) == (limit, 8.0)
        assert rejection.timestamp.day == 2
        assert (result.counts.emitted, result.counts.expired) == (1, 1)
        assert result.counts.rejected == 0

    def test_sells_at_the_limit_when_the_bar_trades_through_it(
        self, play: Play, frame: Frame
    ) -> None:
        sell = Order("SPY", SELL, 1.0, OrderType.LIMIT, 11.5)

        result = self.run(play, frame, [(BUY, 1.0), sell])

        assert [t.price for t in result.trades] == [10.0, 11.5]

    def test_has_no_bar_after_the_last(self, play: Play, frame: Frame) -> None:
        order = Order("SPY", BUY, 1.0, OrderType.LIMIT, 9.0)

        result = self.run(play, frame, [], [], [order])

        assert [r.reason for r in result.rejections] == ["no_next_bar"]


class TestTheOrderOfEvents:
    """Within a bar: what fills at the open, then protection, then resting limits."""

    @pytest.mark.parametrize(
        ("limit", "expected"), [(11.5, [10.0, 9.5]), (None, [10.0, 9.5])]
    )
    def test_a_stop_goes_before_a_limit_of_the_same_bar(
        self, play: Play, frame: Frame, limit: float | None, expected: list[float]
    ) -> None:
        """Both are touched; which came first nobody knows, so the worse is taken."""
        says = [(BUY, 1.0)]
        rest = Order("SPY", SELL, 1.0, OrderType.LIMIT, limit) if limit else None
        terms = Terms(
            fill=Fill.CLOSE,
            exits=Exits(stop_loss_pct=5.0),
        )
        bars = frame(
            [10.0, 10.0, 10.0],
            open=[10.0, 10.0, 10.0],
            high=[10.0, 12.0, 10.0],
            low=[10.0, 9.0, 10.0],
        )

        said = [*says, rest] if rest else says
        result = play(said, terms=terms).run(bars)

        assert [t.price for t in result.trades] == pytest.approx(expected)

    def test_a_limit_buys_after_the_stop_has_sold(
        self, play: Play, frame: Frame
    ) -> None:
        order = Order("SPY", BUY, 1.0, OrderType.LIMIT, 9.2)
        terms = Terms(fill=Fill.CLOSE, exits=Exits(stop_loss_pct=5.0))
        bars = frame(
            [10.0, 10.0, 10.0],
            open=[10.0, 10.0, 10.0],
            high=[10.0, 10.0, 10.0],
            low=[10.0, 9.0, 10.0],
        )

        result = play([(BUY, 1.0), order], terms=terms).run(bars)

        # The one share is sold at 9.5 and one is bought at 9.2: not two sold.
        assert [(t.side, t.quantity, t.price) for t in result.trades] == [
            (BUY, 1.0, 10.0),
            (SELL, 1.0, pytest.approx(9.5)),
            (BUY, 1.0, pytest.approx(9.2)),
        ]


class TestAShort:
    """It may be enlarged by the equity that today's value of it leaves free."""

    @pytest.mark.parametrize(
        ("price", "most"),
        [
            # Cash 2,000 and the proceeds of ten at 100: 3,000.  What is pledged is
            # twice today's value: 20 x price.  The rest buys at `price`.
            (100.0, 10.0),
            (120.0, 5.0),
            (150.0, 0.0),
            (80.0, 17.5),
        ],
    )
    def test_pledges_its_value_of_today(
        self, play: Play, frame: Frame, price: float, most: float
    ) -> None:
        terms = Terms(initial_cash=2000.0, direction=Direction.BOTH, fill=Fill.CLOSE)
        bars = frame([100.0, price, price])

        for asked, filled in ((most, most > 0.0), (most + 0.1, False)):
            says = ([(SELL, 10.0)], [(SELL, asked)])
            result = play(*says, cash=2000.0, terms=terms).run(bars)

            assert (len(result.trades) == 2) is filled, asked
            if asked > most:
                assert result.rejections[-1].reason == "insufficient_margin"
                assert result.rejections[-1].available == pytest.approx(most * price)
