"""Many trials: Sidak, haircut, expected maximum, and the count itself."""

from __future__ import annotations

import math

import numpy as np
import pytest

from orchestrator.evidence.normal import upper_tail
from orchestrator.evidence.trials import (
    Trials,
    expected_max_z,
    haircut_sharpe,
    holm,
    sidak,
    sidak_single,
    trials_variance,
)


class TestTries:
    @pytest.mark.parametrize(
        ("counted", "claimed", "used"),
        [(5, None, 5), (5, 20, 20), (20, 5, 20), (None, None, 1), (None, 7, 7)],
        ids=["counted", "raised", "never lowered", "nobody counted", "claimed alone"],
    )
    def test_uses_the_larger(
        self, counted: int | None, claimed: int | None, used: int
    ) -> None:
        assert Trials(counted=counted, claimed=claimed).used == used

    def test_does_not_use_other_callers(self) -> None:
        assert Trials(counted=2, all_callers=900).used == 2

    @pytest.mark.parametrize(
        "wrong",
        [
            {"counted": 0},
            {"counted": 1, "claimed": 0},
            {"counted": 1, "all_callers": -1},
            {"counted": 1, "sharpe_variance": -1e-9},
            {"counted": 1, "sharpe_variance": math.nan},
            {"counted": 1, "sharpe_variance": math.inf},
        ],
    )
    def test_refuses_what_is_no_count(self, wrong: dict[str, float]) -> None:
        with pytest.raises(ValueError, match="not"):
            Trials(**wrong)  # type: ignore[arg-type]


class TestSidak:
    def test_of_one_try_is_the_p_value(self) -> None:
        assert sidak(0.031, trials=1) == pytest.approx(0.031, rel=1e-12)

    def test_is_one_less_the_chance_that_none_does_as_well(self) -> None:
        assert sidak(0.01, trials=20) == pytest.approx(1 - 0.99**20, rel=1e-12)

    def test_keeps_the_digits_of_a_tiny_p_value(self) -> None:
        assert sidak(1e-20, trials=1000) == pytest.approx(1e-17)

    @pytest.mark.parametrize("p_value", [1.0, 1.0 + 1e-16])
    def test_of_certainty_is_certainty(self, p_value: float) -> None:
        assert sidak(p_value, trials=3) == 1.0

    def test_rises_with_the_trials(self) -> None:
        adjusted = [sidak(0.01, trials=n) for n in (1, 2, 10, 1000, 10**9)]

        assert adjusted == sorted(adjusted)
        assert adjusted[-1] == 1.0

    @pytest.mark.parametrize("trials", [1, 7, 500])
    def test_is_undone(self, trials: int) -> None:
        assert sidak(sidak_single(0.05, trials=trials), trials=trials) == pytest.approx(
            0.05
        )


class TestHolm:
    def test_keeps_the_order_given(self) -> None:
        assert holm([0.04, 0.01]) == pytest.approx((0.04, 0.02))

    def test_stops_at_one(self) -> None:
        assert holm([0.9, 0.8, 0.7]) == (1.0, 1.0, 1.0)

    def test_of_nothing_is_nothing(self) -> None:
        assert holm([]) == ()


class TestHaircutSharpe:
    def test_gives_a_single_try_its_ratio_back(self) -> None:
        assert haircut_sharpe(
            upper_tail(0.8 / 0.3), standard_error=0.3
        ) == pytest.approx(0.8)

    @pytest.mark.parametrize("p_value", [0.5, 0.8, 1.0])
    def test_leaves_nothing_of_luck(self, p_value: float) -> None:
        assert haircut_sharpe(p_value, standard_error=0.3) == 0.0

    def test_is_finite_for_the_smallest_p_value(self) -> None:
        assert math.isfinite(haircut_sharpe(0.0, standard_error=0.3))


class TestExpectedMax:
    def test_is_near_a_simulated_one(self) -> None:
        draws = np.random.default_rng(3).normal(size=(20_000, 50)).max(axis=1)

        # The formula is asymptotic: a hundredth off at 50.
        assert expected_max_z(50) == pytest.approx(draws.mean(), abs=0.03)

    def test_of_one_try_is_nothing(self) -> None:
        assert expected_max_z(1) == 0.0

    def test_rises_up_to_a_thousand_million(self) -> None:
        values = [expected_max_z(n) for n in (1, 2, 10, 10**4, 10**9)]

        assert values == sorted(values)


class TestTriesVariance:
    def test_has_a_floor(self) -> None:
        trials = Trials(counted=50, sharpe_variance=1e-9)

        assert trials_variance(trials, observations=101) == 0.01

    def test_is_used_from_ten_trials(self) -> None:
        nine = Trials(counted=9, sharpe_variance=0.5)
        ten = Trials(counted=10, sharpe_variance=0.5)

        assert trials_variance(nine, observations=101) == 0.01
        assert trials_variance(ten, observations=101) == 0.5

    def test_does_not_trust_a_variance_of_claimed_trials(self) -> None:
        trials = Trials(counted=2, claimed=100, sharpe_variance=0.5)

        assert trials_variance(trials, observations=101) == 0.01
