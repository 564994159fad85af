"""Every way evidence can fall short: the border, the reason and the cure."""

from __future__ import annotations

import dataclasses
import math
import re

import numpy as np
import pytest

from orchestrator.evidence import SampleFacts, Trials
from orchestrator.gate import Outcome, needs_of
from orchestrator.gate.sufficiency import drawdown_limit, sharpe_threshold
from orchestrator.schemas.conditions import parse_conditions
from tests.unit.gate.builders import (
    CONDITIONS,
    GOOD_FACTS,
    GOOD_RETURNS,
    good_evidence,
    policy,
    verdict_of,
)

INSUFFICIENT = Outcome.INSUFFICIENT_EVIDENCE


def facts(**changes: float) -> SampleFacts:
    return dataclasses.replace(GOOD_FACTS, **changes)  # type: ignore[arg-type]


class TestGoodRun:
    @pytest.mark.parametrize("by", ["literal", "standard", "strict"])
    def test_passes_every_policy(self, by: str) -> None:
        verdict = verdict_of(by=by)

        assert verdict.outcome is Outcome.PASS
        assert verdict.warnings == ()


class TestSample:
    @pytest.mark.parametrize(("count", "outcome"), [(59, INSUFFICIENT), (60, None)])
    def test_needs_sixty_returns(self, count: int, outcome: Outcome | None) -> None:
        evidence = good_evidence(returns=np.tile([0.01, 0.02, 0.015], 20)[:count])

        verdict = verdict_of(evidence=evidence)

        codes = [reason.code for reason in verdict.reasons]
        assert ("too_few_returns" in codes) is (outcome is INSUFFICIENT)

    def test_names_the_bars_it_needs(self) -> None:
        verdict = verdict_of(evidence=good_evidence(returns=GOOD_RETURNS[:21]))

        assert "21 returns of 60: needs 39 more bars" in [
            reason.detail for reason in verdict.reasons
        ]

    @pytest.mark.parametrize(
        ("years", "enough"),
        [(1.5, True), (547 / 365.25, True), (545 / 365.25, False), (0.0, False)],
    )
    def test_needs_a_year_and_a_half(self, years: float, enough: bool) -> None:
        verdict = verdict_of(evidence=good_evidence(facts=facts(years=years)))

        assert (verdict.outcome is Outcome.PASS) is enough
        assert ("too_short" in [r.code for r in verdict.reasons]) is not enough

    def test_names_the_years_it_needs(self) -> None:
        verdict = verdict_of(evidence=good_evidence(facts=facts(years=0.25)))

        assert "needs about 1.3 more years of data" in verdict.reasons[0].detail


class TestCrashProne:
    # Small gains and a rare loss, five years of daily returns: a skewness near -5.
    RETURNS = np.where(np.arange(1260) % 30 == 29, -0.01, 0.0008) + GOOD_RETURNS / 50

    @pytest.mark.parametrize(("years", "enough"), [(2.99, False), (3.0, True)])
    def test_strict_needs_three_years(self, years: float, enough: bool) -> None:
        evidence = good_evidence(returns=self.RETURNS, facts=facts(years=years))
        assert evidence.figures["skewness"] < -1.0

        found = {
            r.code: r.detail for r in verdict_of(by="strict", evidence=evidence).reasons
        }

        assert ("too_short" in found) is not enough
        if not enough:
            assert "where returns have a skewness of -" in found["too_short"]

    def test_asks_no_more_of_other_returns(self) -> None:
        evidence = good_evidence(facts=facts(years=2.0))

        assert verdict_of(by="strict", evidence=evidence).outcome is Outcome.PASS


class TestSpending:
    def test_holds_at_the_border(self) -> None:
        evidence = good_evidence(trials=Trials(counted=20))
        spent = evidence.figures["p_value_spent"]
        at = dataclasses.replace(policy("standard"), max_p_value_spent=spent)
        under = dataclasses.replace(at, max_p_value_spent=math.nextafter(spent, 0.0))

        assert verdict_of(by=at, evidence=evidence).outcome is Outcome.PASS
        verdict = verdict_of(by=under, evidence=evidence)
        assert [reason.code for reason in verdict.reasons] == ["trials_not_paid"]
        assert "trial 20 in sequence, times 20 x 21," in verdict.reasons[0].detail

    def test_is_short_where_it_is_undefined(self) -> None:
        evidence = good_evidence(returns=np.zeros(1260))
        alone = dataclasses.replace(
            policy("standard"), max_p_value_adjusted=1.0, max_p_value_spent=0.05
        )

        codes = [r.code for r in verdict_of(by=alone, evidence=evidence).reasons]

        assert codes == ["trials_not_paid"]


