"""The evidence as a whole: names, units, undefined samples, what favors nobody."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from orchestrator.evidence import (
    FIGURE_NAMES,
    FIGURES,
    BootstrapPlan,
    Evidence,
    Holding,
    SampleFacts,
    Trials,
    weigh,
)
from orchestrator.evidence.normal import quantile_above, upper_tail
from tests.unit.evidence.test_luck import three_p_values

NOISE = np.random.default_rng(7).normal(0.0, 0.01, 1000)
RETURNS = NOISE - NOISE.mean() + 0.0008  # a Sharpe ratio near 1.3 a year
FACTS = SampleFacts(years=3.97, closed_trades=40, losing_trades=15)
FAVORABLE = {
    "dsr",
    "haircut_sharpe_ann",
    "p_value",
    "p_value_adjusted",
    "p_value_spent",
    "p_value_without_best_bar",
    "psr",
    "timing.p_value_excess",
}
CLOSE = 100.0 * np.cumprod(
    1.0 + np.random.default_rng(17).normal(0.0004, 0.01, RETURNS.size)
)


def evidence_of(
    returns: np.ndarray = RETURNS, *, trials: int = 1, **changes: object
) -> Evidence:
    known: dict[str, object] = {
        "periods_per_year": 252.0,
        "sample": FACTS,
        "trials": Trials(counted=trials),
    }
    return weigh(returns, **(known | changes))  # type: ignore[arg-type]


class TestWeigh:
    def test_annualizes_what_is_named_so(self) -> None:
        figures = evidence_of().figures
        ratio = RETURNS.mean() / RETURNS.std(ddof=1)

        assert figures["sharpe_ann"] == pytest.approx(ratio * math.sqrt(252))
        assert figures["sharpe_se_ann"] == max(
            figures["sharpe_se_iid_ann"], figures["sharpe_se_hac_ann"]
        )

    def test_has_the_largest_of_three_p_values(self) -> None:
        figures = evidence_of().figures

        p_value = max(three_p_values(RETURNS))
        assert figures["p_value"] == pytest.approx(p_value, rel=1e-8)
        assert figures["psr"] == pytest.approx(1.0 - p_value)

    def test_has_one_without_the_best_bar(self) -> None:
        rest = np.sort(RETURNS)[:-1]
        keeping_order = RETURNS[RETURNS.max() != RETURNS]

        found = evidence_of().figures["p_value_without_best_bar"]

        assert rest.size == keeping_order.size
        assert found == pytest.approx(max(three_p_values(keeping_order)), rel=1e-8)

    def test_spends_on_every_trial(self) -> None:
        figures = evidence_of(trials=3).figures

        assert figures["p_value_spent"] == pytest.approx(12.0 * figures["p_value"])

    def test_has_an_interval_of_1_96_errors(self) -> None:
        figures = evidence_of().figures

        half = 1.959963984540054 * figures["sharpe_se_ann"]
        assert figures["sharpe_ci_low_ann"] == pytest.approx(
            figures["sharpe_ann"] - half
        )
        assert figures["sharpe_ci_high_ann"] == pytest.approx(
            figures["sharpe_ann"] + half
        )

    def test_leaves_one_try_alone(self) -> None:
        figures = evidence_of().figures

        assert figures["p_value_adjusted"] == pytest.approx(figures["p_value"])
        assert figures["haircut_sharpe_ann"] == pytest.approx(figures["sharpe_ann"])
        assert figures["expected_max_sharpe_ann"] == 0.0
        assert figures["dsr"] == pytest.approx(figures["psr"])

    def test_lets_no_figure_improve_with_trials(self) -> None:
        few, many = evidence_of(trials=2).figures, evidence_of(trials=200).figures

        assert many["p_value_adjusted"] > few["p_value_adjusted"]
        assert many["haircut_sharpe_ann"] < few["haircut_sharpe_ann"]
        assert many["dsr"] < few["dsr"]

    def test_does_not_depend_on_how_a_year_is_counted(self) -> None:
        # Callers may choose the periods; they must not choose the p-value.
        daily, hourly = evidence_of(), evidence_of(periods_per_year=252.0 * 24)

        assert daily.figures["p_value"] == hourly.figures["p_value"]
        assert daily.figures["dsr"] == hourly.figures["dsr"]

    def test_takes_a_negative_rate_as_none(self) -> None:
        paid_to_wait = evidence_of(risk_free_rate=-0.5).figures["p_value"]

        assert paid_to_wait == evidence_of().figures["p_value"]

    def test_takes_a_positive_rate_off(self) -> None:
        plain = evidence_of().figures["sharpe_ann"]

        assert evidence_of(risk_free_rate=0.05).figures["sharpe_ann"] < plain

    def test_counts_the_sample(self) -> None:
        figures = evidence_of(trials=3).figures

        assert figures["sample.returns"] == 1000
        assert figures["sample.closed_trades"] == 40
        assert figures["trials"] == figures["trials_counted"] == 3
        assert "trials_all_callers" not in figures

    def test_says_why_a_losing_run_has_no_track_record(self) -> None:
        evidence = evidence_of(-RETURNS)

        assert evidence.undefined["min_trl_years"] == "sharpe_not_above_benchmark"
        assert evidence.figures["haircut_sharpe_ann"] == 0.0
        assert evidence.figures["p_value"] > 0.5

    @pytest.mark.parametrize(
        "returns",
        [
            np.array([]),
            np.array([0.5]),
            np.zeros(500),
            np.full(500, 0.001),
            np.array([0.2, -1.0, 0.5] * 30),
            np.array([0.2, -3.0, 0.5] * 30),
            np.append(RETURNS, np.nan),
            np.append(RETURNS, np.inf),
        ],
        ids=[
            "none", "one", "flat", "constant", "total loss", "below zero", "nan", "inf",
        ],
    )  # fmt: skip
    def test_gives_nothing_favorable_where_nothing_is_known(
        self, returns: np.ndarray
    ) -> None:
        evidence = evidence_of(
            returns, plan=BootstrapPlan(seed=1), drawdown_limit_pct=20.0
        )

        assert not FAVORABLE & set(evidence.figures)
        assert set(evidence.undefined) >= FAVORABLE
        assert evidence.sharpe is None
        assert evidence.bootstrap is None
        assert evidence.psr_above(-100.0) is None
        assert evidence.years_to_p_value(0.05) is None
        json.dumps(evidence.to_json(), allow_nan=False)

    @given(
        returns=arrays(np.float64, st.integers(0, 60), elements=st.floats(-2.0, 1e12)),
        trials=st.integers(1, 10**9),
        periods=st.floats(0.1, 1e7),
    )
    @settings(max_examples=100, deadline=None)
    def test_is_always_json(
        self, returns: np.ndarray, trials: int, periods: float
    ) -> None:
        evidence = evidence_of(
            returns,
            trials=trials,
            periods_per_year=periods,
            plan=BootstrapPlan(seed=1, resamples=5, block=5),
        )

        json.dumps(evidence.to_json(), allow_nan=False)
        assert not set(evidence.figures) & set(evidence.undefined)

    def test_names_only_declared_figures(self) -> None:
        evidence = weigh(
            RETURNS,
            periods_per_year=252.0,
            sample=FACTS,
            trials=Trials(counted=2, all_callers=9),
            holding=Holding(
                position=np.tile([1.0, 0.0], 500), close=np.cumprod(1 + RETURNS)
            ),
            plan=BootstrapPlan(seed=1),
            drawdown_limit_pct=20.0,
        )

        assert set(evidence.figures) == FIGURE_NAMES
        assert dict(evidence.undefined) == {}
        for figure in FIGURES:
            value = evidence.figures[figure.name]
            assert figure.lowest is None or value >= figure.lowest, figure.name
            assert figure.highest is None or value <= figure.highest, figure.name

    def test_judges_by_what_was_earned_beyond_the_drift(self) -> None:
        # Half a year's equity in a rising market, by the toss of a coin.
        draws = np.random.default_rng(3)
        position = np.repeat(draws.integers(0, 2, 100), 10) * 50.0
        holding = Holding(position=position, close=CLOSE, initial_cash=10_000.0)
        moves = np.append(0.0, CLOSE[1:] / CLOSE[:-1] - 1.0)
        equity = 10_000.0 + np.cumsum(
            np.append(0.0, position[:-1] * (CLOSE[1:] - CLOSE[:-1]))
        )
        returns = equity / np.append(10_000.0, equity[:-1]) - 1.0

        figures = evidence_of(returns, trials=5, holding=holding).figures

        weights = (position * CLOSE / equity)[:-1]
        beyond = returns - weights.mean() * moves
        excess = max(three_p_values(beyond))
        assert figures["timing.p_value_excess"] == pytest.approx(excess, rel=1e-8)
        judged = max(excess, figures["p_value"])
        assert judged > figures["p_value"]
        assert figures["p_value_adjusted"] == pytest.approx(1.0 - (1.0 - judged) ** 5)

    def test_asks_no_timing_of_who_only_holds(self) -> None:
        holding = Holding(
            position=np.ones(1000), close=np.cumprod(1.0 + RETURNS), claims_timing=False
        )

        figures = evidence_of(holding=holding).figures

        assert figures["p_value_adjusted"] == pytest.approx(figures["p_value"])

    def test_shows_nothing_where_timing_is_undefined(self) -> None:
        # All of its equity, always: nothing is left beyond the drift.
        close = np.cumprod(1.0 + RETURNS)
        returns = np.append(0.0, close[1:] / close[:-1] - 1.0)
        holding = Holding(position=np.ones(1000), close=close, initial_cash=close[0])

        evidence = evidence_of(returns, holding=holding)

        assert evidence.figures["p_value"] < 0.05
        for name in ("p_value_adjusted", "p_value_spent", "haircut_sharpe_ann"):
            assert evidence.undefined[name] == "zero_variance"
        assert evidence.years_to_p_value(0.05) is None

    def test_says_why_there_is_no_timing_test(self) -> None:
        assert evidence_of().undefined["timing.p_value"] == "positions_unknown"

    def test_says_why_there_is_no_bootstrap(self) -> None:
        evidence = evidence_of(RETURNS[:30], plan=BootstrapPlan(seed=1))

        assert evidence.undefined["bootstrap.max_drawdown_pct_p95"] == "too_few_returns"


class TestEvidence:
    def test_nests_its_json_by_dots(self) -> None:
        answer = evidence_of().to_json()

        assert answer["sample"] == {
            "returns": 1000,
            "years": 3.97,
            "closed_trades": 40,
            "losing_trades": 15,
            "missing_pct": 0.0,
        }
        assert answer["undefined"] == {
            "timing.p_value": "positions_unknown",
            "timing.p_value_excess": "positions_unknown",
        }

    def test_judges_an_annual_threshold(self) -> None:
        evidence = evidence_of()

        assert evidence.psr_above(0.0) == pytest.approx(evidence.figures["psr"])
        assert evidence.psr_above(evidence.figures["sharpe_ann"]) == pytest.approx(0.5)

    def test_judges_it_after_the_trials(self) -> None:
        once, often = evidence_of(), evidence_of(trials=20)
        first = once.psr_above(0.3)
        assert first is not None

        assert often.psr_above(0.3) == pytest.approx(first**20)

    def test_knows_how_long_it_takes(self) -> None:
        # Four times the data halve the error and double z.
        evidence = evidence_of(trials=20)
        years = evidence.years_to_p_value(0.0001)
        assert years is not None

        longer = (FACTS.years + years) / FACTS.years
        z = quantile_above(evidence.figures["p_value"]) * math.sqrt(longer)

        assert -math.expm1(20 * math.log1p(-upper_tail(z))) == pytest.approx(0.0001)

    def test_needs_no_more_when_it_is_enough(self) -> None:
        assert evidence_of().years_to_p_value(0.4) == 0.0


class TestSampleFacts:
    @pytest.mark.parametrize(
        ("years", "closed", "losing"),
        [(-1.0, 0, 0), (math.nan, 0, 0), (math.inf, 0, 0), (1.0, 2, 3), (1.0, -1, -1)],
    )
    def test_refuses_what_cannot_be(
        self, years: float, closed: int, losing: int
    ) -> None:
        with pytest.raises(ValueError, match=r"trades|years"):
            SampleFacts(years=years, closed_trades=closed, losing_trades=losing)
