"""What was closed: lots matched first in, first out, and the trades they make.

A lot is a part of an entry and the exit that closed it.  A trade is everything from
the entry out of a flat position to the exit back to one; a position that is turned
is closed first.  One decision sold in thirty parts is thirty lots and one trade.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backtesting.compiled import compiled
from backtesting.kernel import layout
from backtesting.kernel.layout import DUST, FILL_REASONS, FillReason, Floats

(
    ENTRY_BAR,
    EXIT_BAR,
    SIDE,
    UNITS,
    ENTRY_PRICE,
    EXIT_PRICE,
    COSTS,
    PNL,
    REASON,
    TRADE,  # which trade it is of, from 0
) = range(10)
LOT_SIZE = 10


@compiled
def match_fills(
    fills: Floats, close: Floats, borrow_rate: float, closed: Floats
) -> tuple[int, int]:
    """Write the closed lots of `fills` into `closed`; return how many lots and trades.

    `closed` has room for as many columns as there are fills.
    """
    lots = np.empty((3, fills.shape[1]))  # fill, units left, commission a unit
    first = stop = count = trades = 0
    position = 0.0
    for row in range(fills.shape[1]):
        side, units = fills[layout.SIDE, row], fills[layout.UNITS, row]
        commission = fills[layout.COMMISSION, row] / units
        opens = position * side >= 0.0
        position += side * units
        if opens:
            lots[0, stop], lots[1, stop], lots[2, stop] = row, units, commission
            stop += 1
            continue
        left = units
        while left > 0.0 and first < stop:
            entry = int(lots[0, first])
            dust = DUST * fills[layout.UNITS, entry]
            # Of what rounding makes of a lot, no trade of its own is made.
            is_whole = left >= lots[1, first] - dust
            taken = lots[1, first] if is_whole else left
            bars = (int(fills[layout.BAR, entry]), int(fills[layout.BAR, row]))
            entry_price, price = fills[layout.PRICE, entry], fills[layout.PRICE, row]
            costs = taken * (commission + lots[2, first])
            if side > 0.0 and borrow_rate > 0.0:
                costs += taken * borrow_rate * close[bars[0] : bars[1]].sum()
            closed[ENTRY_BAR, count], closed[EXIT_BAR, count] = bars
            closed[SIDE, count], closed[UNITS, count] = -side, taken
            closed[ENTRY_PRICE, count], closed[EXIT_PRICE, count] = entry_price, price
            closed[COSTS, count] = costs
            closed[PNL, count] = side * (entry_price - price) * taken - costs
            closed[REASON, count] = fills[layout.FILL_REASON, row]
            closed[TRADE, count] = trades
            count += 1
            left = left - taken if left - taken > dust else 0.0
            lots[1, first] -= taken
            first += is_whole
        if position == 0.0:
            first = stop
            trades += 1
    return count, trades


@dataclass(frozen=True, eq=False)
class ClosedLots:
    """Closed lots; what is open at the end is not among them.

    Parameters
    ----------
    matrix : ndarray of shape (10, n_lots)
    trades : int
        Trades that were closed to flat.
    """

    matrix: Floats
    trades: int

    def __len__(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def entry_bar(self) -> NDArray[np.int64]:
        """Bar of the entry's fill."""
        return self.matrix[ENTRY_BAR, :].astype(np.int64)

    @cached_property
    def exit_bar(self) -> NDArray[np.int64]:
        """Bar of the exit's fill."""
        return self.matrix[EXIT_BAR, :].astype(np.int64)

    @property
    def bars(self) -> Floats:
        """Bars from entry to exit."""
        return self.matrix[EXIT_BAR, :] - self.matrix[ENTRY_BAR, :]

    @property
    def side(self) -> Floats:
        """+1 for a long, -1 for a short."""
        return self.matrix[SIDE, :]

    @property
    def quantity(self) -> Floats:
        """Units, positive."""
        return self.matrix[UNITS, :]

    @property
    def entry_price(self) -> Floats:
        """Price of the entry, slippage included."""
        return self.matrix[ENTRY_PRICE, :]

    @property
    def exit_price(self) -> Floats:
        """Price of the exit, slippage included."""
        return self.matrix[EXIT_PRICE, :]

    @property
    def costs(self) -> Floats:
        """Commissions of both ends and borrow fees, in money."""
        return self.matrix[COSTS, :]

    @property
    def pnl(self) -> Floats:
        """Profit after costs, in money."""
        return self.matrix[PNL, :]

    @cached_property
    def return_pct(self) -> Floats:
        """Profit in percent of the money the entry was worth."""
        return 100.0 * self.pnl / (self.quantity * self.entry_price)

    @cached_property
    def trade(self) -> NDArray[np.int64]:
        """The trade each is of, from 0; the last may still be open."""
        return self.matrix[TRADE, :].astype(np.int64)

    @cached_property
    def trade_pnl(self) -> Floats:
        """Profit of each closed trade after costs, in money."""
        starts, size = self._starts
        if not self.trades:
            return np.empty(0)
        return np.add.reduceat(self.pnl[:size], starts)

    @cached_property
    def trade_bars(self) -> Floats:
        """Bars from the first entry of each closed trade to its last exit."""
        starts, size = self._starts
        if not self.trades:
            return np.empty(0)
        ends = np.append(starts[1:], size) - 1
        bars: Floats = self.matrix[EXIT_BAR, ends] - self.matrix[ENTRY_BAR, starts]
        return bars

    @cached_property
    def _starts(self) -> tuple[NDArray[np.intp], int]:
        """Return where the lots of each closed trade begin, and where they end."""
        edges = np.searchsorted(self.matrix[TRADE, :], np.arange(self.trades + 1))
        return edges[:-1], int(edges[-1])

    @cached_property
    def reason(self) -> list[FillReason]:
        """Why each was closed."""
        codes = self.matrix[REASON, :].astype(np.int64).tolist()
        return [FILL_REASONS[code] for code in codes]
