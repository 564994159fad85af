"""The verdict: what fails, what passes, what is not shown, and how it is said."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting.metrics import Measured
from orchestrator.evidence import SampleFacts
from orchestrator.gate import Outcome, Verdict, judge
from tests.unit.gate.builders import (
    GOOD_METRICS,
    good_evidence,
    policy,
    verdict_of,
)

POOR = good_evidence(facts=SampleFacts(years=0.1, closed_trades=1, losing_trades=0))
POLICIES = ["literal", "standard", "strict"]


class TestFail:
    @pytest.mark.parametrize("by", POLICIES)
    def test_comes_before_evidence(self, by: str) -> None:
        verdict = verdict_of(("sharpe_ratio > 9",), by=by, evidence=POOR)

        assert verdict.outcome is Outcome.FAIL
        assert [r.detail for r in verdict.reasons] == [
            "sharpe_ratio is 2.54, not above 9"
        ]

    @pytest.mark.parametrize("by", POLICIES)
    @pytest.mark.parametrize("op", [">", ">=", "<", "<="])
    def test_follows_an_undefined_metric(self, by: str, op: str) -> None:
        verdict = verdict_of(
            (f"calmar_ratio {op} 0",),
            by=by,
            undefined={"calmar_ratio": "no_drawdown"},
        )

        assert verdict.outcome is Outcome.FAIL
        assert verdict.reasons[0].detail == (
            "calmar_ratio is undefined: equity never fell under its peak (no_drawdown)"
        )

    @pytest.mark.parametrize("by", POLICIES)
    def test_follows_a_metric_nobody_measured(self, by: str) -> None:
        assert verdict_of(("cagr > -99",), by=by).outcome is Outcome.FAIL

    @pytest.mark.parametrize("position", [0, 1, 2])
    def test_follows_one_unmet_condition_of_many(self, position: int) -> None:
        gate = ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"]
        gate.insert(position, "sharpe_ratio < 1")

        verdict = verdict_of(tuple(gate))

        assert verdict.outcome is Outcome.FAIL
        assert len(verdict.reasons) == 1

    def test_names_every_unmet_condition(self) -> None:
        verdict = verdict_of(("sharpe_ratio > 9", "max_drawdown_pct < 1", "cagr > 1"))

        assert len(verdict.reasons) == 3

    def test_follows_an_empty_run(self) -> None:
        assert verdict_of(values={}).outcome is Outcome.FAIL


class TestLiteral:
    def test_passes_on_the_conditions_alone_and_warns(self) -> None:
        verdict = verdict_of(by="literal", evidence=POOR, warnings=("old_data",))

        assert verdict.outcome is Outcome.PASS
        assert {warning.code for warning in verdict.warnings} == {"weak_evidence"}
        assert len(verdict.warnings) == 4

    def test_warns_where_nothing_was_weighed(self) -> None:
        verdict = verdict_of(by="literal", weighed=False)

        assert verdict.outcome is Outcome.PASS
        assert [w.detail for w in verdict.warnings] == ["the run was not weighed"]


class TestNeverPassed:
    @pytest.mark.parametrize("code", ["sample_data", "no_trades", "future_bars"])
    @pytest.mark.parametrize("by", ["literal", "standard", "strict"])
    def test_is_insufficient_under_every_policy(self, by: str, code: str) -> None:
        verdict = verdict_of(by=by, warnings=(code,))

        assert verdict.outcome is Outcome.INSUFFICIENT_EVIDENCE
        assert [reason.code for reason in verdict.reasons] == [code]
        assert verdict.reasons[0].detail.startswith(f"detail of {code}; ")

    def test_fails_all_the_same_where_a_condition_is_not_met(self) -> None:
        values = {"sharpe_ratio": 0.1, "max_drawdown_pct": 4.0}

        verdict = verdict_of(by="literal", values=values, warnings=("no_trades",))

        assert verdict.outcome is Outcome.FAIL


class TestEnforced:
    @pytest.mark.parametrize("by", ["standard", "strict"])
    def test_does_not_pass_without_evidence(self, by: str) -> None:
        verdict = verdict_of(by=by, weighed=False)

        assert verdict.outcome is Outcome.INSUFFICIENT_EVIDENCE

    @pytest.mark.parametrize("by", ["standard", "strict"])
    def test_names_every_shortfall(self, by: str) -> None:
        verdict = verdict_of(by=by, evidence=POOR)

        assert verdict.outcome is Outcome.INSUFFICIENT_EVIDENCE
        assert [reason.code for reason in verdict.reasons] == [
            "too_short",
            "too_few_closed_trades",
            "no_losing_trade",
        ]


class TestJudge:
    def test_refuses_to_judge_nothing(self) -> None:
        with pytest.raises(ValueError, match="at least one condition"):
            judge(
                [],
                policy=policy("literal"),
                measured=Measured(values=GOOD_METRICS, undefined={}),
                benchmark=None,
                evidence=None,
                strategy_type="sma_cross",
            )

    def test_always_gives_a_reason(self) -> None:
        for by, evidence in itertools.product(POLICIES, (POOR, good_evidence())):
            assert verdict_of(by=by, evidence=evidence).reasons

    @given(
        values=st.dictionaries(
            st.sampled_from(["sharpe_ratio", "max_drawdown_pct"]), st.floats()
        ),
        by=st.sampled_from(POLICIES),
        years=st.floats(0.0, 3.0),
        closed=st.integers(0, 60),
        losing=st.integers(0, 3),
    )
    @settings(max_examples=100, deadline=None)
    def test_never_passes_what_the_rules_forbid(
        self,
        values: dict[str, float],
        by: str,
        years: float,
        closed: int,
        losing: int,
    ) -> None:
        facts = SampleFacts(
            years=years, closed_trades=closed, losing_trades=min(losing, closed)
        )

        verdict = verdict_of(values=values, by=by, evidence=good_evidence(facts=facts))

        json.dumps(verdict.to_json(), allow_nan=False)
        if verdict.outcome is Outcome.PASS:
            assert 0.5 < values["sharpe_ratio"] < float("inf")
            assert -float("inf") < values["max_drawdown_pct"] < 20
            if by != "literal":
                assert years >= 0.995
                assert closed >= 30
                assert losing >= 1


class TestToJson:
    def test_says_what_it_was_judged_by(self) -> None:
        answer = verdict_of(by="strict").to_json()

        strict = policy("strict")
        assert answer["policy"] == {
            "name": "strict",
            "version": strict.version,
            "hash": strict.sha256(),
            "rules": strict.rules(),
        }
        assert answer["verdict"] == "pass"
        assert answer["reasons"] == ["all 2 conditions are met"]
        assert "warnings" not in answer

    def test_shows_each_condition(self) -> None:
        answer = verdict_of(("max_drawdown_pct < 20",)).to_json()

        assert answer["conditions"] == [
            {
                "metric": "max_drawdown_pct",
                "op": "<",
                "threshold": 20.0,
                "met": True,
                "value": 4.0,
                "margin": 16.0,
            }
        ]


class TestToShortJson:
    def test_keeps_everything_that_fits_in_the_callers_order(self) -> None:
        verdict = verdict_of(("max_drawdown_pct < 20", "sharpe_ratio > 9"))

        short = verdict.to_short_json()

        assert short["conditions"] == [c.to_json() for c in verdict.conditions]
        assert "omitted" not in short

    @pytest.mark.parametrize("limit", [300, 600, 900])
    def test_stays_under_its_limit(self, limit: int) -> None:
        verdict = self.long_one()

        short = verdict.to_short_json(limit)

        assert len(json.dumps(short)) <= limit
        assert short["verdict"] == "fail"
        assert short["omitted"] == 51 - len(short["conditions"]) - len(short["reasons"])  # type: ignore[arg-type]

    def test_shows_warnings_as_the_whole_one_does(self) -> None:
        verdict = verdict_of(by="literal", weighed=False)

        assert verdict.to_short_json()["warnings"] == verdict.to_json()["warnings"]

    def test_leaves_out_what_is_met_first(self) -> None:
        shown = self.long_one().to_short_json()["conditions"]

        assert isinstance(shown, list)
        assert "sharpe_ratio" in {condition["metric"] for condition in shown}

    def long_one(self) -> Verdict:
        gate = [f"max_drawdown_pct < {20 + n}" for n in range(49)]
        return verdict_of((*gate, "sharpe_ratio > 9"))
