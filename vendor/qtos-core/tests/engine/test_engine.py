"""The event loop with the published defaults: close fills, no costs, long only."""

from __future__ import annotations

import copy
import dataclasses
import multiprocessing
import threading
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
from qtos_core import Portfolio, Side, Strategy
from qtos_core.examples.buy_and_hold import BuyAndHoldStrategy

Frame = Callable[..., pd.DataFrame]
Play = Callable[..., BacktestEngine]
BUY, SELL = Side.BUY, Side.SELL


def engine(
    strategy: Strategy, cash: float = 100_000.0, **options: Any
) -> BacktestEngine:
    return BacktestEngine(
        strategy, PassThroughRiskManager(), Portfolio(cash=cash), **options
    )


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
    def test_is_what_the_strategy_sees(self, play: Play, frame: Frame) -> None:
        script = play()

        script.run(frame([2.0, 3.0], high=[4.0, 5.0], low=[1.0, 1.5]))

        seen = script.strategy.payloads[1]
        assert isinstance(seen, MarketData)
        assert seen == MarketData(
            symbol="SPY",
            open=3.0,
            high=5.0,
            low=1.5,
            close=3.0,
            volume=1.0,
            timestamp=datetime(2020, 1, 2),  # noqa: DTZ001
        )

    def test_is_a_frozen_dataclass(self) -> None:
        bar = MarketData("SPY", 1.0, 4.0, 0.5, 2.0)

        assert dataclasses.astuple(bar) == ("SPY", 1.0, 4.0, 0.5, 2.0, 0.0, None)
        assert dataclasses.replace(bar, close=3.0).close == 3.0
        assert bar.close == 2.0
        assert {bar, copy.copy(bar), copy.deepcopy(bar)} == {bar}
        with pytest.raises(dataclasses.FrozenInstanceError):
            bar.close = 3.0  # type: ignore[misc]

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
        self, play: Play, frame: Frame, close: float
    ) -> None:
        with pytest.raises(ValueError, match="row 1"):
            play().run(frame([10.0, close]))

    def test_needs_dates_and_prices(self, play: Play, frame: Frame) -> None:
        data = frame([10.0])

        with pytest.raises(ValueError, match="DatetimeIndex"):
            play().run(data.reset_index(drop=True))
        with pytest.raises(ValueError, match="close"):
            play().run(data.drop(columns="close"))

    def test_that_is_missing_altogether_gives_an_empty_result(
        self, play: Play, frame: Frame
    ) -> None:
        result = play().run(frame([]))

        assert result == BacktestResult(Portfolio(cash=100_000.0), [], [])


class Counter:
    """An observer with state."""

    def __init__(self) -> None:
        self.seen: list[Trade] = []

    def __call__(self, trade: Trade, portfolio: Portfolio) -> None:
        self.seen.append(trade)


class Uncopied:
    """A value whose own code refuses to be copied."""

    def __deepcopy__(self, memo: dict[int, object]) -> Uncopied:
        raise LookupError("there is one of me")


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

    def test_and_every_later_one_begin_from_the_same_state(self, frame: Frame) -> None:
        """What a run changes in place must not be what the next one starts with."""
        observer = Counter()
        often = BacktestEngine(
            BuyAndHoldStrategy("SPY"),
            PassThroughRiskManager(),
            Portfolio(cash=1_000.0),
            observers=[observer],
        )

        counts = []
        for _ in range(4):
            often.run(frame([10.0, 11.0]))
            counts.append(len(observer.seen))

        assert counts == [1, 1, 1, 1]

    @pytest.mark.parametrize(
        "make",
        [lambda: (n for n in range(3)), threading.Lock, multiprocessing.Lock, Uncopied],
        ids=["generator", "thread lock", "process lock", "its own error"],
    )
    def test_is_refused_when_state_cannot_be_brought_back(
        self, frame: Frame, make: Callable[[], object]
    ) -> None:
        strategy = BuyAndHoldStrategy("SPY")
        strategy.held = make()  # type: ignore[attr-defined]
        once = engine(strategy)

        first = once.run(frame([10.0]))

        assert [trade.price for trade in first.trades] == [10.0]
        with pytest.raises(TypeError, match="cannot run twice"):
            once.run(frame([10.0]))


class TestStartingPosition:
    def test_is_valued_and_can_be_sold(self, play: Play, frame: Frame) -> None:
        start = Portfolio(cash=0.0, positions={"SPY": 2.0})

        result = play([], [(SELL, 2.0)], portfolio=start).run(frame([10.0, 12.0]))

        assert [value for _, value in result.equity_curve] == [20.0, 24.0]
        assert result.portfolio == Portfolio(cash=24.0)

    @pytest.mark.parametrize("symbol", ["SPY", None], ids=["named", "unnamed"])
    def test_of_zero_units_is_none(
        self, play: Play, frame: Frame, symbol: str | None
    ) -> None:
        start = Portfolio(100.0, {"OLD": 0.0, "SPY": 2.0})
        start.positions["OLDER"] = 0.0

        result = play(portfolio=start).run(frame([10.0, 12.0], symbol=symbol))

        assert [value for _, value in result.equity_curve] == [120.0, 124.0]

    def test_of_a_symbol_without_bars_is_refused(
        self, play: Play, frame: Frame
    ) -> None:
        start = Portfolio(cash=0.0, positions={"QQQ": 2.0})

        with pytest.raises(ValueError, match="QQQ"):
            play(portfolio=start).run(frame([1.0]))


class TestTerms:
    def test_may_fill_at_the_next_open(self, play: Play, frame: Frame) -> None:
        terms = Terms(fill=Fill.NEXT_OPEN)

        result = play([(BUY, 1.0)], terms=terms).run(
            frame([10.0, 12.0], open=[10.0, 11.0], low=[10.0, 11.0])
        )

        assert [(t.timestamp.day, t.price) for t in result.trades] == [(2, 11.0)]

    def test_that_contradict_the_portfolio_are_refused(self, play: Play) -> None:
        with pytest.raises(ValueError, match=r"100000\.0 in cash"):
            play(cash=1.0, terms=Terms())

    def test_that_size_need_levels(self, play: Play) -> None:
        terms = Terms(sizing=Sizing(rule=SizingRule.ALL_IN))

        with pytest.raises(ValueError, match="ReplayStrategy"):
            play(terms=terms)
