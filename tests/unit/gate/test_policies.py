"""Policies: what ships, what they hash to, and which is stricter than which."""

from __future__ import annotations

import dataclasses
import math

import pytest

from orchestrator.gate.policies import RULES, Policy, Stricter, laxer_rules
from tests.unit.gate.builders import policy

STANDARD = policy("standard")
STRICT = policy("strict")
LITERAL = policy("literal")

LAXER: dict[str, object] = {
    "min_returns": 59,
    "min_years": 1.99,
    "min_years_crash_prone": 2.99,
    "min_closed_trades": 29,
    "min_losing_trades": 0,
    "max_p_value_adjusted": 0.0501,
    "max_p_value_spent": 0.0501,
    "min_psr": 0.949,
    "max_drawdown_probability": 0.06,
    "max_missing_pct": 3.0,
    "max_age_days": 15.0,
    "sources": (*STRICT.sources, "elsewhere"),
    "count_all_callers": 0,
    "insufficient_on": ("partial_window", "sample_data"),
    "trades_not_asked_of": ("buy_and_hold", "sma_cross"),
}
STRICTER: dict[str, object] = {
    "min_returns": 61,
    "min_years": 2.01,
    "min_years_crash_prone": 3.01,
    "min_closed_trades": 31,
    "min_losing_trades": 2,
    "max_p_value_adjusted": 0.0499,
    "max_p_value_spent": 0.0499,
    "min_psr": 0.951,
    "max_drawdown_probability": 0.04,
    "max_missing_pct": 1.0,
    "max_age_days": 13.0,
    "sources": ("csv",),
    "count_all_callers": 2,
    "insufficient_on": (*STRICT.insufficient_on, "few_trades"),
    "trades_not_asked_of": (),
}


class TestShipped:
    def test_standard_has_the_published_numbers(self) -> None:
        assert STANDARD.enforced
        assert STANDARD.min_returns == 60
        assert STANDARD.min_years == 1.5
        assert STANDARD.min_years_crash_prone == 1.5
        assert STANDARD.min_closed_trades == 30
        assert STANDARD.min_losing_trades == 1
        assert STANDARD.max_p_value_adjusted == 0.05
        assert STANDARD.max_p_value_spent == 1.0
        assert STANDARD.min_psr == 0.0
        assert STANDARD.max_drawdown_probability == 1.0
        assert STANDARD.max_missing_pct == 2.0
        assert STANDARD.count_all_callers == 0
        assert STANDARD.trades_not_asked_of == ("buy_and_hold",)
        assert set(STANDARD.insufficient_on) >= {
            "partial_window",
            "sample_data",
            "stale_data",
            "old_data",
            "mixed_spacing",
            "unadjusted_splits",
            "low_exposure",
            "bid_ask_bounce",
        }

    def test_strict_changes_six_rules(self) -> None:
        changed = {
            "name",
            "version",
            "description",
            "measured",
            "min_years",
            "min_years_crash_prone",
            "max_p_value_spent",
            "min_psr",
            "max_drawdown_probability",
            "count_all_callers",
        }
        for field in dataclasses.fields(Policy):
            if field.name not in changed:
                assert getattr(STRICT, field.name) == getattr(STANDARD, field.name)
        assert STRICT.min_years == 2.0
        assert STRICT.min_years_crash_prone == 3.0
        assert STRICT.max_p_value_spent == 0.05
        assert STRICT.min_psr == 0.95
        assert STRICT.max_drawdown_probability == 0.05
        assert STRICT.count_all_callers == 1

    def test_literal_is_not_enforced(self) -> None:
        assert not LITERAL.enforced


class TestLaxerRules:
    def test_orders_what_ships(self) -> None:
        assert laxer_rules(STRICT, STANDARD) == ()
        assert laxer_rules(STANDARD, LITERAL) == ()
        assert laxer_rules(STANDARD, STRICT) == (
            "min_years",
            "min_years_crash_prone",
            "max_p_value_spent",
            "min_psr",
            "max_drawdown_probability",
            "count_all_callers",
        )
        assert laxer_rules(LITERAL, STANDARD) == ("enforced",)

    @pytest.mark.parametrize("name", [*LAXER])
    def test_finds_one_laxer_number(self, name: str) -> None:
        changed = dataclasses.replace(STRICT, **{name: LAXER[name]})

        assert laxer_rules(changed, STRICT) == (name,)

    @pytest.mark.parametrize("name", [*STRICTER])
    def test_allows_one_stricter_number(self, name: str) -> None:
        changed = dataclasses.replace(STRICT, **{name: STRICTER[name]})

        assert laxer_rules(changed, STRICT) == ()

    def test_is_not_bought_by_strictness_elsewhere(self) -> None:
        traded = dataclasses.replace(STRICT, min_returns=10**6, min_closed_trades=29)

        assert laxer_rules(traded, STRICT) == ("min_closed_trades",)

    def test_finds_a_number_that_is_none(self) -> None:
        broken = dataclasses.replace(STRICT, min_psr=math.nan)

        assert laxer_rules(broken, STRICT) == ("min_psr",)

    def test_lets_the_floor_itself_pass(self) -> None:
        assert laxer_rules(STRICT, STRICT) == ()

    def test_finds_what_is_not_enforced_whatever_its_numbers(self) -> None:
        toothless = dataclasses.replace(STRICT, enforced=False, min_returns=10**6)

        assert laxer_rules(toothless, STRICT) == ("enforced",)


class TestRules:
    def test_are_every_number_of_a_policy(self) -> None:
        fields = {field.name for field in dataclasses.fields(Policy)}

        assert {rule.name for rule in RULES} == fields - {
            "name",
            "version",
            "description",
            "measured",
            "enforced",
        }
        assert {rule.name for rule in RULES} == set(LAXER) == set(STRICTER)

    def test_name_their_direction(self) -> None:
        for rule in RULES:
            lists = {Stricter.MORE, Stricter.FEWER}
            assert (rule.kind is tuple) == (rule.stricter in lists)
            if rule.name.startswith("min_"):
                assert rule.stricter is Stricter.HIGHER
            if rule.name.startswith("max_"):
                assert rule.stricter is Stricter.LOWER


class TestHash:
    @pytest.mark.parametrize("name", [*STRICTER])
    def test_changes_with_every_number(self, name: str) -> None:
        changed = dataclasses.replace(STRICT, **{name: STRICTER[name]})

        assert changed.sha256() != STRICT.sha256()

    @pytest.mark.parametrize("change", [{"version": "next"}, {"enforced": False}])
    def test_changes_with_version_and_force(self, change: dict[str, object]) -> None:
        assert dataclasses.replace(STRICT, **change).sha256() != STRICT.sha256()  # type: ignore[arg-type]

    def test_does_not_change_with_its_description(self) -> None:
        reworded = dataclasses.replace(STRICT, description="other words")

        assert reworded.sha256() == STRICT.sha256()
