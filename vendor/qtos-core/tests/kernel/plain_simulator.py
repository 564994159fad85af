"""A simulator in plain Python, written from the README's rules and not from the kernel.

It keeps one position and one loop, and is as slow as it is plain.  Levels are 0, 1 and
-1: flat, one long entry, one short entry.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from backtesting import Bars, Direction, Fill, SizingRule, Terms

BILLIONTH = 1e-9
MAINTENANCE = 0.3


@dataclass
class Account:
    """Cash, a position, and what was done."""

    cash: float
    units: float = 0.0
    paid: float = 0.0
    peak: float = 0.0
    entered: int = 0
    watched_from: int = 0
    fills: list[tuple[int, float, float, str]] = field(default_factory=list)
    refused: list[tuple[int, str]] = field(default_factory=list)

    def worth(self, price: float) -> float:
        """Return cash and position at a price."""
        return self.cash + self.units * price


@dataclass(frozen=True)
class Order:
    """So many units on one side; an entry, or an exit of what is held."""

    side: float
    units: float
    leaves: bool


class Plain:
    """One run; `run` returns the account and the equity at each close."""

    def __init__(self, bars: Bars, levels: list[float], terms: Terms) -> None:
        self.bars, self.terms = bars, terms
        self.levels = [self.allowed(level) for level in levels]
        self.account = Account(terms.initial_cash)
        had_volume, self.halted = False, []
        for volume in bars.volume.tolist():
            self.halted.append(had_volume and volume == 0.0)
            had_volume = had_volume or volume > 0.0

    def allowed(self, level: float) -> float:
        """Return a level, 0 where its side is not allowed."""
        direction = self.terms.direction
        if direction is Direction.LONG and level < 0.0:
            return 0.0
        return 0.0 if direction is Direction.SHORT and level > 0.0 else level

    def run(self) -> tuple[Account, list[float]]:
        """Run all bars."""
        equity, waiting, before = [], [], 0.0
        size = len(self.bars)
        for bar in range(size):
            self.pay_for_borrowing(bar)
            if waiting:
                self.fill_all(waiting, bar, float(self.bars.open[bar]), bar)
                waiting = []
            if not self.halted[bar]:
                self.watch(bar)
            if self.can_decide(bar) and self.levels[bar] != before:
                orders = self.decide(before, self.levels[bar], bar)
                before = self.levels[bar]
                at_close = self.terms.fill is Fill.CLOSE
                if at_close and not self.halted[bar]:
                    price = float(self.bars.close[bar])
                    self.fill_all(orders, bar, price, bar + 1)
                elif bar == size - 1:
                    self.account.refused += [(bar, "no_next_bar")] * len(orders)
                else:
                    waiting = orders
            equity.append(self.account.worth(float(self.bars.close[bar])))
        return self.account, equity

    def can_decide(self, bar: int) -> bool:
        """Return whether what is decided now has a bar to fill on, or none at all."""
        if bar == len(self.bars) - 1:
            return True
        return not self.halted[bar if self.terms.fill is Fill.CLOSE else bar + 1]

    def pay_for_borrowing(self, bar: int) -> None:
        if bar and self.account.units < 0.0:
            rate = self.terms.costs.borrow_bps_per_year / 1e4
            lent = -self.account.units * float(self.bars.close[bar - 1])
            self.account.cash -= lent * rate / self.terms.periods_per_year

    def decide(self, before: float, level: float, bar: int) -> list[Order]:
        side = 1.0 if level > before else -1.0
        orders = []
        if before != 0.0 and self.account.units * before > 0.0:
            orders.append(Order(side, abs(self.account.units), leaves=True))
        if level != 0.0:
            orders.append(Order(side, self.entry(bar), leaves=False))
        return orders

    def entry(self, bar: int) -> float:
        sizing, close = self.terms.sizing, float(self.bars.close[bar])
        equity = self.account.worth(close)
        if sizing.rule is SizingRule.FIXED:
            return sizing.quantity
        if sizing.rule is SizingRule.PERCENT_OF_EQUITY:
            return max(equity * sizing.percent / 100.0 / close, 0.0)
        return self.most(equity, close * (1.0 + self.slippage()))

    def slippage(self) -> float:
        return self.terms.costs.slippage_bps / 1e4

    def commission(self, units: float, price: float) -> float:
        costs = self.terms.costs
        each = price * costs.commission_bps / 1e4 + costs.commission_per_share
        return max(units * each, costs.commission_minimum)

    def most(self, money: float, price: float) -> float:
        """Return the most units that money pays for with their commission."""
        costs = self.terms.costs
        each = price * (1.0 + costs.commission_bps / 1e4) + costs.commission_per_share
        return max(min(money / each, (money - costs.commission_minimum) / price), 0.0)

    def lots(self, units: float) -> float:
        """Return units in whole lots, as a person rounds."""
        lot = self.terms.sizing.lot_size
        if not lot:
            return units
        whole = math.floor(round(units / lot, 9)) * lot
        return units if math.isclose(whole, units, rel_tol=1e-11) else whole

    def fill_all(
        self, orders: list[Order], bar: int, base: float, watched_from: int
    ) -> None:
        for order in orders:
            price = base * (1.0 + order.side * self.slippage())
            if order.leaves:
                self.leave(order, bar, price)
            else:
                self.enter(order, bar, price, watched_from)

    def leave(self, order: Order, bar: int, price: float) -> None:
        held = abs(self.account.units)
        if held == 0.0:
            self.account.refused.append((bar, "no_position"))
            return
        rest = held - order.units
        units = held if rest <= BILLIONTH * order.units else self.lots(order.units)
        self.book(bar, order.side, units, price, "exit")

    def enter(self, order: Order, bar: int, price: float, watched_from: int) -> None:
        account, is_buy = self.account, order.side > 0.0
        units = self.lots(order.units)
        if units <= 0.0:
            account.refused.append((bar, "zero_quantity"))
            return
        needed = units * price + self.commission(units, price)
        if needed > account.cash:
            fitting = 0.0
            if self.terms.sizing.rule is not SizingRule.FIXED:
                fitting = self.lots(self.most(account.cash, price))
            if fitting <= BILLIONTH * units:
                reason = "insufficient_cash" if is_buy else "insufficient_margin"
                account.refused.append((bar, reason))
                return
            units = fitting
        account.paid = account.peak = price
        account.entered, account.watched_from = bar, watched_from
        self.book(bar, order.side, units, price, "entry")

    def book(self, bar: int, side: float, units: float, price: float, why: str) -> None:
        account = self.account
        account.cash -= side * units * price + self.commission(units, price)
        is_flat = why != "entry"
        account.units = 0.0 if is_flat else account.units + side * units
        account.fills.append((bar, side * units, price, why))

    def watch(self, bar: int) -> None:
        """Close the position where a rule says so."""
        account, exits = self.account, self.terms.exits
        if account.units == 0.0 or bar < account.watched_from:
            return
        is_long = account.units > 0.0
        held = bar - account.entered
        is_due = exits.max_holding_bars is not None and held >= exits.max_holding_bars
        opening, high, low, close = (
            float(getattr(self.bars, name)[bar])
            for name in ("open", "high", "low", "close")
        )
        if is_due and self.terms.fill is Fill.NEXT_OPEN:
            self.close_at(bar, opening, "max_holding_bars")
            return
        stop, why = self.stop(is_long=is_long)
        target = self.target(is_long=is_long)
        price = _touched((opening, high, low), stop, target, is_long=is_long)
        if price is not None:
            at, hit_target = price
            self.close_at(bar, at, "take_profit" if hit_target else why)
        elif is_due:
            self.close_at(bar, close, "max_holding_bars")
        elif is_long:
            account.peak = max(account.peak, high)
        else:
            account.peak = min(account.peak, low)

    def stop(self, *, is_long: bool) -> tuple[float | None, str]:
        """Return the nearest price that closes at a loss, and which rule it is of."""
        account, exits = self.account, self.terms.exits
        sign = -1.0 if is_long else 1.0
        stops: list[tuple[float, str]] = []
        for percent, start, why in (
            (exits.stop_loss_pct, account.paid, "stop_loss"),
            (exits.trailing_stop_pct, account.peak, "trailing_stop"),
        ):
            if percent is not None:
                stops.append((start * (1.0 + sign * percent / 100.0), why))
        if not is_long:
            most = account.cash / (-account.units * (1.0 + MAINTENANCE))
            stops.append((most, "margin_call"))
        if not stops:
            return None, ""
        pick = max if is_long else min
        return pick(stops, key=lambda stop: stop[0])

    def target(self, *, is_long: bool) -> float | None:
        percent = self.terms.exits.take_profit_pct
        if percent is None:
            return None
        return self.account.paid * (1.0 + (1.0 if is_long else -1.0) * percent / 100.0)

    def close_at(self, bar: int, base: float, why: str) -> None:
        side = -1.0 if self.account.units > 0.0 else 1.0
        price = base * (1.0 + side * self.slippage())
        self.book(bar, side, abs(self.account.units), price, why)


def _touched(
    prices: tuple[float, float, float],
    stop: float | None,
    target: float | None,
    *,
    is_long: bool,
) -> tuple[float, bool] | None:
    """Return the price a rule closes at, and whether it is the target."""
    opening, high, low = prices
    loses = (lambda p, s: p <= s) if is_long else (lambda p, s: p >= s)
    gains = (lambda p, t: p >= t) if is_long else (lambda p, t: p <= t)
    worst, best = (low, high) if is_long else (high, low)
    if stop is not None and loses(opening, stop):
        return opening, False
    if target is not None and gains(opening, target):
        return opening, True
    if stop is not None and loses(worst, stop):
        return stop, False
    if target is not None and gains(best, target):
        return target, True
    return None
