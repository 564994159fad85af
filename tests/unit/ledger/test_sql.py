"""What a ledger records, and how it is read back."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from orchestrator.errors import (
    InvalidRequestError,
    LedgerUnavailableError,
    RunNotFoundError,
)
from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import Kind, Ruling, RunFilter, Tries
from orchestrator.ledger.verifying import verify
from tests.unit.ledger.builders import END, START, attempt, passes, without_gate

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


class Clock:
    """A clock that moves a minute each time it is read."""

    def __init__(self) -> None:
        self.time = NOON - timedelta(minutes=1)

    def __call__(self) -> datetime:
        self.time += timedelta(minutes=1)
        return self.time


@pytest.fixture
def decisions(ledger_url: str) -> Iterator[SqlLedger]:
    opened = SqlLedger(ledger_url, decisions_only=True)
    yield opened
    opened.close()


@pytest.fixture
def timed(ledger_url: str) -> Iterator[SqlLedger]:
    opened = SqlLedger(ledger_url, clock=Clock())
    yield opened
    opened.close()


class TestRecord:
    def test_numbers_rows_without_gaps(self, ledger: SqlLedger) -> None:
        sequences = [ledger.record(attempt(n), passes).sequence for n in "abc"]

        assert sequences == [1, 2, 3]

    def test_gives_the_judge_the_tries_it_records(self, ledger: SqlLedger) -> None:
        ledger.record(attempt("a"), passes)

        recorded = ledger.record(attempt("b"), passes)

        assert recorded.ruling.answer == b'{"status":"ok","tries":2}'
        assert ledger.get(attempt("b").run_id).summary.tries == 2

    def test_records_nothing_when_the_judge_raises(
        self, ledger: SqlLedger, database: Database
    ) -> None:
        def refuse(tries: Tries) -> Ruling:
            raise InvalidRequestError("no such policy")

        with pytest.raises(InvalidRequestError, match="no such policy"):
            ledger.record(attempt("a"), refuse)

        assert ledger.record(attempt("b"), passes).tries.caller == 1
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

        assert kinds == [Kind.RE_LOOK, Kind.DECISION, Kind.RUN]


class TestDecisionsOnly:
    def test_records_judged_runs_alone(self, decisions: SqlLedger) -> None:
        ungated = decisions.record(attempt("a"), without_gate)
        decisions.record(attempt("b"), passes)

        runs = decisions.page(RunFilter()).runs

        assert ungated.sequence is None
        assert [run.run_id for run in runs] == [attempt("b").run_id]
        with pytest.raises(RunNotFoundError):
            decisions.get(attempt("a").run_id)

    def test_counts_the_tries_of_the_others_all_the_same(
        self, decisions: SqlLedger, database: Database
    ) -> None:
        decisions.record(attempt("a"), without_gate)

        assert decisions.record(attempt("b"), passes).tries.caller == 2
        assert verify(database).is_intact


class TestGet:
    def test_returns_what_was_recorded(self, timed: SqlLedger) -> None:
        made = attempt("a")
        timed.record(made, passes)

        stored = timed.get(made.run_id)

        assert stored.request == made.request
        assert stored.answer == b'{"status":"ok","tries":1}'
        assert stored.assumptions == made.assumptions
        assert stored.fingerprint == made.fingerprint
        found = dataclasses.asdict(stored.summary)
        assert found == {
            "sequence": 1,
            "run_id": made.run_id,
            "time": NOON,
            "caller": "alice",
            "kind": Kind.DECISION,
            "source": "csv",
            "symbol": "SPY",
            "strategy": "sma_cross",
            "first": START,
            "last": END,
            "data_sha256": "ab" * 32,
            "engine_version": "0.1.0",
            "verdict": "pass",
            "reasons": ("all conditions are met",),
            "tries": 1,
            "tries_everyone": 1,
            "metrics": {"sharpe_ratio": 0.79, "max_drawdown_pct": 12.5},
        }

    def test_returns_the_newest_of_equal_runs(self, ledger: SqlLedger) -> None:
        ledger.record(attempt("a"), without_gate)
        ledger.record(attempt("a"), passes)

        assert ledger.get(attempt("a").run_id).summary.verdict == "pass"

    def test_returns_one_callers_own(self, ledger: SqlLedger) -> None:
        ledger.record(attempt("a", caller="alice"), passes)
        ledger.record(attempt("a", caller="bob"), without_gate)

        run_id = attempt("a").run_id

        assert ledger.get(run_id, caller="alice").summary.verdict == "pass"
        with pytest.raises(RunNotFoundError):
            ledger.get(run_id, caller="carol")

    @pytest.mark.parametrize("run_id", ["f" * 32, "", "\0", "\ud800", "' OR 1=1 --"])
    def test_says_when_there_is_none(self, ledger: SqlLedger, run_id: str) -> None:
        with pytest.raises(RunNotFoundError, match="no run"):
            ledger.get(run_id)


class TestPage:
    def test_lists_the_newest_first(self, ledger: SqlLedger) -> None:
        for name in "abc":
            ledger.record(attempt(name), passes)

        page = ledger.page(RunFilter())

        assert [run.sequence for run in page.runs] == [3, 2, 1]
        assert page.next_cursor is None

    def test_goes_on_where_the_last_page_ended(self, ledger: SqlLedger) -> None:
        for name in "abcde":
            ledger.record(attempt(name), passes)
        seen: list[int] = []
        cursor = None

        while True:
            page = ledger.page(RunFilter(symbol="SPY"), cursor=cursor, limit=2)
            seen += [run.sequence for run in page.runs]
            ledger.record(attempt(f"meanwhile {len(seen)}"), passes)
            cursor = page.next_cursor
            if cursor is None:
                break

        assert seen == [5, 4, 3, 2, 1]

    @pytest.mark.parametrize(
        ("filters", "expected"),
        [
            (RunFilter(symbol="QQQ"), [2]),
            (RunFilter(strategy="rsi_reversion"), [3]),
            (RunFilter(verdict="pass"), [4, 1]),
            (RunFilter(caller="bob"), [4]),
            (RunFilter(since=NOON + timedelta(minutes=2)), [4, 3]),
            (RunFilter(until=NOON + timedelta(minutes=2)), [2, 1]),
            (RunFilter(verdict="pass", caller="alice"), [1]),
            (RunFilter(symbol="'; DROP TABLE runs --"), []),
        ],
        ids=[
            "symbol",
            "strategy",
            "verdict",
            "caller",
            "from",
            "to",
            "both",
            "hostile",
        ],
    )
    def test_filters(
        self, timed: SqlLedger, filters: RunFilter, expected: list[int]
    ) -> None:
        timed.record(attempt("a"), passes)
        timed.record(attempt("b", symbol="QQQ"), without_gate)
        timed.record(attempt("c", strategy="rsi_reversion"), without_gate)
        timed.record(attempt("d", caller="bob"), passes)

        assert [run.sequence for run in timed.page(filters).runs] == expected

    @pytest.mark.parametrize("limit", [0, -1, 501])
    def test_refuses_a_limit_out_of_bounds(self, ledger: SqlLedger, limit: int) -> None:
        with pytest.raises(InvalidRequestError, match="1 to 500") as caught:
            ledger.page(RunFilter(), limit=limit)

        assert [place.pointer for place in caught.value.places] == ["/limit"]


class TestExport:
    def test_gives_every_row_that_passes(self, ledger: SqlLedger) -> None:
        for number in range(501):  # one more than it reads at once
            ledger.record(attempt(str(number)), passes)
        ledger.record(attempt("other", symbol="QQQ"), passes)

        lines = list(ledger.export(RunFilter(symbol="SPY")))

        sequences = [line.partition(",")[0] for line in lines]
        assert sequences == ["sequence", *map(str, range(1, 502))]


class TestAvailability:
    def test_is_missing_before_the_first_upgrade(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.sqlite3"
        ledger = SqlLedger(f"sqlite:///{path}")

        with pytest.raises(LedgerUnavailableError, match="db upgrade"):
            ledger.check()
        with pytest.raises(LedgerUnavailableError):
            ledger.record(attempt("a"), passes)
        assert not path.exists()

    def test_says_when_no_server_answers(self) -> None:
        ledger = SqlLedger("postgresql://nobody@127.0.0.1:1/none")

        with pytest.raises(LedgerUnavailableError) as caught:
            ledger.record(attempt("a"), passes)
        assert caught.value.retry_after == 1.0

    def test_holds_once_upgraded(self, ledger: SqlLedger) -> None:
        ledger.check()
