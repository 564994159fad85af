"""The main use case, over real parts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from backtesting.terms import Direction, Fill, Sizing
from orchestrator.bootstrap import build_services
from orchestrator.deadline import Deadline
from orchestrator.errors import (
    BudgetExceededError,
    DataNotFoundError,
    InvalidRequestError,
    LedgerUnavailableError,
)
from orchestrator.ledger.values import RunFilter, RunKind
from orchestrator.parameters import load
from orchestrator.services import Answer, Asked, Services, Unchanged
from orchestrator.settings import Settings
from orchestrator.spec import (
    BacktestSpec,
    BarQuery,
    Condition,
    GateSpec,
    Include,
)
from orchestrator.strategies.registry import get_strategy
from orchestrator.strategies.sma_cross import SmaCrossParams

HELD = BacktestSpec(query=BarQuery(symbol="SP500"), sizing=Sizing(quantity=10.0))
CROSSED = replace(
    HELD, strategy_type="sma_cross", strategy_params=SmaCrossParams(fast=10, slow=30)
)
MILD = GateSpec(
    conditions=(Condition(metric="sharpe_ratio", op=">", threshold=0.1),),
    policy="literal",
)


def asked(caller: str = "agent", *etags: str) -> Asked:
    return Asked(caller=caller, document=b"{}", etags=frozenset(etags))


def ask(services: Services, spec: BacktestSpec, by: Asked | None = None) -> Answer:
    answer = services.backtests.answer(
        spec, by or asked(), deadline=Deadline.after(60.0)
    )
    assert isinstance(answer, Answer)
    return answer


class TestAnswer:
    def test_is_byte_equal_when_asked_again(self, services: Services) -> None:
        first = ask(services, replace(HELD, gate=MILD))

        assert ask(services, replace(HELD, gate=MILD)) == first

    def test_is_byte_equal_in_another_process_s_services(
        self, settings: Settings, services: Services
    ) -> None:
        first = ask(services, replace(CROSSED, gate=MILD))

        assert ask(build_services(settings), replace(CROSSED, gate=MILD)) == first

    def test_is_recorded_before_it_is_given(self, services: Services) -> None:
        answer = ask(services, replace(HELD, gate=MILD))

        stored = services.runs.get(answer.run_id)
        assert stored.answer == answer.body
        assert stored.summary.verdict == "pass"

    def test_counts_a_repeated_answer_as_a_re_look(self, services: Services) -> None:
        ask(services, HELD)
        ask(services, HELD)

        runs = services.runs.page(RunFilter()).runs
        assert [run.kind for run in runs] == [RunKind.RE_LOOK, RunKind.RUN]
        assert [run.trials for run in runs] == [1, 1]

    def test_fails_when_the_ledger_cannot_be_written(
        self, tmp_path: Path, settings: Settings
    ) -> None:
        gone = replace(settings, database_url=f"sqlite:///{tmp_path}/none/l.sqlite3")

        with pytest.raises(LedgerUnavailableError):
            ask(build_services(gone), replace(HELD, gate=MILD))

    def test_is_given_without_a_ledger_where_the_operator_chose_so(
        self, services_without_ledger: Services
    ) -> None:
        body = json.loads(ask(services_without_ledger, replace(HELD, gate=MILD)).body)

        assert body["gate"]["verdict"] == "pass"
        assert "trials_counted" not in body["evidence"]

    def test_is_refused_once_the_time_is_spent(self, services: Services) -> None:
        with pytest.raises(BudgetExceededError):
            services.backtests.answer(HELD, asked(), deadline=Deadline.after(-1.0))

    def test_resamples_equally_every_time(
        self, settings: Settings, services: Services
    ) -> None:
        spec = replace(HELD, include=frozenset({Include.BOOTSTRAP}))

        first = ask(services, spec)

        assert ask(build_services(settings), spec).body == first.body
        assert "bootstrap" in json.loads(first.body)["evidence"]


class TestAYearOfTheCallersOwn:
    def test_is_warned_of_and_not_enough_for_standard(self, services: Services) -> None:
        # 25,200 bars a year multiply a daily Sharpe ratio by ten.
        gate = replace(MILD, policy="standard")
        spec = replace(CROSSED, gate=gate, periods_per_year=25_200.0)

        body = json.loads(ask(services, spec).body)

        assert body["metrics"]["sharpe_ratio"] > 1.0
        assert body["gate"]["verdict"] == "insufficient_evidence"
        assert any("leave periods_per_year out" in r for r in body["gate"]["reasons"])

    def test_may_be_near_the_bars_own(self, services: Services) -> None:
        body = json.loads(ask(services, replace(HELD, periods_per_year=260.0)).body)

        codes = {warning["code"] for warning in body["warnings"]}
        assert "periods_per_year_differs" not in codes


class TestANegativeRate:
    def test_is_warned_of_and_not_enough_for_standard(self, services: Services) -> None:
        gate = replace(MILD, policy="standard")
        spec = replace(CROSSED, gate=gate, risk_free_rate=-0.5)

        body = json.loads(ask(services, spec).body)

        assert body["metrics"]["sharpe_ratio"] > 5.0
        assert body["gate"]["verdict"] == "insufficient_evidence"
        assert any("idle cash as skill" in r for r in body["gate"]["reasons"])


class TestTotalLoss:
    def test_is_no_evidence_for_anything(
        self, services: Services, data_dir: Path
    ) -> None:
        # By hand: a short of 100 from 10 loses more than its 2,000 of cash at 100.
        prices = [10.0, 10.0, 100.0, 90.0]
        rows = [
            f"2024-01-0{day},{price},{price},{price},{price},1"
            for day, price in enumerate(prices, start=1)
        ]
        header = "date,open,high,low,close,volume"
        (data_dir / "UP.csv").write_text("\n".join([header, *rows]) + "\n")
        signals = load(
            get_strategy("signals").params,
            {"signals": {"timestamp": ["2024-01-01"], "side": ["sell"]}},
            under="/strategy_params",
        )
        spec = replace(
            HELD,
            query=BarQuery(symbol="UP"),
            initial_cash=2_000.0,
            strategy_type="signals",
            strategy_params=signals,
            direction=Direction.SHORT,
            sizing=Sizing(quantity=100.0),
            gate=replace(MILD, policy="literal"),
        )

        body = json.loads(ask(services, spec).body)

        assert body["metrics"]["final_value"] < 0.0
        codes = {warning["code"] for warning in body["warnings"]}
        assert "equity_not_positive" in codes
        assert body["undefined_metrics"]["sharpe_ratio"] == "equity_not_positive"
        assert body["gate"]["verdict"] == "fail"
        reasons = body["evidence"]["undefined"]
        assert reasons["p_value_adjusted"] == "equity_not_positive"


class TestRunId:
    def test_is_the_same_when_a_default_is_spelled_out(
        self, services: Services
    ) -> None:
        implied = ask(services, HELD)
        spelled = ask(services, replace(HELD, fill=Fill.CLOSE, benchmark="SP500"))

        assert implied.run_id == spelled.run_id


class TestDraws:
    def test_are_not_changed_by_asking_otherwise(self, services: Services) -> None:
        resampled = replace(CROSSED, include=frozenset({Include.BOOTSTRAP}))
        asked_for = [
            resampled,
            replace(resampled, gate=MILD),
            replace(resampled, max_points=10),
            replace(
                resampled,
                include=frozenset({Include.BOOTSTRAP, Include.EQUITY_CURVE}),
            ),
        ]

        draws = [
            json.loads(ask(services, spec).body)["evidence"]["bootstrap"]
            for spec in asked_for
        ]

        assert len({json.dumps(each, sort_keys=True) for each in draws}) == 1


class TestTries:
    def test_rise_with_each_distinct_idea_of_a_caller(self, services: Services) -> None:
        ask(services, HELD)

        body = json.loads(ask(services, replace(CROSSED, gate=MILD)).body)

        assert body["evidence"]["trials_counted"] == 2

    def test_of_others_are_reported_beside_the_caller_s(
        self, services: Services
    ) -> None:
        ask(services, HELD, asked("another"))

        body = json.loads(ask(services, replace(CROSSED, gate=MILD)).body)

        assert body["evidence"]["trials_counted"] == 1
        assert body["evidence"]["trials_all_callers"] == 2

    def test_are_counted_on_a_file_however_it_is_spelled(
        self, services: Services, data_dir: Path
    ) -> None:
        (data_dir / "link.csv").symlink_to("SP500.csv")
        spelled = [
            BarQuery(symbol="SP500"),
            BarQuery(symbol="ABC", csv_path="SP500.csv"),
            BarQuery(symbol="ABC", csv_path="./SP500.csv"),
            BarQuery(symbol="ABC", csv_path=".//SP500.csv"),
            BarQuery(symbol="LINK"),
        ]

        counts = [
            json.loads(
                ask(
                    services,
                    replace(
                        CROSSED,
                        query=query,
                        sizing=Sizing(quantity=1.0 + number),
                        gate=MILD,
                    ),
                ).body
            )["evidence"]["trials_counted"]
            for number, query in enumerate(spelled)
        ]

        assert counts == [1, 2, 3, 4, 5]

    def test_can_be_raised_by_the_caller_and_never_lowered(
        self, services: Services
    ) -> None:
        ask(services, HELD)
        gate = replace(MILD, trials=1)

        lowered = json.loads(ask(services, replace(CROSSED, gate=gate)).body)
        raised = json.loads(
            ask(services, replace(CROSSED, gate=replace(gate, trials=20))).body
        )

        assert lowered["evidence"]["trials"] == 2
        assert raised["evidence"]["trials"] == 20
        assert (
            raised["evidence"]["p_value_adjusted"]
            > lowered["evidence"]["p_value_adjusted"]
        )


class TestEtag:
    def test_spares_a_caller_who_holds_the_answer(self, services: Services) -> None:
        first = ask(services, HELD)

        again = services.backtests.answer(
            HELD, asked("agent", first.etag), deadline=Deadline.after(60.0)
        )

        assert again == Unchanged(etag=first.etag)
        assert len(services.runs.page(RunFilter()).runs) == 1

    def test_of_a_verdict_changes_with_the_trials(self, services: Services) -> None:
        gated = replace(HELD, gate=MILD)
        first = ask(services, gated)
        held = asked("agent", first.etag)
        deadline = Deadline.after(60.0)

        unchanged = services.backtests.answer(gated, held, deadline=deadline)
        ask(services, CROSSED)
        changed = services.backtests.answer(gated, held, deadline=deadline)

        assert unchanged == Unchanged(etag=first.etag)
        assert isinstance(changed, Answer)
        assert json.loads(changed.body)["evidence"]["trials"] == 2

    def test_of_one_caller_is_not_another_s(self, services: Services) -> None:
        gated = replace(HELD, gate=MILD)
        first = ask(services, gated, asked("one"))

        other = services.backtests.answer(
            gated, asked("two", first.etag), deadline=Deadline.after(60.0)
        )

        assert isinstance(other, Answer)

    def test_changes_with_the_data(self, services: Services, data_dir: Path) -> None:
        first = ask(services, HELD)
        path = data_dir / "SP500.csv"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))

        again = services.backtests.answer(
            HELD, asked("agent", first.etag), deadline=Deadline.after(60.0)
        )

        assert isinstance(again, Answer)
        assert again.run_id != first.run_id


class TestVerdict:
    def test_is_short_and_the_ledger_keeps_it_whole(self, services: Services) -> None:
        short = services.backtests.verdict(
            replace(HELD, gate=MILD), asked(), deadline=Deadline.after(60.0)
        )

        assert len(short.body) < 1024
        assert json.loads(short.body)["verdict"] == "pass"
        stored = json.loads(services.runs.get(short.run_id).answer)
        assert stored["gate"]["verdict"] == "pass"
        assert stored["metrics"]["sharpe_ratio"] > 0.1

    def test_needs_conditions(self, services: Services) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            services.backtests.verdict(HELD, asked(), deadline=Deadline.after(60.0))

        assert caught.value.places[0].pointer == "/gate"


class TestBenchmark:
    def test_is_the_other_symbol_on_the_same_bars(
        self, services: Services, data_dir: Path
    ) -> None:
        # By hand: a constant benchmark earns nothing, and has no variance.
        rows = (data_dir / "SP500.csv").read_text().splitlines()
        flat = [f"{row.split(',')[0]},5,5,5,5,1" for row in rows[1:]]
        (data_dir / "FLAT.csv").write_text("\n".join([rows[0], *flat]) + "\n")

        body = json.loads(ask(services, replace(HELD, benchmark="FLAT")).body)

        assert body["benchmark"]["total_return_pct"] == 0.0
        assert body["undefined_metrics"]["beta"] == "zero_benchmark_variance"
        assert body["metrics"]["excess_return_pct"] == pytest.approx(
            body["metrics"]["total_return_pct"]
        )

    def test_may_begin_with_the_run(self, services: Services, data_dir: Path) -> None:
        (data_dir / "TWIN.csv").write_bytes((data_dir / "SP500.csv").read_bytes())

        body = json.loads(ask(services, replace(HELD, benchmark="TWIN")).body)

        codes = {warning["code"] for warning in body["warnings"]}
        assert "partial_window" not in codes
        assert body["assumptions"]["benchmark"] == "TWIN"

    def test_without_bars_is_not_replaced_by_the_sample(
        self, services: Services
    ) -> None:
        with pytest.raises(DataNotFoundError):
            ask(services, replace(HELD, benchmark="NOSUCH"))


class TestCheckLookahead:
    def test_finds_none_in_a_built_in_strategy(self, services: Services) -> None:
        found = services.backtests.validated(
            CROSSED, caller="alice", deadline=Deadline.after(60.0)
        )

        assert found["bars"] == 5031
        assert found["lookahead_found"] is False
        assert found["target_changes"] > 100


class TestVerify:
    def test_says_same_on_the_same_data(self, services: Services) -> None:
        stored = services.runs.get(ask(services, HELD).run_id)

        verification = services.runs.verify(stored, HELD, deadline=Deadline.after(60.0))

        assert verification.outcome == "same"
        assert verification.differences == ()

    def test_says_that_the_data_changed(
        self, services: Services, data_dir: Path
    ) -> None:
        stored = services.runs.get(ask(services, HELD).run_id)
        path = data_dir / "SP500.csv"
        path.write_text("".join(path.read_text().splitlines(keepends=True)[:-1]))

        verification = services.runs.verify(stored, HELD, deadline=Deadline.after(60.0))

        assert verification.outcome == "data_changed"
        assert "final_value" in {one.metric for one in verification.differences}

    def test_says_that_the_data_are_gone(
        self, services: Services, data_dir: Path
    ) -> None:
        stored = services.runs.get(ask(services, HELD).run_id)
        (data_dir / "SP500.csv").unlink()

        with pytest.raises(DataNotFoundError, match="are gone"):
            services.runs.verify(stored, HELD, deadline=Deadline.after(60.0))

    def test_says_where_a_run_differs(self, services: Services) -> None:
        stored = services.runs.get(ask(services, HELD).run_id)
        summary = replace(
            stored.summary, metrics={**stored.summary.metrics, "final_value": 1.0}
        )

        verification = services.runs.verify(
            replace(stored, summary=summary), HELD, deadline=Deadline.after(60.0)
        )

        assert verification.outcome == "differs"
        assert [one.metric for one in verification.differences] == ["final_value"]
