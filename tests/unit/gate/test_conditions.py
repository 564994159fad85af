"""Conditions as callers write them, well and badly."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import InvalidRequestError
from orchestrator.gate.conditions import (
    KNOWN_NAMES,
    LONGEST_CONDITION,
    MOST_CONDITIONS,
    parse_condition,
    parse_conditions,
    parse_gate,
)
from orchestrator.spec import Condition, GateSpec

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

    def test_refuses_a_long_one_without_repeating_it(self) -> None:
        error = refusal("sharpe_ratio > 0." + "5" * LONGEST_CONDITION)

        assert len(error.detail) < 100

    @given(
        st.sampled_from(sorted(KNOWN_NAMES)),
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
