"""Advisors, risk managers, validators and observers around a strategy."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from backtesting import BacktestEngine, PassThroughRiskManager, Trade
from qtos_core import Event, Order, Portfolio, RiskManager, Side, Signal, Strategy
from qtos_core.examples.buy_and_hold import BuyAndHoldStrategy

Frame = Callable[..., pd.DataFrame]
Play = Callable[..., BacktestEngine]
BUY, SELL = Side.BUY, Side.SELL


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

    def test_may_change_and_refuse(self, play: Play, frame: Frame) -> None:
        def halve(
            signals: list[Signal], event: Event, portfolio: Portfolio
        ) -> list[Signal]:
            return [
                Signal(s.symbol, s.side, s.quantity / 2, s.timestamp) for s in signals
            ]

        def refuse_sales(order: Order, portfolio: Portfolio) -> Order | None:
            return order if order.side is BUY else None

        says = ([(BUY, 10.0)], [(SELL, 10.0)])

        result = play(*says, advisors=[halve], validators=[refuse_sales]).run(
            frame([10.0, 11.0])
        )

        assert result.portfolio.positions == {"SPY": 5.0}
        assert [r.reason for r in result.rejections] == ["refused_by_validator"]
        assert result.counts.emitted == 2

    def test_find_no_signals_where_a_strategy_returns_none(self, frame: Frame) -> None:
        seen: list[list[Signal]] = []

        class Silent(Strategy):
            def on_event(
                self, event: Event, portfolio: Portfolio | None = None
            ) -> list[Signal]:
                return None  # type: ignore[return-value]

        def advise(
            signals: list[Signal], event: Event, portfolio: Portfolio
        ) -> list[Signal]:
            seen.append(signals)
            return signals

        for advisors in ([], [advise]):
            result = BacktestEngine(
                Silent(),
                PassThroughRiskManager(),
                Portfolio(cash=10.0),
                advisors=advisors,
            ).run(frame([1.0, 2.0]))

            assert [value for _, value in result.equity_curve] == [10.0, 10.0]
            assert result.counts.emitted == 0
        assert seen == [[], []]

    def test_find_no_signals_where_an_advisor_returns_none(
        self, play: Play, frame: Frame
    ) -> None:
        def swallow(
            signals: list[Signal], event: Event, portfolio: Portfolio
        ) -> list[Signal]:
            return None  # type: ignore[return-value]

        def add(
            signals: list[Signal], event: Event, portfolio: Portfolio
        ) -> list[Signal]:
            return [*signals, Signal("SPY", BUY, 2.0, event.timestamp)]

        last = play([(BUY, 1.0)], advisors=[swallow]).run(frame([10.0]))
        first = play([(BUY, 1.0)], advisors=[swallow, add]).run(frame([10.0]))

        assert last.counts.emitted == 0
        assert [trade.quantity for trade in first.trades] == [2.0]

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

    def test_that_book_a_fee_are_heeded(self, play: Play, frame: Frame) -> None:
        def charge(trade: Trade, portfolio: Portfolio) -> None:
            portfolio.cash -= 7.0

        says = ([(BUY, 1.0)], [(SELL, 1.0)])

        result = play(*says, observers=[charge]).run(frame([10.0, 10.0]))

        assert result.portfolio == Portfolio(cash=100_000.0 - 14.0)

    def test_get_an_order_through_the_pass_through_as_it_is(self) -> None:
        order = Order("SPY", BUY, 1.0)

        assert PassThroughRiskManager().check(order, Portfolio()) is order
