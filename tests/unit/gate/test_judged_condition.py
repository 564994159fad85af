"""One condition against one figure: every comparison and every border."""

from __future__ import annotations

import math

import pytest

from backtesting.metrics import Measured
from orchestrator.gate.judged_condition import (
    ConditionState,
    JudgedCondition,
    judge_condition,
)
from orchestrator.spec import Condition
from tests.unit.gate.builders import good_evidence

EMPTY = Measured(values={}, undefined={})
ABOVE = math.nextafter(0.5, 1.0)
BELOW = math.nextafter(0.5, 0.0)


def judged(
    metric: str = "sharpe_ratio",
    operator: str = ">",
    threshold: float = 0.5,
    **values: float,
) -> JudgedCondition:
    return judge_condition(
        Condition(metric=metric, op=operator, threshold=threshold),
        measured=Measured(values=values, undefined={}),
        benchmark=None,
        evidence=None,
    )


class TestJudgeCondition:
    @pytest.mark.parametrize(
        ("operator", "value", "met"),
        [
            (">", ABOVE, True), (">", 0.5, False), (">", BELOW, False),
            (">=", ABOVE, True), (">=", 0.5, True), (">=", BELOW, False),
            ("<", ABOVE, False), ("<", 0.5, False), ("<", BELOW, True),
            ("<=", ABOVE, False), ("<=", 0.5, True), ("<=", BELOW, True),
        ],
    )  # fmt: skip
    def test_compares_exactly(self, operator: str, value: float, met: bool) -> None:
        assert judged(operator=operator, sharpe_ratio=value).met is met

    @pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
    @pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
    def test_is_not_met_by_what_is_not_finite(
        self, operator: str, value: float
    ) -> None:
        result = judged(operator=operator, sharpe_ratio=value)

        assert not result.met
        assert result.value is None
        assert result.undefined == "not_finite"

    @pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
    def test_is_not_met_by_what_is_missing(self, operator: str) -> None:
        result = judged(operator=operator)

        assert not result.met
        assert result.undefined == "not_measured"
        assert result.margin is None
        assert result.state is None

    @pytest.mark.parametrize("operator", [">", ">=", "<", "<="])
    def test_is_not_met_by_a_threshold_that_is_no_number(self, operator: str) -> None:
        assert not judged(operator=operator, threshold=math.nan, sharpe_ratio=1.0).met

    def test_says_why_a_figure_is_undefined(self) -> None:
        result = judge_condition(
            Condition(metric="sharpe_ratio", op=">", threshold=-1e9),
            measured=Measured(values={}, undefined={"sharpe_ratio": "zero_variance"}),
            benchmark=None,
            evidence=None,
        )

        assert not result.met
        assert result.undefined == "zero_variance"

    def test_does_not_trust_a_figure_that_is_also_excused(self) -> None:
        result = judge_condition(
            Condition(metric="sharpe_ratio", op=">", threshold=0.5),
            measured=Measured(
                values={"sharpe_ratio": 9.0}, undefined={"sharpe_ratio": "overflow"}
            ),
            benchmark=None,
            evidence=None,
        )

        assert not result.met

    @pytest.mark.parametrize(
        ("operator", "margin"), [(">", 0.25), (">=", 0.25), ("<", -0.25), ("<=", -0.25)]
    )
    def test_has_a_margin_that_is_positive_with_room(
        self, operator: str, margin: float
    ) -> None:
        assert judged(operator=operator, sharpe_ratio=0.75).margin == margin

    def test_has_no_margin_that_json_cannot_hold(self) -> None:
        result = judged("total_pnl", ">", -1.7e308, total_pnl=1.7e308)

        assert result.met
        assert result.margin is None

    def test_treats_minus_zero_as_zero(self) -> None:
        assert not judged(operator=">", threshold=0.0, sharpe_ratio=-0.0).met
        assert judged(operator=">=", threshold=0.0, sharpe_ratio=-0.0).met
        assert math.copysign(1, judged(sharpe_ratio=-0.0).value or 0.0) == 1.0

    def test_reads_the_benchmark_by_its_dotted_name(self) -> None:
        result = judge_condition(
            Condition(metric="benchmark.sharpe_ratio", op="<", threshold=0.5),
            measured=Measured(values={"sharpe_ratio": 0.1}, undefined={}),
            benchmark=Measured(values={"sharpe_ratio": 0.9}, undefined={}),
            evidence=None,
        )

        assert result.value == 0.9
        assert not result.met

    @pytest.mark.parametrize("room", ["benchmark.sharpe_ratio", "evidence.sharpe_ann"])
    def test_does_not_read_the_run_for_a_room_that_is_missing(self, room: str) -> None:
        result = judged(room, "<", 5.0, sharpe_ratio=1.0, sharpe_ann=1.0)

        assert not result.met
        assert result.undefined == "not_measured"

    def test_reads_the_evidence_by_its_dotted_name(self) -> None:
        evidence = good_evidence()
        condition = Condition(metric="evidence.p_value", op="<=", threshold=0.05)

        result = judge_condition(
            condition, measured=EMPTY, benchmark=None, evidence=evidence
        )

        assert result.value == evidence.figures["p_value"]
        assert result.met


class TestState:
    # The interval of the good run is about 1.7 to 3.4.
    @pytest.mark.parametrize(
        ("operator", "threshold", "state"),
        [
            (">", 0.5, ConditionState.SUPPORTED),
            (">", 2.5, ConditionState.UNRESOLVED),
            (">", 9.0, ConditionState.REFUTED),
            ("<", 9.0, ConditionState.SUPPORTED),
            ("<", 2.5, ConditionState.UNRESOLVED),
            ("<", 0.5, ConditionState.REFUTED),
        ],
    )
    def test_says_what_the_interval_says(
        self, operator: str, threshold: float, state: ConditionState
    ) -> None:
        result = judge_condition(
            Condition(metric="sharpe_ratio", op=operator, threshold=threshold),
            measured=Measured(values={"sharpe_ratio": 2.54}, undefined={}),
            benchmark=None,
            evidence=good_evidence(),
        )

        assert result.state is state

    def test_is_absent_without_an_interval(self) -> None:
        result = judge_condition(
            Condition(metric="max_drawdown_pct", op="<", threshold=20.0),
            measured=Measured(values={"max_drawdown_pct": 4.0}, undefined={}),
            benchmark=None,
            evidence=good_evidence(),
        )

        assert result.state is None


class TestToJson:
    def test_leaves_out_what_does_not_exist(self) -> None:
        assert judged().to_json() == {
            "metric": "sharpe_ratio",
            "op": ">",
            "threshold": 0.5,
            "met": False,
            "undefined": "not_measured",
        }

    def test_keeps_zeros(self) -> None:
        answer = judged(sharpe_ratio=0.0, threshold=0.0).to_json()

        assert answer["value"] == 0.0
        assert answer["margin"] == 0.0