class TestTrades:
    @pytest.mark.parametrize(("closed", "enough"), [(29, False), (30, True)])
    def test_needs_thirty(self, closed: int, enough: bool) -> None:
        evidence = good_evidence(facts=facts(closed_trades=closed))

        assert (verdict_of(evidence=evidence).outcome is Outcome.PASS) is enough

    def test_names_the_trades_it_needs(self) -> None:
        evidence = good_evidence(facts=facts(closed_trades=12, losing_trades=4))

        verdict = verdict_of(evidence=evidence)

        assert verdict.outcome is INSUFFICIENT
        assert verdict.reasons[0].detail == (
            "12 closed trades of 30: needs 18 more closed trades"
        )

    def test_needs_a_loss(self) -> None:
        verdict = verdict_of(evidence=good_evidence(facts=facts(losing_trades=0)))

        assert verdict.outcome is INSUFFICIENT
        assert [reason.code for reason in verdict.reasons] == ["no_losing_trade"]

    def test_does_not_ask_trades_of_buy_and_hold(self) -> None:
        evidence = good_evidence(facts=facts(closed_trades=0, losing_trades=0))

        verdict = verdict_of(evidence=evidence, strategy="buy_and_hold")

        assert verdict.outcome is Outcome.PASS

    def test_asks_a_loss_of_a_buy_and_hold_that_closes_trades(self) -> None:
        evidence = good_evidence(facts=facts(closed_trades=5, losing_trades=0))

        verdict = verdict_of(evidence=evidence, strategy="buy_and_hold")

        assert [reason.code for reason in verdict.reasons] == ["no_losing_trade"]

    @pytest.mark.parametrize("strategy", ["", "Buy_and_hold", "buy_and_hold2"])
    def test_excuses_nobody_else(self, strategy: str) -> None:
        evidence = good_evidence(facts=facts(closed_trades=0, losing_trades=0))

        assert verdict_of(evidence=evidence, strategy=strategy).outcome is INSUFFICIENT


class TestPValue:
    def test_holds_at_the_border(self) -> None:
        evidence = good_evidence()
        p_value = evidence.figures["p_value_adjusted"]
        at = dataclasses.replace(policy("standard"), max_p_value_adjusted=p_value)
        under = dataclasses.replace(
            at, max_p_value_adjusted=math.nextafter(p_value, 0.0)
        )

        assert verdict_of(by=at, evidence=evidence).outcome is Outcome.PASS
        assert verdict_of(by=under, evidence=evidence).outcome is INSUFFICIENT

    def test_falls_with_the_trials_a_caller_claims(self) -> None:
        evidence = good_evidence(trials=Trials(counted=1, claimed=100_000_000))

        verdict = verdict_of(evidence=evidence)

        assert [reason.code for reason in verdict.reasons] == ["could_be_luck"]
        assert "after 100000000 trials" in verdict.reasons[0].detail

    def test_names_the_years_it_needs(self) -> None:
        returns = GOOD_RETURNS - 0.0006  # a Sharpe ratio near 0.6
        evidence = good_evidence(returns=returns)
        more = evidence.years_to_p_value(0.05)
        assert more is not None

        detail = verdict_of(evidence=evidence).reasons[0].detail

        shown = re.search(r"needs about ([\d.]+) more years at this Sharpe", detail)
        assert shown is not None
        assert float(shown[1]) == pytest.approx(more, abs=0.1)

    def test_says_when_no_data_would_do(self) -> None:
        evidence = good_evidence(returns=-GOOD_RETURNS)

        assert "no length of data is enough" in verdict_of(
            evidence=evidence
        ).reasons[0].detail  # fmt: skip

    @pytest.mark.parametrize(
        "returns",
        [np.zeros(500), np.full(500, 0.01), np.full(500, np.nan), np.full(500, -2.0)],
        ids=["flat", "constant", "nan", "below zero"],
    )
    def test_is_short_where_it_is_undefined(self, returns: np.ndarray) -> None:
        verdict = verdict_of(evidence=good_evidence(returns=returns))

        assert verdict.outcome is INSUFFICIENT
        assert "p_value_undefined" in [reason.code for reason in verdict.reasons]


class TestStrict:
    def test_needs_the_threshold_shown(self) -> None:
        verdict = verdict_of(("sharpe_ratio > 2.4",), by="strict")

        assert [reason.code for reason in verdict.reasons] == ["sharpe_not_shown"]
        assert verdict_of(("sharpe_ratio > 2.4",)).outcome is Outcome.PASS

    def test_holds_at_the_border(self) -> None:
        evidence = good_evidence()
        shown = evidence.psr_above(0.5)
        assert shown is not None
        at = dataclasses.replace(policy("strict"), min_psr=shown)
        over = dataclasses.replace(at, min_psr=math.nextafter(shown, 2.0))

        assert verdict_of(by=at, evidence=evidence).outcome is Outcome.PASS
        assert verdict_of(by=over, evidence=evidence).outcome is INSUFFICIENT

    def test_needs_the_drawdown_shown(self) -> None:
        verdict = verdict_of(("max_drawdown_pct < 4.5",), by="strict")

        assert [reason.code for reason in verdict.reasons] == ["drawdown_not_shown"]

    def test_holds_at_the_border_of_the_drawdown(self) -> None:
        evidence = good_evidence()
        assert evidence.bootstrap is not None
        share = evidence.bootstrap.probability_of_drawdown_over(4.5)
        at = dataclasses.replace(policy("strict"), max_drawdown_probability=share)
        under = dataclasses.replace(
            at, max_drawdown_probability=math.nextafter(share, 0.0)
        )
        gate = ("max_drawdown_pct < 4.5",)

        assert verdict_of(gate, by=at, evidence=evidence).outcome is Outcome.PASS
        assert verdict_of(gate, by=under, evidence=evidence).outcome is INSUFFICIENT

    def test_does_not_pass_without_the_bootstrap(self) -> None:
        verdict = verdict_of(by="strict", evidence=good_evidence(resampled=False))

        assert [reason.code for reason in verdict.reasons] == ["drawdown_not_shown"]

    def test_asks_for_the_bootstrap(self) -> None:
        needs = needs_of(parse_conditions(CONDITIONS), policy("strict"))

        assert needs.bootstrap
        assert needs.drawdown_limit_pct == 20.0

    def test_asks_for_none_where_nothing_needs_it(self) -> None:
        assert not needs_of(parse_conditions(CONDITIONS), policy("standard")).bootstrap
        assert not needs_of(
            parse_conditions(["sharpe_ratio > 1"]), policy("strict")
        ).bootstrap

    def test_asks_for_it_where_a_condition_names_it(self) -> None:
        gate = parse_conditions(["evidence.bootstrap.max_drawdown_pct_p95 < 30"])

        assert needs_of(gate, policy("literal")).bootstrap


