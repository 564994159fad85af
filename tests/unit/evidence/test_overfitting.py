"""CSCV, against the paper's recipe written out split by split."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from orchestrator.evidence.overfitting import (
    probability_of_overfitting,
    rank_logit,
    split_count,
)
from orchestrator.evidence.sharpe import UndefinedStatisticError


def recipe(returns: np.ndarray, blocks: int) -> float:
    parts = np.array_split(returns, blocks)
    overfit = []
    for chosen in combinations(range(blocks), blocks // 2):
        past = np.concatenate([parts[i] for i in chosen])
        future = np.concatenate([parts[i] for i in range(blocks) if i not in chosen])
        best = (past.mean(axis=0) / past.std(axis=0, ddof=1)).argmax()
        ratios = future.mean(axis=0) / future.std(axis=0, ddof=1)
        rank = 1 + np.count_nonzero(ratios < ratios[best])
        overfit.append(rank / (returns.shape[1] + 1) <= 0.5)
    return float(np.mean(overfit))


class TestProbabilityOfOverfitting:
    @pytest.mark.parametrize("variants", [2, 5, 10])
    def test_follows_the_recipe(self, variants: int) -> None:
        returns = np.random.default_rng(variants).normal(0.0002, 0.01, (120, variants))

        found = probability_of_overfitting(returns, blocks=8)

        assert found.splits == 70
        assert found.probability == pytest.approx(recipe(returns, 8))

    def test_is_about_a_half_without_skill(self) -> None:
        draws = np.random.default_rng(1)
        found = [
            probability_of_overfitting(draws.normal(size=(160, 10)), blocks=8)
            for _ in range(60)
        ]

        assert np.mean([f.probability for f in found]) == pytest.approx(0.5, abs=0.1)

    def test_is_low_with_one_true_skill(self) -> None:
        returns = np.random.default_rng(2).normal(0.0, 0.01, (320, 10))
        returns[:, 3] += 0.005

        assert probability_of_overfitting(returns).probability < 0.01

    def test_calls_copies_overfit(self) -> None:
        one = np.random.default_rng(2).normal(0.001, 0.01, (64, 1))

        assert probability_of_overfitting(np.tile(one, 4), blocks=4).probability == 1.0

    def test_takes_a_variant_that_never_traded(self) -> None:
        returns = np.random.default_rng(2).normal(0.001, 0.01, (64, 3))
        returns[:, 0] = 0.0

        assert 0.0 <= probability_of_overfitting(returns, blocks=4).probability <= 1.0

    @pytest.mark.parametrize(
        ("returns", "reason"),
        [
            (np.zeros((100, 1)), "too_few_variants"),
            (np.zeros((31, 3)), "too_few_returns"),
            (np.full((64, 3), np.nan), "returns_not_finite"),
        ],
    )
    def test_is_undefined(self, returns: np.ndarray, reason: str) -> None:
        with pytest.raises(UndefinedStatisticError, match=reason):
            probability_of_overfitting(returns)

    @pytest.mark.parametrize("blocks", [0, 1, 7, 18])
    def test_refuses_blocks_out_of_bounds(self, blocks: int) -> None:
        with pytest.raises(ValueError, match="blocks"):
            probability_of_overfitting(np.zeros((100, 3)), blocks=blocks)


class TestRankLogit:
    def test_is_symmetric(self) -> None:
        past = np.array([1.0, 2.0, 3.0])

        assert rank_logit(past, past) == -rank_logit(past, -past) > 0.0


def test_split_count_of_an_odd_number_is_refused() -> None:
    with pytest.raises(ValueError, match="even"):
        split_count(5)
