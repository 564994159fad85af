"""The event loop: a Python strategy, with hooks, over historical bars."""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial

import pandas as pd

from backtesting.bars import Bars
from backtesting.blotter import Blotter
from backtesting.desk import Desk
from backtesting.feed import Feed, MarketData, open_feed
from backtesting.hooks import Advisor, Observer, PassThroughRiskManager, Validator
from backtesting.replay import ReplayStrategy
from backtesting.replay_orders import ReplayOrders
from backtesting.result import BacktestResult, Rejection, Trade
from backtesting.rewind import Rewinder
from backtesting.terms import Fill, SizingRule, Terms
from qtos_core import (
    Event,
    EventLoop,
    Order,
    Portfolio,
    RiskManager,
    Signal,
    Strategy,
)

__all__ = [
    "Advisor",
    "BacktestEngine",
    "BacktestResult",
    "MarketData",
    "Observer",
    "PassThroughRiskManager",
    "Rejection",
    "Trade",
    "Validator",
]


_BARS_A_WATCH = 64


class BacktestEngine:
    """Run one strategy over bars, event by event.

    Per bar: strategy, advisors, risk manager, validators, fill, observers, equity.
    A strategy or an advisor that returns None has no signals.
    Under ``next_open`` an order is checked on the bar it was decided on and filled
    at the open of the next, before the strategy sees that bar.

    Parameters
    ----------
    strategy : Strategy
        Asked once a bar.
    risk_manager : RiskManager
        Turns signals into orders.
    portfolio : Portfolio
        What a run starts with.  A run works on a copy; this one never changes.
    advisors, validators, observers : sequence, optional
        Hooks, called in the order given.
    terms : Terms, optional
        Fill, costs, exits, direction.  Without: fill at the close of the signal's
        bar, no costs, long only.  A strategy names its own quantities, so sizing
        rules other than ``fixed`` need a `ReplayStrategy` or `ReplayOrders`.

    Raises
    ------
    ValueError
        If `terms` contradict the portfolio or the strategy.

    Notes
    -----
    Running twice gives equal results: before every run but the first, strategy,
    risk manager and hooks are given back the attributes they had before the first
    one.  They stay the same objects.  Variables a plain function closes over cannot
    be restored.

    An order against a position closes it and never turns it: what exceeds the
    position is cut.  A LIMIT order rests on the next bar alone: it fills at the
    open if that is at the limit or better, at the limit if the bar trades through
    it, and expires if the bar only touches it.
    """

    def __init__(
        self,
        strategy: Strategy,
        risk_manager: RiskManager,
        portfolio: Portfolio,
        *,
        advisors: Sequence[Advisor] | None = (),
        validators: Sequence[Validator] | None = (),
        observers: Sequence[Observer] | None = (),
        terms: Terms | None = None,
    ) -> None:
        self.strategy = strategy
        self.risk_manager = risk_manager
        self.portfolio = portfolio
        self.advisors = tuple(advisors or ())
        self.validators = tuple(validators or ())
        self.observers = tuple(observers or ())
        self.terms = terms or Terms(initial_cash=portfolio.cash, fill=Fill.CLOSE)
        self._check_terms()
        hooks = (*self.advisors, *self.validators, *self.observers)
        self._rewinder = Rewinder((strategy, risk_manager, *hooks))

    def run(
        self,
        data: pd.DataFrame | Bars,
        symbol: str | None = None,
        *,
        watch: Callable[[], None] | None = None,
    ) -> BacktestResult:
        """Run over `data` and return what came of it.

        Parameters
        ----------
        data : DataFrame or Bars
            A DatetimeIndex and columns open, high, low, close and maybe volume, as
            `load_csv` and `load_dataframe` return them.
        symbol : str, optional
            What the bars are of; by default ``data.attrs["symbol"]``, else the
            symbol of the first order.  Orders of another symbol are rejected.
        watch : callable, optional
            Called on every 64th bar; what it raises ends the run.

        Raises
        ------
        ValueError
            If a bar breaks the contract of `Bars`, or the portfolio holds a symbol
            without bars.
        TypeError
            On a second run, if the state of a part cannot be copied.
        """
        self._rewinder.rewind()
        portfolio = copy.deepcopy(self.portfolio)
        if len(data) == 0:
            return BacktestResult(portfolio, [], [])
        return _Run(self, open_feed(data, symbol), portfolio, watch).result()

    def _check_terms(self) -> None:
        terms = self.terms
        if terms.initial_cash != self.portfolio.cash:
            raise ValueError(
                f"terms start with {terms.initial_cash} in cash, "
                f"the portfolio with {self.portfolio.cash}"
            )
        rule = terms.sizing.rule
        if rule is not SizingRule.FIXED and not isinstance(
            self.strategy, ReplayStrategy | ReplayOrders
        ):
            raise ValueError(
                f"sizing rule {rule} needs a ReplayStrategy or ReplayOrders: "
                "other strategies name the quantity in their signals"
            )


class _Run:
    """One run of an engine: the handler of its events."""

    def __init__(
        self,
        engine: BacktestEngine,
        feed: Feed,
        portfolio: Portfolio,
        watch: Callable[[], None] | None,
    ) -> None:
        self._engine = engine
        self._feed = feed
        self._portfolio = portfolio
        # No bound method: a run that holds itself is memory that waits for a sweep.
        watcher = partial(_show, engine.observers, portfolio)
        self._blotter = Blotter(feed, engine.terms, portfolio, watcher)
        self._desk = Desk(feed, engine.terms, self._blotter)
        if isinstance(engine.strategy, ReplayStrategy | ReplayOrders):
            self._desk.delayed = engine.strategy.wait_for_trading(feed.bars)
        self._bar = 0
        self._watch = watch
        self._curve: list[tuple[datetime, float]] = []
        self._refused = 0

    def result(self) -> BacktestResult:
        """Run all events and return what came of them."""
        loop = EventLoop()
        loop.subscribe(self._on_bar)
        loop.run(self._feed.events())
        simulation, strategy = self._desk.conclude(), self._engine.strategy
        if isinstance(strategy, ReplayOrders):
            simulation = replace(simulation, plan_outcome=strategy.outcome())
        return BacktestResult(
            portfolio=self._portfolio,
            trades=self._blotter.trades,
            equity_curve=self._curve,
            rejections=self._blotter.rejections,
            counts=simulation.counts,
            signals_refused=self._refused,
            simulation=simulation,
        )

    def _on_bar(self, event: Event) -> None:
        engine, portfolio = self._engine, self._portfolio
        bar = self._bar
        if self._watch is not None and bar % _BARS_A_WATCH == 0:
            self._watch()
        portfolio.bar_index = bar
        self._desk.open_bar(bar)
        signals: Sequence[Signal] = engine.strategy.on_event(event, portfolio) or ()
        for advisor in engine.advisors:
            signals = advisor(list(signals), event, portfolio) or ()
        for signal in signals:
            self._take(signal, bar)
        self._curve.append((event.timestamp, self._desk.snapshot(bar)))
        self._bar = bar + 1

    def _take(self, signal: Signal | Order, bar: int) -> None:
        order = self._engine.risk_manager.check(signal, self._portfolio)
        if order is None:
            self._refused += 1
            return
        for validator in self._engine.validators:
            checked = validator(order, self._portfolio)
            if checked is None:
                self._desk.refuse(order, bar)
                return
            order = checked
        self._desk.place(order, bar)


def _show(observers: Sequence[Observer], portfolio: Portfolio, trade: Trade) -> None:
    for observer in observers:
        observer(trade, portfolio)
