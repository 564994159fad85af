"""Round trips counted as exact arithmetic counts them."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting import Bars, Fill, Sizing, Terms, simulate


def flat(size: int) -> Bars:
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01", "D") + np.arange(size),
        **{name: np.full(size, 10.0) for name in ("open", "high", "low", "close")},
        volume=np.ones(size),
    )


def exact_trips(targets: list[int], part: Fraction) -> list[Fraction]:
    """Return the quantities of the round trips, first in, first out."""
    lots: list[Fraction] = []
    trips = []
    for before, level in zip([0, *targets], targets, strict=False):
        change = (level - before) * part
        if change > 0:
            lots.append(change)
        while change < 0:
            taken = min(lots[0], -change)
            trips.append(taken)
            change += taken
            lots[0] -= taken
            if not lots[0]:
                lots.pop(0)
    return trips


class TestRoundTrips:
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

        expected = exact_trips(targets, part)
        assert len(done.round_trips) == len(expected)
        np.testing.assert_allclose(
            done.round_trips.quantity / quantity, np.array(expected, dtype=float)
        )

    def test_are_one_an_entry_of_two_hundred_that_overlap(self) -> None:
        # Each entry of 50 is out ten bars later; the level counts those held.
        days = np.sort(np.random.default_rng(0).choice(2_400, 200, replace=False))
        targets = np.zeros(2_520)
        for day in days:
            targets[day : day + 10] += 1.0
        entries = int(np.clip(np.diff(targets, prepend=0.0), 0, None).sum())

        done = simulate(flat(2_520), targets, Terms(initial_cash=1e9, fill=Fill.CLOSE))

        assert len(done.round_trips) == entries
        assert set(done.round_trips.quantity.tolist()) == {50.0}
