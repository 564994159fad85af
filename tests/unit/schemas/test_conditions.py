"""Conditions as callers write them, well and badly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import InvalidRequestError
from orchestrator.schemas.conditions import (
    KNOWN_NAMES,
    LONGEST_CONDITION,
    MOST_CONDITIONS,
    RANGES,
    parse_condition,
    parse_conditions,
    parse_gate,
)
from orchestrator.spec import Condition, GateSpec

UNBOUNDED = sorted(
    name for name, ends in RANGES.items() if ends == (-math.inf, math.inf)
)
SHARPE = Condition(metric="sharpe_ratio", op=">", threshold=0.5)


def refusal(text: object) -> InvalidRequestError:
    with pytest.raises(InvalidRequestError) as caught:
        parse_condition(text, pointer="/gate/3")
    return caught.value


class TestParseCondition:
    @pytest.mark.parametrize(
        "text",
        [
            "sharpe_ratio > 0.5",
            "sharpe_ratio>0.5",
            "  sharpe_ratio\t>\n.5 ",
            "sharpe_ratio > +0.50",
            "sharpe_ratio > 5e-1",
            "sharpe_ratio > 5E-01",
        ],
    )
    def test_reads_the_same_however_it_is_spaced(self, text: str) -> None:
        assert parse_condition(text) == SHARPE

    @pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
    def test_knows_four_operators(self, operator: str) -> None:
        assert parse_condition(f"sharpe_ratio {operator} 1").op == operator

    @pytest.mark.parametrize(
        "name",
        [
            "max_drawdown_pct",
            "benchmark.sharpe_ratio",
            "evidence.p_value_adjusted",
            "evidence.bootstrap.max_drawdown_pct_p95",
            "evidence.sample.closed_trades",
        ],
    )
    def test_knows_metrics_benchmark_and_evidence(self, name: str) -> None:
        assert parse_condition(f"{name} < 1").metric == name

    @pytest.mark.parametrize(
        ("number", "value"),
        [("-3", -3.0), ("1e6", 1e6), ("1.", 1.0), ("1e308", 1e308), ("007", 7.0)],
    )
    def test_reads_decimals(self, number: str, value: float) -> None:
        assert parse_condition(f"total_pnl > {number}").threshold == value

    @pytest.mark.parametrize("number", ["-0", "-0.0", "-1e-999"])
    def test_has_no_minus_zero(self, number: str) -> None:
        threshold = parse_condition(f"total_pnl > {number}").threshold

        assert math.copysign(1.0, threshold) == 1.0

    @pytest.mark.parametrize(
        "number",
        [
            "nan", "NaN", "inf", "-inf", "Infinity", "1e999", "-1e999", "0x10", "1_000",
            "1,5", "20%", "five", "--1", "1e", "e5", ".", "+", "1.2.3",
            "\uff15", "\u0665", "1\u00a0", "\u22121", "1j", "True", "null", "1f",
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_finite_decimal(self, number: str) -> None:
        assert "/gate/3" in [place.pointer for place in refusal(
            f"sharpe_ratio > {number}"
        ).places]  # fmt: skip

    @pytest.mark.parametrize(
        "operator", ["=", "==", "!=", "=>", "=<", "<>", ">>", "~", ">=="]
    )
    def test_refuses_another_operator(self, operator: str) -> None:
        assert "> >= < or <=" in refusal(f"sharpe_ratio {operator} 1").detail

    @pytest.mark.parametrize(
        "text",
        [
            "", " ", "sharpe_ratio", "sharpe_ratio >", "> 0.5", "0.5 < sharpe_ratio",
            "sharpe_ratio 0.5", "sharpe_ratio > 0.5 0.6", "0.1 < sharpe_ratio < 1",
            "sharpe_ratio > 0.5 and cagr > 1", "sharpe_ratio > cagr", "not cagr > 1",
            "sharpe_ratio > 0.5;", "sharpe_ratio \u2265 0.5", "sharpe ratio > 0.5",
            "sharpe_ratio > 0.5\x00", "\ud800 > 1", "cagr.__class__ > 1",
            None, 5, True, ["sharpe_ratio > 1"], {"metric": "cagr"}, b"cagr > 1",
        ],
    )  # fmt: skip
    def test_refuses_what_is_no_condition(self, text: object) -> None:
        assert refusal(text).places[0].pointer == "/gate/3"

    @pytest.mark.parametrize(
        ("written", "meant"),
        [
            ("sharpe", "sharpe_ratio"),
            ("Sharpe_Ratio", "sharpe_ratio"),
            ("max_drawdown_percent", "max_drawdown_pct"),
            ("evidence.pvalue", "evidence.p_value"),
            ("benchmark.sharpe", "benchmark.sharpe_ratio"),
        ],
    )
    def test_suggests_the_nearest_metric(self, written: str, meant: str) -> None:
        assert f"did you mean {meant!r}?" in refusal(f"{written} > 1").detail

    @pytest.mark.parametrize(
        "name", ["evidence", "benchmark", "evidence.", "benchmark.evidence.p_value"]
    )
    def test_refuses_half_a_dotted_name(self, name: str) -> None:
        assert "is not a metric" in refusal(f"{name} > 1").detail

    @pytest.mark.parametrize("name", ["win_rate_pct", "beta", "closed_trades"])
    def test_refuses_a_metric_the_benchmark_never_has(self, name: str) -> None:
        assert "is not a metric" in refusal(f"benchmark.{name} > 1").detail

    def test_refuses_a_long_one_without_repeating_it(self) -> None:
        error = refusal("sharpe_ratio > 0." + "5" * LONGEST_CONDITION)

        assert len(error.detail) < 100

    @given(
        st.sampled_from(UNBOUNDED),
        st.sampled_from([">", ">=", "<", "<="]),
        st.floats(allow_nan=False, allow_infinity=False),
    )
    @settings(max_examples=100)
    def test_reads_back_what_python_writes(
        self, metric: str, operator: str, threshold: float
    ) -> None:
        assert parse_condition(f"{metric} {operator} {threshold!r}") == Condition(
            metric=metric, op=operator, threshold=threshold
        )

    @given(st.text(max_size=60))
    @settings(max_examples=100)
    def test_refuses_or_reads_any_text(self, text: str) -> None:
        try:
            condition = parse_condition(text)
        except InvalidRequestError:
            return

        assert condition.metric in KNOWN_NAMES


class TestForegoneCondition:
    @pytest.mark.parametrize(
        "text",
        [
            "max_drawdown_pct > -20", "max_drawdown > -0.2", "max_drawdown_pct >= 0",
            "win_rate_pct >= 0", "win_rate_pct <= 100", "win_rate_pct < 100.5",
            "correlation > -1.5", "correlation >= -1", "correlation <= 1",
            "kurtosis > -0.5", "cagr > -101", "total_costs >= -0",
            "benchmark.max_drawdown_pct > -20", "benchmark.kurtosis > -0.5",
            "evidence.p_value <= 1", "evidence.psr >= 0", "evidence.trials >= 1",
            "evidence.sample.closed_trades > -1",
            "evidence.bootstrap.max_drawdown_pct_p95 <= 100",
        ],
    )  # fmt: skip
    def test_that_cannot_fail_is_refused(self, text: str) -> None:
        error = refusal(text)

        assert "cannot fail" in error.detail
        assert "compare it with a number" in error.detail
        assert [place.pointer for place in error.places] == ["/gate/3"]

    @pytest.mark.parametrize(
        "text",
        [
            "max_drawdown_pct < 0", "max_drawdown_pct < -20", "max_drawdown <= -0.2",
            "win_rate_pct > 100", "win_rate_pct >= 100.5", "win_rate_pct < 0",
            "correlation > 1", "correlation < -1", "closed_trades < 0",
            "benchmark.max_drawdown_pct < 0", "benchmark.kurtosis < -0.5",
            "evidence.p_value_adjusted < 0", "evidence.psr > 1", "evidence.dsr >= 95",
            "evidence.timing.p_value <= -0.05", "evidence.trials < 1",
        ],
    )  # fmt: skip
    def test_that_cannot_hold_is_refused(self, text: str) -> None:
        error = refusal(text)

        assert "cannot hold" in error.detail
        assert "compare it with a number" in error.detail

    @pytest.mark.parametrize(
        "text",
        [
            "max_drawdown_pct > 0", "max_drawdown_pct <= 0", "max_drawdown_pct < 120",
            "win_rate_pct >= 100", "win_rate_pct < 100", "win_rate_pct > 0",
            "correlation >= 1", "correlation <= -1", "sharpe_ratio > 1e9",
            "sharpe_ratio > -1e9", "total_return_pct > -100", "total_return_pct < -150",
            "final_value < 0", "profit_factor > 1e9", "value_at_risk_95_pct < -1",
            "benchmark.max_drawdown_pct <= 0", "evidence.p_value <= 0",
            "evidence.psr >= 1", "evidence.sharpe_ci_low_ann > -1",
        ],
    )  # fmt: skip
    def test_that_can_do_both_is_read(self, text: str) -> None:
        assert parse_condition(text).metric == text.split(maxsplit=1)[0]

    def test_says_the_bounds_and_the_cure(self) -> None:
        assert refusal("max_drawdown_pct > -20").detail == (
            "'max_drawdown_pct > -20' cannot fail: max_drawdown_pct is never under 0; "
            "compare it with a number over 0, without a minus sign"
        )
        assert refusal("win_rate_pct > 100").detail == (
            "'win_rate_pct > 100' cannot hold: win_rate_pct is never under 0 and never "
            "over 100; compare it with a number over 0 and under 100"
        )

    @pytest.mark.parametrize("name", sorted(set(RANGES).difference(UNBOUNDED)))
    def test_every_declared_bound_is_held(self, name: str) -> None:
        lowest, highest = RANGES[name]

        for op in (">=", "<"):
            if lowest > -math.inf:
                refusal(f"{name} {op} {lowest!r}")
        for op in ("<=", ">"):
            if highest < math.inf:
                refusal(f"{name} {op} {highest!r}")

    @pytest.mark.parametrize("name", sorted(KNOWN_NAMES))
    @pytest.mark.parametrize("op", [">", ">=", "<", "<="])
    def test_a_threshold_inside_the_range_is_read(self, name: str, op: str) -> None:
        lowest, highest = RANGES[name]
        inside = min(max(lowest, -200.0) + 0.5, highest)

        assert parse_condition(f"{name} {op} {inside}").threshold == inside

    def test_is_named_with_the_others_of_a_list(self) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            parse_conditions(["cagr > 1", "max_drawdown_pct > -20", "x > 1"])

        assert [place.pointer for place in caught.value.places] == [
            "/gate/1",
            "/gate/2",
        ]


class TestParseConditions:
    def test_keeps_the_order(self) -> None:
        both = parse_conditions(["sharpe_ratio > 0.5", "cagr > 1"])

        assert [condition.metric for condition in both] == ["sharpe_ratio", "cagr"]

    def test_refuses_an_empty_gate(self) -> None:
        with pytest.raises(InvalidRequestError, match="at least one") as caught:
            parse_conditions([])

        assert caught.value.places[0].pointer == "/gate"

    def test_takes_as_many_as_the_bound(self) -> None:
        assert len(parse_conditions(["cagr > 1"] * MOST_CONDITIONS)) == MOST_CONDITIONS

    def test_refuses_one_more(self) -> None:
        with pytest.raises(InvalidRequestError, match="at most"):
            parse_conditions(["cagr > 1"] * (MOST_CONDITIONS + 1))

    def test_names_every_fault_at_once(self) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            parse_conditions(["x > 1", "cagr > 1", "cagr = 1"])

        assert [place.pointer for place in caught.value.places] == [
            "/gate/0",
            "/gate/2",
        ]


class TestParseGate:
    def test_takes_a_list(self) -> None:
        assert parse_gate(["sharpe_ratio > 0.5"]) == GateSpec(conditions=(SHARPE,))

    def test_takes_an_object(self) -> None:
        assert parse_gate(
            {"conditions": ["sharpe_ratio > 0.5"], "policy": "strict", "trials": 20}
        ) == GateSpec(conditions=(SHARPE,), policy="strict", trials=20)

    def test_takes_a_whole_float(self) -> None:
        gate = parse_gate({"conditions": ["cagr > 1"], "trials": 20.0})

        assert gate.trials == 20

    @pytest.mark.parametrize(
        ("value", "pointer"),
        [
            (None, "/gate"),
            ("sharpe_ratio > 0.5", "/gate"),
            (5, "/gate"),
            ([], "/gate"),
            ({}, "/gate/conditions"),
            ({"conditions": []}, "/gate/conditions"),
            ({"conditions": "cagr > 1"}, "/gate/conditions"),
            ({"conditions": ["x > 1"]}, "/gate/conditions/0"),
            ({"conditions": ["cagr > 1"], "policies": "x"}, "/gate/policies"),
            ({"conditions": ["cagr > 1"], "policy": 5}, "/gate/policy"),
            ({"conditions": ["cagr > 1"], "trials": 0}, "/gate/trials"),
            ({"conditions": ["cagr > 1"], "trials": -5}, "/gate/trials"),
            ({"conditions": ["cagr > 1"], "trials": 1.5}, "/gate/trials"),
            ({"conditions": ["cagr > 1"], "trials": True}, "/gate/trials"),
            ({"conditions": ["cagr > 1"], "trials": "20"}, "/gate/trials"),
            ({"conditions": ["cagr > 1"], "trials": math.nan}, "/gate/trials"),
            ({"conditions": ["cagr > 1"], "trials": math.inf}, "/gate/trials"),
            ({"conditions": ["cagr > 1"], "trials": 10**10}, "/gate/trials"),
        ],
    )
    def test_points_at_what_it_refuses(self, value: object, pointer: str) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            parse_gate(value)

        assert [place.pointer for place in caught.value.places] == [pointer]
