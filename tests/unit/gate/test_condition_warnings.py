"""Conditions that may not mean what they say: warned, and judged as written."""

from __future__ import annotations

import pytest

from backtesting.metrics import CATALOGUE
from backtesting.metrics.definition import Better
from orchestrator.gate.condition_warnings import condition_warnings
from orchestrator.schemas.conditions import parse_condition
from orchestrator.spec import Condition
from tests.unit.gate.builders import verdict_of

AGAINST = {Better.HIGHER: ("<", "<="), Better.LOWER: (">", ">=")}


def codes(*texts: str) -> list[str]:
    return [each.code for each in condition_warnings(map(parse_condition, texts))]


class TestDirection:
    @pytest.mark.parametrize("metric", CATALOGUE, ids=lambda one: one.name)
    @pytest.mark.parametrize("op", [">", ">=", "<", "<="])
    def test_is_warned_where_a_worse_figure_is_asked_for(
        self, metric: object, op: str
    ) -> None:
        name, better = metric.name, metric.direction  # type: ignore[attr-defined]

        condition = Condition(metric=name, op=op, threshold=50.0)
        warned = [each.code for each in condition_warnings([condition])]

        assert ("condition_direction" in warned) is (op in AGAINST.get(better, ()))

    @pytest.mark.parametrize(
        "text",
        [
            "evidence.p_value > 0.05",
            "evidence.p_value_adjusted >= 0.5",
            "evidence.psr < 0.9",
            "evidence.dsr <= 0.9",
            "evidence.timing.p_value > 0.1",
            "evidence.bootstrap.p_drawdown_over_limit > 0.1",
        ],
    )
    def test_is_warned_for_evidence_too(self, text: str) -> None:
        assert codes(text) == ["condition_direction"]

    @pytest.mark.parametrize(
        "text", ["benchmark.sharpe_ratio < 1", "evidence.trials < 20", "beta < 0.8"]
    )
    def test_is_not_warned_where_no_way_is_better(self, text: str) -> None:
        assert codes(text) == []

    def test_says_which_way_is_better_and_the_cure(self) -> None:
        (warning,) = condition_warnings([parse_condition("sharpe_ratio < 0.5")])

        assert warning.detail == (
            "'sharpe_ratio < 0.5' asks for a worse figure: higher sharpe_ratio is "
            "better; if that is not meant, write >"
        )


class TestFractionForPercent:
    @pytest.mark.parametrize(
        "text",
        [
            "cagr > 0.1",
            "total_return_pct >= 0.25",
            "max_drawdown_pct < 0.2",
            "win_rate_pct > 0.55",
            "benchmark.max_drawdown_pct < 0.2",
            "evidence.bootstrap.max_drawdown_pct_p95 < 0.3",
            "cagr > -0.1",
        ],
    )
    def test_is_warned(self, text: str) -> None:
        assert codes(text) == ["fraction_for_percent"]

    @pytest.mark.parametrize(
        "text", ["cagr > 0", "cagr > 1", "max_drawdown_pct < 20", "sharpe_ratio > 0.5"]
    )
    def test_is_not_warned_for_what_is_percent_or_none(self, text: str) -> None:
        assert codes(text) == []

    def test_names_the_number_that_may_be_meant(self) -> None:
        (warning,) = condition_warnings([parse_condition("cagr > 0.1")])

        assert warning.detail == (
            "'cagr > 0.1' compares with 0.1 %: cagr is in percent; if 10 % is meant, "
            "write 10"
        )


class TestAVerdict:
    def test_is_as_the_condition_stands_with_the_warning(self) -> None:
        verdict = verdict_of(("max_drawdown_pct > 0.2",))

        assert verdict.outcome == "pass"
        assert [each["code"] for each in verdict.to_json()["warnings"]] == [  # type: ignore[attr-defined]
            "condition_direction",
            "fraction_for_percent",
        ]

    def test_names_every_code_in_the_short_form_however_short(self) -> None:
        verdict = verdict_of(
            ("sharpe_ratio < 9", "max_drawdown_pct < 20"),
            by="literal",
            warnings=("dropped_rows", "old_data", "dropped_rows"),
        )

        short = verdict.to_short_json(limit=1)

        assert short["warning_codes"] == [
            "dropped_rows",
            "old_data",
            "condition_direction",
            "weak_evidence",
        ]
        assert "warnings" not in short
