"""What may be recorded at all."""

from __future__ import annotations

import math
import tempfile
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.errors import InvalidRequestError
from orchestrator.ledger.database import Database
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import RunFilter, family_of
from orchestrator.ledger.verification.verify import verify
from tests.unit.ledger.builders import attempt, fresh_ledger, passes

FINITE = st.floats(-1e9, 1e9) | st.sampled_from([0, -0.0, 5e-324, 1 / 3])


class TestAttempt:
    @settings(max_examples=20, deadline=None)
    @given(st.lists(FINITE, min_size=1, max_size=20))
    def test_is_read_back_with_the_same_hash(self, sharpes: list[float]) -> None:
        with (
            tempfile.TemporaryDirectory() as folder,
            fresh_ledger("sqlite", Path(folder)) as url,
        ):
            ledger, database = SqlLedger(url), Database(url)
            for number, sharpe in enumerate(sharpes):
                ledger.record(attempt(str(number), sharpe=sharpe), passes)

            assert verify(database).findings == ()
            ledger.close()
            database.close()

    @pytest.mark.parametrize("sharpe", [0, -0.0, 1e300, 5e-324, 0.1 + 0.2])
    def test_is_read_back_alike_by_every_database(
        self, ledger: SqlLedger, database: Database, sharpe: float
    ) -> None:
        ledger.record(attempt("a", sharpe=sharpe), passes)

        assert verify(database).findings == ()

    @pytest.mark.parametrize("sharpe", [math.nan, math.inf, -math.inf])
    def test_refuses_a_sharpe_that_is_no_number(self, sharpe: float) -> None:
        with pytest.raises(ValueError, match="not finite"):
            attempt("a", sharpe=sharpe)


class TestFamilyOf:
    def test_tells_symbols_and_sources_apart(self) -> None:
        families = {family_of(source, "SPY") for source in ("csv", "inline")}

        assert families | {family_of("csv", "QQQ")} == {
            "csv:SPY",
            "inline:SPY",
            "csv:QQQ",
        }

    @pytest.mark.parametrize("path", ["a/" * 2000, "nul\0", "", "\ud800"])
    def test_fits_an_index_whatever_it_is_made_of(
        self, ledger: SqlLedger, path: str
    ) -> None:
        family = family_of("csv_path", path)

        assert len(family) < 100
        assert ledger.record(attempt("a", family=family), passes).sequence == 1


class TestRunFilter:
    def test_names_the_field_it_refuses(self) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            RunFilter(symbol="nul\0")

        assert [place.pointer for place in caught.value.places] == ["/symbol"]

    def test_refuses_a_naive_time(self) -> None:
        with pytest.raises(ValueError, match="aware"):
            RunFilter(since=datetime(2020, 1, 1))  # noqa: DTZ001 - the point

    def test_takes_a_symbol_however_it_is_written(self) -> None:
        assert RunFilter(symbol="sp500") == RunFilter(symbol="SP500")
