"""The blotter of the event loop: account, fills and rejections of one run.

The portfolio is the truth between orders, so a hook that books a fee of its own is
heeded; each order is worked out by the kernel's functions on an account loaded
from it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from backtesting.feed import Feed
from backtesting.kernel import Simulation
from backtesting.kernel import account as accounts
from backtesting.kernel import layout as at
from backtesting.kernel.packing import open_account, pack_terms
from backtesting.kernel.planned_orders import fill_order
from backtesting.kernel.simulation import conclude
from backtesting.planned import PlannedOrder
from backtesting.result import Rejection, Trade
from backtesting.terms import Terms
from qtos_core import Order, Portfolio, Side

SIGN = {Side.BUY: 1.0, Side.SELL: -1.0}
_SIDE = {1.0: Side.BUY, -1.0: Side.SELL}
_FIRST_ROWS = 64

Watcher = Callable[[Trade], None]


class Blotter:
    """Book what happens to orders, and keep the portfolio up to date.

    Parameters
    ----------
    feed : Feed
        Bars, their times and their symbol.
    terms : Terms
        Costs, direction, sizing.
    portfolio : Portfolio
        What the run starts with, and what every fill changes.
    watcher : callable
        Told of every trade.

    Raises
    ------
    ValueError
        If the portfolio holds a symbol of which there are no bars.
    """

    def __init__(
        self, feed: Feed, terms: Terms, portfolio: Portfolio, watcher: Watcher
    ) -> None:
        self.trades: list[Trade] = []
        self.rejections: list[Rejection] = []
        self.symbol = feed.symbol
        self.portfolio = portfolio
        self._feed = feed
        self._terms = terms
        self._watcher = watcher
        self._book = at.Book(
            account=open_account(portfolio.cash),
            terms=pack_terms(terms),
            fills=np.empty((at.RECORD_SIZE, _FIRST_ROWS)),
            rejections=np.empty((at.RECORD_SIZE, _FIRST_ROWS)),
        )
        self.slippage = float(self._book.terms[at.SLIPPAGE_RATE])
        self._adopt_positions()

    def held(self) -> float:
        """Return the units held of the feed's symbol."""
        if self.symbol is None:
            return 0.0
        return self.portfolio.positions.get(self.symbol, 0.0)

    def mark(self, price: float) -> None:
        """Let the portfolio know what its position is worth."""
        if self.symbol is not None:
            self.portfolio.marks[self.symbol] = price

    def emit(self) -> None:
        """Count an order."""
        self._book.account[at.EMITTED] += 1.0

    def execute(self, order: Order, bar: int, quote: at.Quote) -> None:
        """Fill an order at a quote, or refuse it."""
        quantity, sign = float(order.quantity), SIGN[order.side]
        if isinstance(order, PlannedOrder):
            self.work(fill_order, *order.place, bar, sign, quantity, quote)
        else:
            self.work(accounts.execute, bar, sign, quantity, *quote)

    def refuse(
        self, order: Order, bar: int, reason: int, shortfall: tuple[float, float]
    ) -> None:
        """Record an order that was not filled; `shortfall` is needed, available."""
        quantity, sign = float(order.quantity), SIGN[order.side]
        price = float(order.limit_price or self._feed.bars.close[bar])
        self._reserve()
        accounts.refuse(self._book, bar, sign, quantity, price, reason, *shortfall)
        self._report(order.symbol)

    def work(self, function: Callable[..., object], *args: object) -> None:
        """Let a function of the kernel work on the account, and report on it."""
        self._reserve()
        account, portfolio = self._book.account, self.portfolio
        symbol = self.symbol or ""
        account[at.CASH] = portfolio.cash
        account[at.POSITION] = self.held()
        function(self._book, *args)
        portfolio.cash = float(account[at.CASH])
        position = float(account[at.POSITION])
        if position != 0.0:
            portfolio.positions[symbol] = position
        else:
            portfolio.positions.pop(symbol, None)
        self._report(symbol)

    def conclude(
        self, equity: list[float], position: list[float], delayed: int
    ) -> Simulation:
        """Return everything as arrays."""
        return conclude(
            self._feed.bars,
            self._terms,
            self._book,
            np.array(equity),
            np.array(position),
            delayed=delayed,
        )

    def _adopt_positions(self) -> None:
        portfolio, account = self.portfolio, self._book.account
        held = {name for name, units in portfolio.positions.items() if units != 0.0}
        if self.symbol is None and len(held) == 1:
            (self.symbol,) = held
        strangers = held - {self.symbol}
        if strangers:
            raise ValueError(
                f"the portfolio holds {', '.join(sorted(strangers))}, of which there "
                "are no bars: their worth is unknown"
            )
        if self.held() != 0.0:
            opening = float(self._feed.bars.open[0])
            account[at.ENTRY_BAR] = -1.0
            account[at.AVERAGE] = account[at.EXTREME] = opening
            self.mark(opening)

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
