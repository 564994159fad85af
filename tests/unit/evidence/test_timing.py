"""The timing test, against rolling the returns by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.evidence.sharpe import UndefinedStatisticError
from orchestrator.evidence.timing import (
    Holding,
    fast_length,
    sharpe_of_every_shift,
    timing_test,
)

RANDOM = np.random.default_rng(11)
CLOSE = 100.0 * np.cumprod(1.0 + RANDOM.normal(0.0003, 0.01, 301))
BLOCKS = np.repeat(RANDOM.integers(0, 2, 31), 10)[:301].astype(float)


def returns_of(position: np.ndarray) -> np.ndarray:
    moves = np.diff(CLOSE, prepend=CLOSE[0])
    held = np.concatenate(([0.0], position[:-1]))
    equity = 10_000.0 + np.cumsum(held * moves)
    return np.diff(equity, prepend=10_000.0) / np.concatenate(([1e4], equity[:-1]))


class TestSharpeOfEveryShift:
    @pytest.mark.parametrize("count", [2, 3, 50, 97, 256])
    def test_matches_rolling_by_hand(self, count: int) -> None:
        weights = RANDOM.normal(size=count)
        moves = RANDOM.normal(0.0, 0.01, count)

        products = [weights * np.roll(moves, -k) for k in range(count)]

        assert sharpe_of_every_shift(weights, moves) == pytest.approx(
            [p.mean() / p.std(ddof=1) for p in products], rel=1e-6, abs=1e-9
        )


class TestTimingTest:
    def test_counts_the_shifts_that_did_as_well(self) -> None:
        returns = returns_of(BLOCKS)
        equity = np.cumprod(1.0 + returns)
        weights = (BLOCKS * CLOSE / equity)[:-1]
        moves = CLOSE[1:] / CLOSE[:-1] - 1.0
        ratios = [
            (weights * np.roll(moves, -k)).mean()
            / (weights * np.roll(moves, -k)).std(ddof=1)
            for k in range(300)
        ]
        as_good = sum(ratio >= ratios[0] for ratio in ratios[1:])

        test = timing_test(Holding(position=BLOCKS, close=CLOSE), returns)

        assert test.shifts == 299
        assert test.p_value == pytest.approx((1 + as_good) / 300)

    def test_knows_a_prophet(self) -> None:
        position = np.append((np.diff(CLOSE) > 0).astype(float), 0.0)

        test = timing_test(
            Holding(position=position, close=CLOSE), returns_of(position)
        )

        assert test.p_value == pytest.approx(1 / 300)

    def test_gives_ties_against_the_strategy(self) -> None:
        # A market with a period of two: every even shift is as good.
        close = np.append(np.tile([100.0, 101.0], 100), 100.0)
        position = np.append(np.tile([1.0, 0.0], 100), 0.0)

        test = timing_test(Holding(position=position, close=close), np.zeros(201))

        assert test.p_value > 0.45

    @pytest.mark.parametrize(
        ("position", "reason"),
        [
            (np.ones(301), "exposure_too_high"),
            (np.zeros(301), "exposure_too_low"),
            (np.repeat([1.0, 0.0, 1.0], [100, 101, 100]), "too_few_position_changes"),
        ],
    )
    def test_is_undefined(self, position: np.ndarray, reason: str) -> None:
        with pytest.raises(UndefinedStatisticError) as caught:
            timing_test(Holding(position=position, close=CLOSE), np.zeros(301))

        assert caught.value.reason == reason

    def test_is_undefined_in_a_market_that_stands_still(self) -> None:
        holding = Holding(position=BLOCKS, close=np.full(301, 5.0))

        with pytest.raises(UndefinedStatisticError, match="zero_variance"):
            timing_test(holding, np.zeros(301))

    def test_is_uniform_without_skill(self) -> None:
        draws = np.random.default_rng(5)
        p_values = []
        for _ in range(400):
            close = 100.0 * np.cumprod(1.0 + draws.normal(0.0005, 0.01, 250))
            position = np.repeat(draws.integers(0, 2, 50), 5).astype(float)
            holding = Holding(position=position, close=close)
            p_values.append(timing_test(holding, np.zeros(250)).p_value)

        # Three standard errors of a share of 5 % in 400 draws: 3.3 %.
        assert np.mean(np.array(p_values) <= 0.05) == pytest.approx(0.05, abs=0.033)
        assert np.mean(p_values) == pytest.approx(0.5, abs=0.045)


class TestHolding:
    def test_counts_changes_from_flat(self) -> None:
        holding = Holding(position=np.array([1.0, 1.0, 0.0, -1.0]), close=np.ones(4))

        assert holding.changes == 3
        assert holding.exposure == 0.75


class TestFastLength:
    @given(st.integers(1, 100_000))
    @settings(max_examples=100)
    def test_is_smooth_and_no_shorter(self, at_least: int) -> None:
        length = fast_length(at_least)

        rest = length
        for prime in (2, 3, 5):
            while rest % prime == 0:
                rest //= prime
        assert rest == 1
        assert at_least <= length <= 1.25 * at_least
