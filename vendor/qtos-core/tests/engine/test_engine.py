"""The event loop with the published defaults: close fills, no costs, long only."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtesting import (
    BacktestEngine,
    BacktestResult,
    PassThroughRiskManager,
    Terms,
    Trade,
    load_csv,
)
from backtesting.engine import MarketData
from backtesting.terms import Fill, Sizing, SizingRule
from qtos_core import (
    Event,
    Order,
    OrderType,
    Portfolio,
    RiskManager,
    Side,
    Signal,
    Strategy,
)
from qtos_core.examples.buy_and_hold import BuyAndHoldStrategy

Frame = Callable[..., pd.DataFrame]


class Script(Strategy):
    """Say what was written down for each bar."""

    def __init__(self, *says: list[Any]) -> None:
        self.says = says
        self.payloads: list[MarketData] = []

    def on_event(
        self, event: Event, portfolio: Portfolio | None = None
    ) -> list[Signal]:
        bar = len(self.payloads)
        self.payloads.append(event.payload)
        said = self.says[bar] if bar < len(self.says) else []
        return [
            Signal("SPY", item[0], item[1], event.timestamp)
            if isinstance(item, tuple)
            else item
            for item in said
        ]


def engine(
    strategy: Strategy, cash: float = 100_000.0, **options: Any
) -> BacktestEngine:
    return BacktestEngine(
        strategy, PassThroughRiskManager(), Portfolio(cash=cash), **options
    )


BUY, SELL = Side.BUY, Side.SELL


class TestBuyAndHold:
    def test_of_the_sample_gives_the_published_figures(self) -> None:
        # 50 shares from 321 to 357, as the sample's README says: 50 x 36 = 1800.
        folder = Path(str(resources.files("qtos_core.examples"))) / "data"
        data = load_csv(folder / "sample_ohlcv.csv", symbol="SPY")

        result = engine(BuyAndHoldStrategy("SPY", 50.0)).run(data)

        assert [(t.side, t.quantity, t.price) for t in result.trades] == [
            (BUY, 50.0, 321.0)
        ]
        assert len(result.equity_curve) == 21
        assert result.equity_curve[-1][1] == 101_800.0
        assert result.portfolio == Portfolio(
            cash=100_000.0 - 50 * 321.0, positions={"SPY": 50.0}
        )
        assert result.rejections == []

    def test_fills_when_the_data_do_not_say_what_they_are_of(
        self, frame: Frame
    ) -> None:
        result = engine(BuyAndHoldStrategy("QQQ")).run(frame([10.0], symbol=None))

        assert result.trades[0].symbol == "QQQ"
        assert result.portfolio.positions == {"QQQ": 1.0}


class TestBar:
    def test_is_what_the_strategy_sees(self, frame: Frame) -> None:
        script = Script()

        engine(script).run(frame([2.0, 3.0], high=[4.0, 5.0], low=[1.0, 1.5]))

        seen = script.payloads[1]
        assert isinstance(seen, MarketData)
        assert seen[:6] == ("SPY", 3.0, 5.0, 1.5, 3.0, 1.0)

    @pytest.mark.parametrize("zone", [None, UTC], ids=["naive", "aware"])
    def test_keeps_the_times_of_the_frame(self, frame: Frame, zone: Any) -> None:
        data = frame([1.0])
        data.index = data.index.tz_localize(zone)

        result = engine(BuyAndHoldStrategy("SPY")).run(data)

        assert result.equity_curve == [(datetime(2020, 1, 1, tzinfo=zone), 100_000.0)]
        assert result.trades[0].timestamp == datetime(2020, 1, 1, tzinfo=zone)

    @pytest.mark.parametrize(
        "close", [np.nan, np.inf, 0.0, -1.0], ids=["nan", "inf", "zero", "negative"]
    )
    def test_that_cannot_be_a_price_is_refused(
        self, frame: Frame, close: float
    ) -> None:
        with pytest.raises(ValueError, match="row 1"):
            engine(Script()).run(frame([10.0, close]))

    def test_needs_dates_and_prices(self, frame: Frame) -> None:
        data = frame([10.0])

        with pytest.raises(ValueError, match="DatetimeIndex"):
            engine(Script()).run(data.reset_index(drop=True))
        with pytest.raises(ValueError, match="close"):
            engine(Script()).run(data.drop(columns="close"))

    def test_that_is_missing_altogether_gives_an_empty_result(
        self, frame: Frame
    ) -> None:
        result = engine(Script()).run(frame([]))

        assert result == BacktestResult(Portfolio(cash=100_000.0), [], [])


class TestOrder:
    def test_beyond_cash_is_rejected_and_said_so(self, frame: Frame) -> None:
        result = engine(Script([(BUY, 11.0)]), cash=100.0).run(frame([10.0, 20.0]))

        assert result.trades == []
        (rejection,) = result.rejections
        assert rejection.reason == "insufficient_cash"
        assert rejection.timestamp == datetime(2020, 1, 1)  # noqa: DTZ001
        assert (rejection.symbol, rejection.side) == ("SPY", BUY)
        assert (rejection.quantity, rejection.price) == (11.0, 10.0)
        assert (rejection.needed, rejection.available) == (110.0, 100.0)
        assert [value for _, value in result.equity_curve] == [100.0, 100.0]

    def test_may_spend_the_last_cent(self, frame: Frame) -> None:
        result = engine(Script([(BUY, 10.0)]), cash=100.0).run(frame([10.0]))

        assert result.portfolio == Portfolio(cash=0.0, positions={"SPY": 10.0})

    def test_that_sells_more_than_is_held_is_cut(self, frame: Frame) -> None:
        script = Script([(BUY, 10.0)], [(SELL, 25.0)])

        result = engine(script).run(frame([10.0, 12.0]))

        assert [t.quantity for t in result.trades] == [10.0, 10.0]
        assert result.portfolio == Portfolio(cash=100_020.0)
        assert result.counts.cut == 1

    def test_that_sells_what_is_not_held_is_rejected(self, frame: Frame) -> None:
        result = engine(Script([(SELL, 1.0)])).run(frame([10.0]))

        assert [r.reason for r in result.rejections] == ["no_position"]

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
        self, frame: Frame, order: Any, reason: str
    ) -> None:
        said = (Side[order[0]], order[1]) if isinstance(order, tuple) else order

        result = engine(Script([said])).run(frame([10.0, 10.0]))

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

    def run(self, frame: Frame, *says: list[Any]) -> BacktestResult:
        return engine(Script(*says)).run(self.bars(frame))

    def test_buys_at_the_limit_when_the_bar_trades_through_it(
        self, frame: Frame
    ) -> None:
        result = self.run(frame, [Order("SPY", BUY, 1.0, OrderType.LIMIT, 9.0)])

        assert [(t.timestamp.day, t.price) for t in result.trades] == [(2, 9.0)]

    def test_buys_at_a_better_open(self, frame: Frame) -> None:
        result = self.run(frame, [Order("SPY", BUY, 1.0, OrderType.LIMIT, 11.0)])

        assert [(t.timestamp.day, t.price) for t in result.trades] == [(2, 10.0)]

    @pytest.mark.parametrize("limit", [8.0, 7.0], ids=["touched", "not reached"])
    def test_expires_otherwise(self, frame: Frame, limit: float) -> None:
        result = self.run(frame, [Order("SPY", BUY, 1.0, OrderType.LIMIT, limit)])

        (rejection,) = result.rejections
        assert rejection.reason == "limit_expired"
        assert (rejection.needed, rejection.available) == (limit, 8.0)
        assert rejection.timestamp.day == 2
        assert (result.counts.emitted, result.counts.expired) == (1, 1)
        assert result.counts.rejected == 0

    def test_sells_at_the_limit_when_the_bar_trades_through_it(
        self, frame: Frame
    ) -> None:
        sell = Order("SPY", SELL, 1.0, OrderType.LIMIT, 11.5)

        result = self.run(frame, [(BUY, 1.0), sell])

        assert [t.price for t in result.trades] == [10.0, 11.5]

    def test_has_no_bar_after_the_last(self, frame: Frame) -> None:
        order = Order("SPY", BUY, 1.0, OrderType.LIMIT, 9.0)

        result = self.run(frame, [], [], [order])

        assert [r.reason for r in result.rejections] == ["no_next_bar"]


class TestHooks:
    def test_are_called_in_their_order_on_each_bar(self, frame: Frame) -> None:
        log: list[str] = []

        class Risk(RiskManager):
            def check(
                self, signal_or_order: Signal | Order, portfolio: Portfolio
            ) -> Order | None:
                log.append("risk")
                return PassThroughRiskManager().check(signal_or_order, portfolio)

        def advise(
            signals: list[Signal], event: Event, portfolio: Portfolio
        ) -> list[Signal]:
            log.append("advisor")
            return signals

        def validate(order: Order, portfolio: Portfolio) -> Order | None:
            assert portfolio.position("SPY") == 0.0
            log.append("validator")
            return order

        def observe(trade: Trade, portfolio: Portfolio) -> None:
            assert portfolio.position("SPY") == 1.0
            assert portfolio.equity == 100_000.0
            assert portfolio.bar_index == 0
            log.append("observer")

        BacktestEngine(
            BuyAndHoldStrategy("SPY"),
            Risk(),
            Portfolio(cash=100_000.0),
            advisors=[advise],
            validators=[validate],
            observers=[observe],
        ).run(frame([10.0, 11.0]))

        assert log == ["advisor", "risk", "validator", "observer", "advisor"]

    def test_may_change_and_refuse(self, frame: Frame) -> None:
        def halve(
            signals: list[Signal], event: Event, portfolio: Portfolio
        ) -> list[Signal]:
            return [
                Signal(s.symbol, s.side, s.quantity / 2, s.timestamp) for s in signals
            ]

        def refuse_sales(order: Order, portfolio: Portfolio) -> Order | None:
            return order if order.side is BUY else None

        script = Script([(BUY, 10.0)], [(SELL, 10.0)])

        result = engine(script, advisors=[halve], validators=[refuse_sales]).run(
            frame([10.0, 11.0])
        )

        assert result.portfolio.positions == {"SPY": 5.0}
        assert [r.reason for r in result.rejections] == ["refused_by_validator"]
        assert result.counts.emitted == 2

    def test_count_what_the_risk_manager_refuses(self, frame: Frame) -> None:
        class Never(RiskManager):
            def check(
                self, signal_or_order: Signal | Order, portfolio: Portfolio
            ) -> Order | None:
                return None

        result = BacktestEngine(
            BuyAndHoldStrategy("SPY"), Never(), Portfolio(cash=10.0)
        ).run(frame([1.0]))

        assert (result.signals_refused, result.counts.emitted) == (1, 0)

    def test_that_book_a_fee_are_heeded(self, frame: Frame) -> None:
        def charge(trade: Trade, portfolio: Portfolio) -> None:
            portfolio.cash -= 7.0

        script = Script([(BUY, 1.0)], [(SELL, 1.0)])

        result = engine(script, observers=[charge]).run(frame([10.0, 10.0]))

        assert result.portfolio == Portfolio(cash=100_000.0 - 14.0)

    def test_get_an_order_through_the_pass_through_as_it_is(self) -> None:
        order = Order("SPY", BUY, 1.0)

        assert PassThroughRiskManager().check(order, Portfolio()) is order


class Counter:
    """An observer with state."""

    def __init__(self) -> None:
        self.seen: list[Trade] = []

    def __call__(self, trade: Trade, portfolio: Portfolio) -> None:
        self.seen.append(trade)


class TestSecondRun:
    def test_gives_equal_results(self, frame: Frame) -> None:
        observer = Counter()
        portfolio = Portfolio(cash=1_000.0)
        strategy = BuyAndHoldStrategy("SPY")
        twice = BacktestEngine(
            strategy,
            PassThroughRiskManager(),
            portfolio,
            observers=[observer, observer.__call__],
        )
        data = frame([10.0, 11.0])

        first = twice.run(data)
        seen = list(observer.seen)
        second = twice.run(data)

        assert first == second
        assert first.trades
        assert observer.seen == seen
        assert portfolio == Portfolio(cash=1_000.0)

    def test_is_refused_when_state_cannot_be_brought_back(self, frame: Frame) -> None:
        strategy = BuyAndHoldStrategy("SPY")
        strategy.stream = (number for number in range(3))  # type: ignore[attr-defined]
        once = engine(strategy)
        once.run(frame([10.0]))

        with pytest.raises(TypeError, match="cannot run twice"):
            once.run(frame([10.0]))


class TestStartingPosition:
    def test_is_valued_and_can_be_sold(self, frame: Frame) -> None:
        start = Portfolio(cash=0.0, positions={"SPY": 2.0})

        result = BacktestEngine(
            Script([], [(SELL, 2.0)]), PassThroughRiskManager(), start
        ).run(frame([10.0, 12.0]))

        assert [value for _, value in result.equity_curve] == [20.0, 24.0]
        assert result.portfolio == Portfolio(cash=24.0)

    def test_of_a_symbol_without_bars_is_refused(self, frame: Frame) -> None:
        start = Portfolio(cash=0.0, positions={"QQQ": 2.0})

        with pytest.raises(ValueError, match="QQQ"):
            BacktestEngine(Script(), PassThroughRiskManager(), start).run(frame([1.0]))


class TestTerms:
    def test_may_fill_at_the_next_open(self, frame: Frame) -> None:
        terms = Terms(fill=Fill.NEXT_OPEN)

        result = engine(Script([(BUY, 1.0)]), terms=terms).run(
            frame([10.0, 12.0], open=[10.0, 11.0], low=[10.0, 11.0])
        )

        assert [(t.timestamp.day, t.price) for t in result.trades] == [(2, 11.0)]

    def test_that_contradict_the_portfolio_are_refused(self) -> None:
        with pytest.raises(ValueError, match=r"100000\.0 in cash"):
            engine(Script(), cash=1.0, terms=Terms())

    def test_that_size_need_levels(self) -> None:
        terms = Terms(sizing=Sizing(rule=SizingRule.ALL_IN))

        with pytest.raises(ValueError, match="ReplayStrategy"):
            engine(Script(), terms=terms)
