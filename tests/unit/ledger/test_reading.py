"""How the record is read back: one run, a page of them, or all as CSV."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from orchestrator.errors import InvalidRequestError, RunNotFoundError
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import RunFilter, RunKind
from tests.unit.ledger.builders import (
    END,
    NOON,
    START,
    attempt,
    passes,
    without_gate,
)


class TestGet:
    def test_returns_what_was_recorded(self, timed: SqlLedger) -> None:
        made = attempt("a")
        timed.record(made, passes)

        stored = timed.get(made.run_id)

        assert stored.request == made.request
        assert stored.answer == b'{"status":"ok","trials":1}'
        assert stored.assumptions == made.assumptions
        assert stored.fingerprint == made.fingerprint
        found = dataclasses.asdict(stored.summary)
        assert found == {
            "sequence": 1,
            "run_id": made.run_id,
            "time": NOON,
            "caller": "alice",
            "kind": RunKind.DECISION,
            "source": "csv",
            "symbol": "SPY",
            "strategy": "sma_cross",
            "first": START,
            "last": END,
            "data_sha256": "ab" * 32,
            "engine_version": "0.1.0",
            "verdict": "pass",
            "reasons": ("all conditions are met",),
            "trials": 1,
            "trials_everyone": 1,
            "metrics": {"sharpe_ratio": 0.79, "max_drawdown_pct": 12.5},
        }

    def test_takes_the_last_recorded_for_the_newest_whatever_the_clock(
        self, ledger_url: str
    ) -> None:
        """A clock that was set back does not bring an older verdict forward."""
        times = iter([NOON, NOON - timedelta(hours=1)])
        turned = SqlLedger(ledger_url, clock=lambda: next(times))
        turned.record(attempt("a"), passes)
        turned.record(attempt("a"), without_gate)

        found = turned.get(attempt("a").run_id).summary

        assert (found.sequence, found.verdict) == (2, None)
        turned.close()

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

    @pytest.mark.parametrize("limit", [1, 2, 4])
    def test_end_with_a_full_one(self, ledger: SqlLedger, limit: int) -> None:
        """Four rows in full pages: there is no cursor to an empty one after them."""
        for name in "abcd":
            ledger.record(attempt(name), passes)
        cursor, pages = None, 0
        while pages == 0 or cursor is not None:
            page = ledger.page(RunFilter(), cursor=cursor, limit=limit)
            cursor, pages = page.next_cursor, pages + 1
            assert len(page.runs) == limit

        assert pages == 4 // limit

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
