"""The desk of the event loop: it takes orders, and knows when each may fill."""

from __future__ import annotations

import math

from backtesting.blotter import SIGN, Blotter
from backtesting.feed import Feed
from backtesting.kernel import Simulation
from backtesting.kernel import layout as at
from backtesting.kernel.halts import halted_bars
from backtesting.kernel.layout import Quote
from backtesting.kernel.protection import accrue_borrow, protect
from backtesting.kernel.simulation import prices_of
from backtesting.terms import Direction, Exits, Fill, Terms
from qtos_core import Order, OrderType

_NOTHING_SHORT = (0.0, 0.0)


class Desk:
    """Execute orders over one feed under terms.

    Parameters
    ----------
    feed : Feed
        Bars, their times and their symbol.  Without a symbol the first order
        names it.
    terms : Terms
        Fill, costs, exits, direction.
    blotter : Blotter
        Where everything is booked.

    Attributes
    ----------
    delayed : int
        Decisions that waited so far, because nothing traded on the bar of their fill.
    """

    def __init__(self, feed: Feed, terms: Terms, blotter: Blotter) -> None:
        self._blotter = blotter
        self._fills_at_close = terms.fill is Fill.CLOSE
        self._prices = prices_of(feed.bars)
        self._last = len(feed.bars) - 1
        self._closes: list[float] = feed.bars.close.tolist()
        self._halted: list[bool] = halted_bars(feed.bars).tolist()
        self.delayed = 0
        self._market: list[Order] = []
        self._limits: list[Order] = []
        self._equity: list[float] = []
        self._position: list[float] = []
        self._is_guarded = (
            terms.exits != Exits()
            or terms.direction is not Direction.LONG
            or blotter.held() < 0.0
        )

    def open_bar(self, bar: int) -> None:
        """Do what the bar brings before the strategy sees it."""
        blotter = self._blotter
        if self._is_guarded and bar and blotter.held() < 0.0:
            blotter.work(accrue_borrow, self._closes[bar - 1])
        if self._is_halted(bar):
            blotter.mark(self._closes[bar])
            if bar == self._last:
                self._refuse_what_waits()
            return
        if (self._market and not self._fills_at_close) or self._limits:
            self._fill_at_open(bar)
        if self._is_guarded and blotter.held() != 0.0:
            blotter.work(protect, bar, self._prices)
        if self._limits:
            self._fill_limits(bar)
        blotter.mark(self._closes[bar])
        if self._market:
            self._fill_market(bar, self._at_close(bar))

    def place(self, order: Order, bar: int) -> None:
        """Take an order decided at the close of `bar`."""
        blotter = self._blotter
        blotter.emit()
        if blotter.symbol is None:
            blotter.symbol = order.symbol
            blotter.mark(self._closes[bar])
        is_limit = order.order_type is OrderType.LIMIT
        if order.symbol != blotter.symbol:
            blotter.refuse(order, bar, at.UNKNOWN_SYMBOL, _NOTHING_SHORT)
        elif is_limit and not 0.0 < (order.limit_price or 0.0) < math.inf:
            blotter.refuse(order, bar, at.INVALID_LIMIT, _NOTHING_SHORT)
        elif not is_limit and self._fills_at_close and not self._is_halted(bar):
            blotter.execute(order, bar, self._at_close(bar))
        elif bar == self._last:
            blotter.refuse(order, bar, at.NO_NEXT_BAR, _NOTHING_SHORT)
        else:
            is_at_close = self._fills_at_close and not is_limit
            self.delayed += self._is_halted(bar if is_at_close else bar + 1)
            (self._limits if is_limit else self._market).append(order)

    def refuse(self, order: Order, bar: int) -> None:
        """Record an order that a validator refused."""
        self._blotter.emit()
        self._blotter.refuse(order, bar, at.REFUSED_BY_VALIDATOR, _NOTHING_SHORT)

    def snapshot(self, bar: int) -> float:
        """Return the equity at the close of `bar`, and remember it."""
        held = self._blotter.held()
        equity = self._blotter.portfolio.cash + held * self._closes[bar]
        self._equity.append(equity)
        self._position.append(held)
        return equity

    def conclude(self) -> Simulation:
        """Return everything as arrays."""
        return self._blotter.conclude(self._equity, self._position, self.delayed)

    def _is_halted(self, bar: int) -> bool:
        return bool(self._halted) and self._halted[bar]

    def _at_close(self, bar: int) -> Quote:
        return Quote(self._closes[bar], self._blotter.slippage, bar + 1)

    def _refuse_what_waits(self) -> None:
        for order in (*self._market, *self._limits):
            self._blotter.refuse(order, self._last, at.NO_NEXT_BAR, _NOTHING_SHORT)
        self._market, self._limits = [], []

    def _fill_market(self, bar: int, quote: Quote) -> None:
        orders, self._market = self._market, []
        for order in orders:
            self._blotter.execute(order, bar, quote)

    def _fill_at_open(self, bar: int) -> None:
        blotter = self._blotter
        opening = float(self._prices.open[bar])
        blotter.mark(opening)
        if not self._fills_at_close:
            self._fill_market(bar, Quote(opening, blotter.slippage, bar))
        later: list[Order] = []
        for order in self._limits:
            if (opening - _limit(order)) * SIGN[order.side] <= 0.0:
                blotter.execute(order, bar, Quote(opening, 0.0, bar))
            else:
                later.append(order)
        self._limits = later

    def _fill_limits(self, bar: int) -> None:
        orders, self._limits = self._limits, []
        for order in orders:
            limit, sign = _limit(order), SIGN[order.side]
            extreme = self._prices.low if sign > 0.0 else self._prices.high
            reached = float(extreme[bar])
            if (reached - limit) * sign < 0.0:
                self._blotter.execute(order, bar, Quote(limit, 0.0, bar + 1))
            else:
                shortfall = (limit, reached)
                self._blotter.refuse(order, bar, at.LIMIT_EXPIRED, shortfall)


def _limit(order: Order) -> float:
    if order.limit_price is None:  # refused when it was placed
        raise TypeError("a limit order has a limit price")
    return float(order.limit_price)
