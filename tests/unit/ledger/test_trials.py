"""Trials: counted per caller and data, identical results once, in one short query."""

from __future__ import annotations

import statistics
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import Attempt, Trials
from tests.unit.ledger.builders import attempt, fresh_ledger, without_gate


def trials_of(ledger: SqlLedger, made: Attempt) -> Trials:
    return ledger.record(made, without_gate).trials


class TestTries:
    def test_begin_with_the_present_one(self, ledger: SqlLedger) -> None:
        trials = trials_of(ledger, attempt("a", sharpe=0.05))

        assert trials == Trials(caller=1, everyone=1, sharpes=1, sharpe_variance=None)

    def test_count_other_parameters(self, ledger: SqlLedger) -> None:
        trials_of(ledger, attempt("a"))

        assert trials_of(ledger, attempt("b")).caller == 2

    def test_count_the_same_run_once(self, ledger: SqlLedger) -> None:
        trials_of(ledger, attempt("a"))

        assert trials_of(ledger, attempt("a")).caller == 1

    def test_count_equal_results_of_other_ideas_once(self, ledger: SqlLedger) -> None:
        trials_of(ledger, attempt("a", result="no trade at all"))

        again = attempt("b", result="no trade at all")

        assert trials_of(ledger, again).caller == 1

    def test_count_a_longer_look_at_the_same_idea(self, ledger: SqlLedger) -> None:
        trials_of(ledger, attempt("a", fingerprint="one idea", result="to 2020"))

        longer = attempt("a", fingerprint="one idea", result="to 2021")

        assert trials_of(ledger, longer).caller == 2

    def test_do_not_mix_families_of_data(self, ledger: SqlLedger) -> None:
        trials_of(ledger, attempt("a", symbol="SPY"))

        other = trials_of(ledger, attempt("b", symbol="QQQ"))

        assert (other.caller, other.everyone) == (1, 1)

    def test_are_each_callers_own_and_everyones(self, ledger: SqlLedger) -> None:
        trials_of(ledger, attempt("a", caller="alice"))
        trials_of(ledger, attempt("b", caller="alice"))

        seen = trials_of(ledger, attempt("a", caller="bob"))
        unseen = trials_of(ledger, attempt("c", caller="bob"))

        assert (seen.caller, seen.everyone) == (1, 2)
        assert (unseen.caller, unseen.everyone) == (2, 3)

    def test_leave_an_undefined_sharpe_out_of_the_variance(
        self, ledger: SqlLedger
    ) -> None:
        trials_of(ledger, attempt("a", sharpe=0.1))
        trials_of(ledger, attempt("b", sharpe=None))

        trials = trials_of(ledger, attempt("c", sharpe=0.3))

        assert (trials.caller, trials.sharpes) == (3, 2)
        assert trials.sharpe_variance == pytest.approx(0.02)  # of 0.1 and 0.3, ddof 1

    @settings(
        max_examples=25,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture],
    )
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["alice", "bob"]),
                st.sampled_from(["SPY", "QQQ"]),
                st.integers(0, 9),
            ),
            min_size=1,
            max_size=30,
        )
    )
    def test_are_what_a_recount_of_everything_says(
        self, made: list[tuple[str, str, int]]
    ) -> None:
        with (
            tempfile.TemporaryDirectory() as folder,
            fresh_ledger("sqlite", Path(folder)) as url,
        ):
            ledger = SqlLedger(url)
            for number, (caller, symbol, result) in enumerate(made, start=1):
                trials = trials_of(
                    ledger,
                    attempt(
                        str(result),
                        caller=caller,
                        symbol=symbol,
                        sharpe=result / 7 if result else None,
                    ),
                )

                so_far = [row for row in made[:number] if row[1] == symbol]
                mine = {row[2] for row in so_far if row[0] == caller}
                sharpes = [result / 7 for result in mine if result]
                assert trials.caller == len(mine)
                assert trials.everyone == len({row[2] for row in so_far})
                assert trials.sharpes == len(sharpes)
                if len(sharpes) > 1:
                    expected = statistics.variance(sharpes)
                    assert trials.sharpe_variance == pytest.approx(expected)
            ledger.close()

    def test_are_read_through_indexes_alone(self, tmp_path: Path) -> None:
        with fresh_ledger("sqlite", tmp_path) as url:
            database = Database(url)
            with database.read() as connection:
                plan = connection.execute(
                    text(
                        "EXPLAIN QUERY PLAN SELECT trials_caller FROM trials "
                        "WHERE family = 'f' AND caller = 'c' "
                        "ORDER BY sequence DESC LIMIT 1"
                    )
                ).all()
            database.close()

        assert ["ix_trials_family_caller_sequence" in step[3] for step in plan] == [
            True
        ]


class TestStanding:
    def test_is_the_count_without_a_new_try(self, ledger: SqlLedger) -> None:
        trials_of(ledger, attempt("a", caller="alice", sharpe=0.1))
        trials_of(ledger, attempt("b", caller="alice", sharpe=0.3))
        trials_of(ledger, attempt("c", caller="bob"))

        standing = ledger.standing("csv:SPY", "alice")

        assert (standing.caller, standing.everyone) == (2, 3)
        assert standing.sharpe_variance == pytest.approx(0.02)
        assert ledger.standing("csv:SPY", "alice") == standing

    def test_is_what_a_first_try_would_get_before_there_is_one(
        self, ledger: SqlLedger
    ) -> None:
        assert ledger.standing("csv:SPY", "alice") == Trials(caller=1, everyone=1)
