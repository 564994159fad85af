"""What a ledger records, and when it cannot."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.errors import (
    InvalidRequestError,
    LedgerUnavailableError,
    RunNotFoundError,
)
from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import Ruling, RunFilter, RunKind, Trials
from orchestrator.ledger.verification.verify import verify
from tests.unit.ledger.builders import attempt, passes, without_gate


@pytest.fixture
def decisions(ledger_url: str) -> Iterator[SqlLedger]:
    opened = SqlLedger(ledger_url, decisions_only=True)
    yield opened
    opened.close()


class TestRecord:
    def test_numbers_rows_without_gaps(self, ledger: SqlLedger) -> None:
        sequences = [ledger.record(attempt(n), passes).sequence for n in "abc"]

        assert sequences == [1, 2, 3]

    def test_gives_the_judge_the_trials_it_records(self, ledger: SqlLedger) -> None:
        ledger.record(attempt("a"), passes)

        recorded = ledger.record(attempt("b"), passes)

        assert recorded.ruling.answer == b'{"status":"ok","trials":2}'
        assert ledger.get(attempt("b").run_id).summary.trials == 2

    def test_records_nothing_when_the_judge_raises(
        self, ledger: SqlLedger, database: Database
    ) -> None:
        def refuse(trials: Trials) -> Ruling:
            raise InvalidRequestError("no such policy")

        with pytest.raises(InvalidRequestError, match="no such policy"):
            ledger.record(attempt("a"), refuse)

        assert ledger.record(attempt("b"), passes).trials.caller == 1
        assert verify(database).records == 1

    def test_keeps_a_large_answer_byte_for_byte(self, ledger: SqlLedger) -> None:
        answer = b'{"equity_curve":[%s]}' % b",".join(b"%d" % n for n in range(9999))

        ledger.record(attempt("a"), lambda _: Ruling(answer=answer))

        assert ledger.get(attempt("a").run_id).answer == answer

    @pytest.mark.parametrize(
        "caller",
        ["", "a\nb", "nul\0", "half \ud800", "x" * 129],
        ids=["empty", "line break", "NUL", "half a surrogate pair", "long"],
    )
    def test_refuses_a_caller_no_database_would_take(self, caller: str) -> None:
        with pytest.raises(InvalidRequestError, match="printable"):
            attempt("a", caller=caller)


class TestKind:
    def test_tells_runs_decisions_and_re_looks_apart(self, ledger: SqlLedger) -> None:
        ledger.record(attempt("a"), without_gate)
        ledger.record(attempt("b"), passes)
        ledger.record(attempt("b", re_look=True), passes)

        kinds = [run.kind for run in ledger.page(RunFilter()).runs]

        assert kinds == [RunKind.RE_LOOK, RunKind.DECISION, RunKind.RUN]


class TestDecisionsOnly:
    def test_records_judged_runs_alone(self, decisions: SqlLedger) -> None:
        ungated = decisions.record(attempt("a"), without_gate)
        decisions.record(attempt("b"), passes)

        runs = decisions.page(RunFilter()).runs

        assert ungated.sequence is None
        assert [run.run_id for run in runs] == [attempt("b").run_id]
        with pytest.raises(RunNotFoundError):
            decisions.get(attempt("a").run_id)

    def test_counts_the_trials_of_the_others_all_the_same(
        self, decisions: SqlLedger, database: Database
    ) -> None:
        decisions.record(attempt("a"), without_gate)

        assert decisions.record(attempt("b"), passes).trials.caller == 2
        assert verify(database).is_intact


class TestAvailability:
    def test_is_missing_before_the_first_upgrade(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.sqlite3"
        ledger = SqlLedger(f"sqlite:///{path}")

        with pytest.raises(LedgerUnavailableError, match="db upgrade"):
            ledger.check()
        with pytest.raises(LedgerUnavailableError):
            ledger.record(attempt("a"), passes)
        assert not path.exists()

    def test_raises_before_an_export_begins(self, tmp_path: Path) -> None:
        ledger = SqlLedger(f"sqlite:///{tmp_path}/none.sqlite3")

        with pytest.raises(LedgerUnavailableError):
            ledger.export(RunFilter())

    def test_names_no_path(self, tmp_path: Path) -> None:
        ledger = SqlLedger(f"sqlite:///{tmp_path}/none.sqlite3")

        with pytest.raises(
            LedgerUnavailableError, match="ORCHESTRATOR_DATABASE_URL"
        ) as caught:
            ledger.check()
        assert str(tmp_path) not in caught.value.detail

    def test_says_when_no_server_answers(self) -> None:
        ledger = SqlLedger("postgresql://nobody@127.0.0.1:1/none")

        with pytest.raises(LedgerUnavailableError) as caught:
            ledger.record(attempt("a"), passes)
        assert caught.value.retry_after == 1.0

    def test_holds_once_upgraded(self, ledger: SqlLedger) -> None:
        ledger.check()


class TestALongAnswer:
    def test_is_judged_before_the_record_is_locked(self, ledger: SqlLedger) -> None:
        """Another writer gets its turn while it is judged and packed."""
        seen: list[int] = []

        def judge(trials: Trials) -> Ruling:
            if not seen:
                ledger.record(attempt("between", caller="bob"), passes)
            seen.append(trials.everyone)
            return passes(trials)

        recorded = ledger.record(attempt("a"), judge, is_long=True)

        # Judged of one trial, and anew of two, as one came between.
        assert seen == [1, 2]
        assert recorded.sequence == 2
        assert recorded.trials.everyone == 2

    def test_is_judged_once_where_nothing_came_between(self, ledger: SqlLedger) -> None:
        seen: list[int] = []

        def judge(trials: Trials) -> Ruling:
            seen.append(trials.caller)
            return passes(trials)

        ledger.record(attempt("a"), judge, is_long=True)
        ledger.record(attempt("b"), judge, is_long=True)

        assert seen == [1, 2]
