"""The desk of the event loop: it takes orders, fills them, and keeps the book.

The portfolio is the truth between orders, so a hook that books a fee of its own
is heeded; each order is worked out by the kernel's functions on an account loaded
from it.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from backtesting.feed import Feed
from backtesting.kernel import Simulation
from backtesting.kernel import account as accounts
from backtesting.kernel import layout as at
from backtesting.kernel.packing import open_account, pack_terms
from backtesting.kernel.protection import accrue_borrow, protect
from backtesting.kernel.simulation import conclude
from backtesting.result import Rejection, Trade
from backtesting.terms import Direction, Exits, Fill, Terms
from qtos_core import Order, OrderType, Portfolio, Side

_SIGN = {Side.BUY: 1.0, Side.SELL: -1.0}
_SIDE = {1.0: Side.BUY, -1.0: Side.SELL}
_FIRST_ROWS = 64

Watcher = Callable[[Trade], None]


class Desk:
    """Execute orders over one feed under terms.

    Parameters
    ----------
    feed : Feed
        Bars, their times and their symbol.  Without a symbol the first order
        names it.
    terms : Terms
        Fill, costs, exits, direction.
    portfolio : Portfolio
        Kept up to date with every fill.
    watcher : callable
        Told of every trade.
    """

    def __init__(
        self, feed: Feed, terms: Terms, portfolio: Portfolio, watcher: Watcher
    ) -> None:
        self.trades: list[Trade] = []
        self.rejections: list[Rejection] = []
        self.symbol = feed.symbol
        self._feed = feed
        self._terms = terms
        self._portfolio = portfolio
        self._watcher = watcher
        bars = feed.bars
        self._prices = at.Prices(bars.open, bars.high, bars.low, bars.close)
        self._last = len(bars) - 1
        self._closes = bars.close.tolist()
        self._book = at.Book(
            account=open_account(portfolio.cash),
            terms=pack_terms(terms),
            fills=np.empty((at.RECORD_SIZE, _FIRST_ROWS)),
            rejections=np.empty((at.RECORD_SIZE, _FIRST_ROWS)),
        )
        self._slippage = float(self._book.terms[at.SLIPPAGE_RATE])
        self._market: list[Order] = []
        self._limits: list[Order] = []
        self._equity: list[float] = []
        self._position: list[float] = []
        self._adopt_positions()
        self._is_guarded = (
            terms.exits != Exits()
            or terms.direction is not Direction.LONG
            or self._held() < 0.0
        )

    def open_bar(self, bar: int) -> None:
        """Do what the bar brings before the strategy sees it."""
        if self._is_guarded and bar and self._held() < 0.0:
            self._work(accrue_borrow, self._closes[bar - 1])
        if self._market or self._limits:
            self._mark(float(self._prices.open[bar]))
            self._fill_at_open(bar)
        if self._is_guarded and self._held() != 0.0:
            self._work(protect, bar, self._prices)
        if self._limits:
            self._fill_limits(bar)
        self._mark(self._closes[bar])

    def place(self, order: Order, bar: int) -> None:
        """Take an order decided at the close of `bar`."""
        self._book.account[at.EMITTED] += 1.0
        if self.symbol is None:
            self.symbol = order.symbol
            self._mark(self._closes[bar])
        is_limit = order.order_type is OrderType.LIMIT
        if order.symbol != self.symbol:
            self._refuse(order, bar, at.UNKNOWN_SYMBOL)
        elif is_limit and not 0.0 < (order.limit_price or 0.0) < math.inf:
            self._refuse(order, bar, at.INVALID_LIMIT)
        elif not is_limit and self._terms.fill is Fill.CLOSE:
            self._execute(order, bar, self._closes[bar], self._slippage, bar + 1)
        elif bar == self._last:
            self._refuse(order, bar, at.NO_NEXT_BAR)
        else:
            (self._limits if is_limit else self._market).append(order)

    def refuse(self, order: Order, bar: int) -> None:
        """Record an order that a validator refused."""
        self._book.account[at.EMITTED] += 1.0
        self._refuse(order, bar, at.REFUSED_BY_VALIDATOR)

    def snapshot(self, bar: int) -> float:
        """Return the equity at the close of `bar`, and remember it."""
        held = self._held()
        equity = self._portfolio.cash + held * self._closes[bar]
        self._equity.append(equity)
        self._position.append(held)
        return equity

    def conclude(self) -> Simulation:
        """Return everything as arrays."""
        return conclude(
            self._feed.bars,
            self._terms,
            self._book,
            np.array(self._equity),
            np.array(self._position),
        )

    def _adopt_positions(self) -> None:
        portfolio, account = self._portfolio, self._book.account
        if self.symbol is None and len(portfolio.positions) == 1:
            self.symbol = next(iter(portfolio.positions))
        strangers = portfolio.positions.keys() - {self.symbol}
        if strangers:
            raise ValueError(
                f"the portfolio holds {', '.join(sorted(strangers))}, of which there "
                f"are no bars: their worth is unknown"
            )
        if self._held() != 0.0:
            account[at.ENTRY_BAR] = -1.0
            account[at.AVERAGE] = account[at.EXTREME] = self._prices.open[0]
            self._mark(float(self._prices.open[0]))

    def _held(self) -> float:
        symbol = self.symbol
        return 0.0 if symbol is None else self._portfolio.position(symbol)

    def _mark(self, price: float) -> None:
        if self.symbol is not None:
            self._portfolio.marks[self.symbol] = price

    def _fill_at_open(self, bar: int) -> None:
        opening = float(self._prices.open[bar])
        orders, self._market = self._market, []
        for order in orders:
            self._execute(order, bar, opening, self._slippage, bar)
        later: list[Order] = []
        for order in self._limits:
            if (opening - _limit(order)) * _SIGN[order.side] <= 0.0:
                self._execute(order, bar, opening, 0.0, bar)
            else:
                later.append(order)
        self._limits = later

    def _fill_limits(self, bar: int) -> None:
        orders, self._limits = self._limits, []
        for order in orders:
            limit, sign = _limit(order), _SIGN[order.side]
            extreme = self._prices.low if sign > 0.0 else self._prices.high
            reached = float(extreme[bar])
            if (reached - limit) * sign < 0.0:
                self._execute(order, bar, limit, 0.0, bar + 1)
            else:
                self._refuse(order, bar, at.LIMIT_EXPIRED, limit, reached)

    def _execute(
        self, order: Order, bar: int, base: float, slippage: float, exposed: int
    ) -> None:
        quantity = float(order.quantity)
        sign = _SIGN[order.side]
        self._work(accounts.execute, bar, sign, quantity, base, slippage, exposed)

    def _refuse(
        self,
        order: Order,
        bar: int,
        reason: int,
        needed: float = 0.0,
        available: float = 0.0,
    ) -> None:
        quantity, sign = float(order.quantity), _SIGN[order.side]
        price = order.limit_price or self._closes[bar]
        self._reserve()
        accounts.refuse(
            self._book, bar, sign, quantity, price, reason, needed, available
        )
        self._report(order.symbol)

    def _work(self, function: Callable[..., object], *args: object) -> None:
        self._reserve()
        account, portfolio = self._book.account, self._portfolio
        symbol = self.symbol or ""
        account[at.CASH] = portfolio.cash
        account[at.POSITION] = self._held()
        function(self._book, *args)
        cash, position = account[: at.POSITION + 1].tolist()
        portfolio.cash = cash
        if position != 0.0:
            portfolio.positions[symbol] = position
        else:
            portfolio.positions.pop(symbol, None)
        self._report(symbol)

    def _reserve(self) -> None:
        book = self._book
        rows = max(len(self.trades), len(self.rejections)) + 1
        if rows > book.fills.shape[1]:
            spare = np.empty_like(book.fills)
            self._book = book._replace(
                fills=np.hstack((book.fills, spare)),
                rejections=np.hstack((book.rejections, spare)),
            )

    def _report(self, symbol: str) -> None:
        account = self._book.account
        if account[at.REJECTED] + account[at.EXPIRED] > len(self.rejections):
            self.rejections.append(self._rejection(symbol))
        if account[at.FILLED] > len(self.trades):
            trade = self._trade(symbol)
            self.trades.append(trade)
            self._watcher(trade)

    def _trade(self, symbol: str) -> Trade:
        row = self._book.fills[:, len(self.trades)].tolist()
        bar, side, quantity, price, commission, slippage, reason = row
        return Trade(
            self._feed.times[int(bar)],
            symbol,
            _SIDE[side],
            quantity,
            price,
            commission,
            slippage,
            at.FILL_REASONS[int(reason)],
        )

    def _rejection(self, symbol: str) -> Rejection:
        row = self._book.rejections[:, len(self.rejections)].tolist()
        bar, side, quantity, price, reason, needed, available = row
        return Rejection(
            self._feed.times[int(bar)],
            symbol,
            _SIDE[side],
            quantity,
            price,
            at.REJECTION_REASONS[int(reason)],
            needed,
            available,
        )


def _limit(order: Order) -> float:
    if order.limit_price is None:  # refused when it was placed
        raise TypeError("a limit order has a limit price")
    return order.limit_price
