"""Lots and trades counted as exact arithmetic counts them."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting import Bars, Costs, Direction, Fill, Sizing, Terms, simulate

Daily = Callable[..., Bars]


def flat(size: int) -> Bars:
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01", "D") + np.arange(size),
        **{name: np.full(size, 10.0) for name in ("open", "high", "low", "close")},
        volume=np.ones(size),
    )


def exact_lots(targets: list[int], part: Fraction) -> list[Fraction]:
    """Return the quantities of the closed lots, first in, first out."""
    lots: list[Fraction] = []
    closed = []
    for before, level in zip([0, *targets], targets, strict=False):
        change = (level - before) * part
        if change > 0:
            lots.append(change)
        while change < 0:
            taken = min(lots[0], -change)
            closed.append(taken)
            change += taken
            lots[0] -= taken
            if not lots[0]:
                lots.pop(0)
    return closed


class TestClosedLots:
    @given(
        targets=st.lists(st.integers(0, 7), min_size=1, max_size=60),
        quantity=st.sampled_from([0.1, 1 / 3, 1.0, 7.0, 50.0, 1e6 / 7]),
        part=st.sampled_from([Fraction(1), Fraction(1, 3), Fraction(7, 10)]),
    )
    @settings(max_examples=100, deadline=None)
    def test_are_as_many_as_there_would_be_without_rounding(
        self, targets: list[int], quantity: float, part: Fraction
    ) -> None:
        terms = Terms(
            initial_cash=1e12, fill=Fill.CLOSE, sizing=Sizing(quantity=quantity)
        )

        done = simulate(
            flat(len(targets)),
            [level * float(part) for level in targets],
            terms,
        )

        expected = exact_lots(targets, part)
        assert len(done.closed_lots) == len(expected)
        np.testing.assert_allclose(
            done.closed_lots.quantity / quantity, np.array(expected, dtype=float)
        )

    def test_are_one_an_entry_of_two_hundred_that_overlap(self) -> None:
        # Each entry of 50 is out ten bars later; the level counts those held.
        days = np.sort(np.random.default_rng(0).choice(2_400, 200, replace=False))
        targets = np.zeros(2_520)
        for day in days:
            targets[day : day + 10] += 1.0
        entries = int(np.clip(np.diff(targets, prepend=0.0), 0, None).sum())

        done = simulate(flat(2_520), targets, Terms(initial_cash=1e9, fill=Fill.CLOSE))

        assert len(done.closed_lots) == entries
        assert set(done.closed_lots.quantity.tolist()) == {50.0}


def count_trades(targets: list[float], **options: object) -> tuple[int, int]:
    terms = Terms(
        fill=Fill.CLOSE,
        sizing=Sizing(quantity=10.0),
        direction=Direction.BOTH,
        **options,
    )
    closed = simulate(flat(len(targets)), targets, terms).closed_lots
    return len(closed), closed.trades


class TestATrade:
    @pytest.mark.parametrize(
        ("targets", "lots", "trades"),
        [
            ([1, 0, 1, 0], 2, 2),
            ([3, 2, 1, 0], 3, 1),
            ([1, 2, 3, 0], 3, 1),
            ([1, -1, 0], 2, 2),
            ([3, 2, 1], 2, 0),
            ([1, 0, 3, 2, 1], 3, 1),
            ([1, 1, 1], 0, 0),
        ],
        ids=[
            "twice in and out",
            "sold in three parts",
            "bought in three parts",
            "turned",
            "still open",
            "one closed and one still open",
            "never closed",
        ],
    )
    def test_is_from_flat_to_flat(
        self, targets: list[float], lots: int, trades: int
    ) -> None:
        assert count_trades(targets) == (lots, trades)

    def test_of_thirty_sales_is_one(self) -> None:
        targets = [90_000 - sold for sold in range(30)]

        assert count_trades(targets, initial_cash=1e8) == (29, 0)
        assert count_trades([*targets, 0], initial_cash=1e8) == (30, 1)

    def test_has_the_profit_of_its_lots_and_the_bars_of_them_all(
        self, daily: Daily
    ) -> None:
        terms = Terms(
            fill=Fill.CLOSE,
            sizing=Sizing(quantity=10.0),
            costs=Costs(commission_minimum=1.0),
        )
        bars = daily(10.0, 20.0, 30.0, 25.0, 40.0, 35.0)

        closed = simulate(bars, [1, 2, 1, 0, 1, 0], terms).closed_lots

        # 10 at 10 sold at 30, 10 at 20 sold at 25, four commissions of 1; then 10
        # at 40 sold at 35 and two of them.
        assert closed.trade_pnl.tolist() == [200.0 + 50.0 - 4.0, -50.0 - 2.0]
        assert closed.trade_bars.tolist() == [3.0, 1.0]
        assert closed.trade.tolist() == [0, 0, 1]
