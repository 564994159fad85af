"""Signals carried out by the kernel and by a bookkeeper in exact fractions.

The bookkeeper follows the documentation, knows neither targets nor plans, and keeps a
list of open entries.  Two signals of one bar are given to it only where cash is
ample: both are decided before either fills, and it fills them one by one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting import Direction, Fill, Sizing, Terms, simulate_orders
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.strategies.registry import STRATEGIES
from tests.unit.strategies.bar_makers import closes

SIGNALS = STRATEGIES["signals"]
FIRST = np.datetime64("2020-01-01")
AMPLE = "1000000000"
SCARCE = "500.37"
"""No sum of quantities times prices, so rounding decides nothing."""


class Wish(NamedTuple):
    """A signal: its bar, +1 or -1, and units if it has its own."""

    bar: int
    side: int
    units: str | None


@dataclass
class Bookkeeper:
    """Fill signals at closes, without costs, one by one."""

    cash: Fraction
    quantity: Fraction
    allowed: int
    entries: dict[int, Fraction] = field(default_factory=dict)
    fills: list[tuple[int, Fraction]] = field(default_factory=list)
    rejected: int = 0
    without_effect: int = 0
    cut: int = 0
    closed_nothing: int = 0

    def fill(self, bar: int, units: Fraction, price: Fraction) -> None:
        self.fills.append((bar, units))
        self.cash -= units * price

    def leave(self, number: int, bar: int, price: Fraction) -> None:
        units = self.entries.pop(number, None)
        if units is None:
            self.closed_nothing += 1
        else:
            self.fill(bar, -units, price)

    def act(self, number: int, wish: Wish, price: Fraction) -> None:
        units = Fraction(wish.units) if wish.units else self.quantity
        position = sum(self.entries.values(), Fraction(0))
        if position * wish.side < 0:
            self.cut += units > abs(position)
            units = min(units, abs(position))
            self.fill(wish.bar, wish.side * units, price)
            self.reduce(units, wish.side)
        elif self.allowed * wish.side < 0:
            self.without_effect += 1
        else:
            pledged = 0 if wish.side > 0 else 2 * abs(position) * price
            if units * price > self.cash - pledged:
                self.rejected += 1
                return
            self.entries[number] = wish.side * units
            self.fill(wish.bar, wish.side * units, price)

    def reduce(self, units: Fraction, side: int) -> None:
        for number in sorted(self.entries):
            taken = min(units, abs(self.entries[number]))
            self.entries[number] += side * taken
            units -= taken
            if not self.entries[number]:
                del self.entries[number]


@st.composite
def histories(draw: st.DrawFn, *, one_a_bar: bool) -> list[Wish]:
    bars = draw(st.lists(st.integers(0, 24), min_size=1, max_size=25, unique=one_a_bar))
    wishes = {
        (bar, draw(st.sampled_from([1, 1, -1]))): draw(
            st.sampled_from([None, "0.1", "0.2", "0.3", "7", "1000"])
        )
        for bar in sorted(bars)
    }
    return [Wish(*key, units) for key, units in wishes.items()]


def keep(
    wishes: list[Wish], prices: list[int], hold: int | None, book: Bookkeeper
) -> None:
    for bar, price in enumerate(prices):
        for number, wish in enumerate(wishes):
            if hold is not None and wish.bar + hold == bar:
                book.leave(number, bar, Fraction(price))
        for number, wish in enumerate(wishes):
            if wish.bar == bar:
                book.act(number, wish, Fraction(price))


class TestSignals:
    @pytest.mark.parametrize(("cash", "one_a_bar"), [(SCARCE, True), (AMPLE, False)])
    @settings(max_examples=60, deadline=None)
    @given(data=st.data())
    def test_do_what_exact_bookkeeping_does(
        self, cash: str, one_a_bar: bool, data: st.DataObject
    ) -> None:
        wishes = data.draw(histories(one_a_bar=one_a_bar))
        prices = data.draw(st.lists(st.integers(8, 12), min_size=25, max_size=25))
        hold = data.draw(st.none() | st.integers(1, 5))
        quantity = data.draw(st.sampled_from(["0.1", "7", "50"]))
        direction = data.draw(st.sampled_from(Direction))
        allowed = {Direction.LONG: 1, Direction.SHORT: -1}.get(direction, 0)
        book = Bookkeeper(Fraction(cash), Fraction(quantity), allowed)
        keep(wishes, prices, hold, book)
        terms = Terms(
            initial_cash=float(cash),
            fill=Fill.CLOSE,
            direction=direction,
            sizing=Sizing(quantity=float(quantity)),
        )
        rows = [
            {
                "timestamp": str(FIRST + wish.bar),
                "side": "buy" if wish.side > 0 else "sell",
                "quantity": None if wish.units is None else float(wish.units),
            }
            for wish in wishes
        ]
        params = load(
            SIGNALS.params, {"signals": rows, "hold_bars": hold}, under=STRATEGY_PARAMS
        )

        bars = closes([float(price) for price in prices])
        decision = SIGNALS.decide(bars, params, terms)
        assert decision.plan is not None
        done = simulate_orders(bars, decision.plan, terms)

        counts = decision.after(done.plan_outcome).signal_counts
        assert counts is not None
        assert done.fills.bar.tolist() == [bar for bar, _ in book.fills]
        assert (done.fills.side * done.fills.quantity).tolist() == pytest.approx(
            [float(units) for _, units in book.fills], rel=1e-9
        )
        assert len(done.rejections) == book.rejected
        assert counts.without_effect == book.without_effect
        assert counts.cut == book.cut
        assert counts.closed_nothing == book.closed_nothing