class TestThresholds:
    def test_take_the_tightest_of_several(self) -> None:
        gate = parse_conditions(
            [
                "sharpe_ratio > 0.5",
                "sharpe_ratio >= 0.9",
                "sharpe_ratio < 8",
                "max_drawdown_pct < 30",
                "max_drawdown_pct <= 20",
                "max_drawdown_pct > 1",
                "benchmark.max_drawdown_pct < 3",
                "benchmark.sharpe_ratio > 3",
            ]
        )

        assert sharpe_threshold(gate) == 0.9
        assert drawdown_limit(gate) == 20.0

    def test_are_zero_and_none_where_there_is_no_condition(self) -> None:
        gate = parse_conditions(["cagr > 1"])

        assert sharpe_threshold(gate) == 0.0
        assert drawdown_limit(gate) is None

    def test_never_ask_for_less_than_a_positive_ratio(self) -> None:
        assert sharpe_threshold(parse_conditions(["sharpe_ratio > -5"])) == 0.0

    def test_keep_a_limit_of_zero(self) -> None:
        assert drawdown_limit(parse_conditions(["max_drawdown_pct <= 0"])) == 0.0


class TestData:
    @pytest.mark.parametrize(
        "code", ["partial_window", "sample_data", "stale_data", "old_data"]
    )
    @pytest.mark.parametrize("by", ["standard", "strict"])
    def test_makes_the_evidence_insufficient(self, code: str, by: str) -> None:
        verdict = verdict_of(by=by, warnings=("few_trades", code))

        assert verdict.outcome is INSUFFICIENT
        assert [reason.code for reason in verdict.reasons] == [code]
        assert verdict.reasons[0].detail.startswith(f"detail of {code}; ")

    def test_does_not_mind_other_warnings(self) -> None:
        assert verdict_of(warnings=("zero_volume",)).outcome is Outcome.PASS

    def test_minds_a_small_position_only_where_a_drawdown_is_judged(self) -> None:
        sharpe = ["sharpe_ratio > 0.5"]
        drawdown = [*sharpe, "max_drawdown_pct < 20"]

        for conditions, outcome in ((sharpe, Outcome.PASS), (drawdown, INSUFFICIENT)):
            verdict = verdict_of(conditions, warnings=("low_exposure",))
            assert verdict.outcome is outcome

    @pytest.mark.parametrize(
        ("missing", "outcome"), [(0.0, Outcome.PASS), (2.0, Outcome.PASS), (2.1, None)]
    )
    def test_minds_holes_above_two_percent(
        self, missing: float, outcome: Outcome | None
    ) -> None:
        evidence = good_evidence()
        sample = dataclasses.replace(evidence.sample, missing_pct=missing)

        verdict = verdict_of(evidence=dataclasses.replace(evidence, sample=sample))

        assert verdict.outcome is (outcome or INSUFFICIENT)
        if outcome is None:
            assert [reason.code for reason in verdict.reasons] == ["bars_missing"]

    def test_is_the_operators_to_choose(self) -> None:
        relaxed = dataclasses.replace(policy("standard"), insufficient_on=())
        timeless = dataclasses.replace(relaxed, max_age_days=1e6)

        assert verdict_of(by=timeless, warnings=("old_data",)).outcome is Outcome.PASS
        assert verdict_of(by=relaxed, warnings=("old_data",)).outcome is INSUFFICIENT

    def test_of_the_sample_is_not_the_operators_to_choose(self) -> None:
        relaxed = dataclasses.replace(policy("standard"), insufficient_on=())

        assert verdict_of(by=relaxed, warnings=("sample_data",)).outcome is INSUFFICIENT

    def test_needs_somebody_to_count_the_trials(self) -> None:
        evidence = good_evidence(trials=Trials(counted=None, claimed=3))

        verdict = verdict_of(evidence=evidence)

        assert [reason.code for reason in verdict.reasons] == ["trials_uncounted"]
