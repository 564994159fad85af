"""Families of data: by the operator's name, or by what is in the bars."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.ledger.sql import SqlLedger
from orchestrator.loaders.checks.sketches import sketch_of
from orchestrator.spec import Sketch
from tests.unit.ledger.builders import attempt, passes


def walk(seed: int, bars: int = 400) -> np.ndarray:
    steps = np.random.default_rng(seed).normal(0.0, 0.01, bars)
    return np.asarray(100.0 * np.exp(np.cumsum(steps)))


def sketch(seed: int, bars: int = 400) -> Sketch:
    return sketch_of(walk(seed, bars))


class TestFamily:
    def test_of_the_operators_bars_is_their_name(self, ledger: SqlLedger) -> None:
        assert ledger.family(sketch(1), "csv:A") == "csv:A"
        assert ledger.family(sketch(1), "csv:A") == "csv:A"

    def test_of_unknown_bars_is_their_content(self, ledger: SqlLedger) -> None:
        family = ledger.family(sketch(1), None)

        assert family.startswith("content:")
        assert ledger.family(sketch(1), None) == family
        assert ledger.family(sketch(2), None) != family

    def test_of_bars_that_are_known_is_theirs(self, ledger: SqlLedger) -> None:
        ledger.family(sketch(1), "csv:A")

        assert ledger.family(sketch_of(walk(1)[:-1] * 2.0), None) == "csv:A"

    def test_of_a_new_name_is_that_of_its_content(self, ledger: SqlLedger) -> None:
        family = ledger.family(sketch(1), None)

        assert ledger.family(sketch(1), "csv:A") == family

    def test_of_two_files_with_equal_bars_is_each_its_own(
        self, ledger: SqlLedger
    ) -> None:
        ledger.family(sketch(1), "csv:A")

        assert ledger.family(sketch(1), "csv:B") == "csv:B"

    def test_of_a_name_with_trials_stays_its_own(self, ledger: SqlLedger) -> None:
        ledger.record(attempt("a", family="csv:A"), passes)
        ledger.family(sketch(1), None)

        assert ledger.family(sketch(1), "csv:A") == "csv:A"

    def test_grows_with_its_bars(self, ledger: SqlLedger) -> None:
        """Bars are appended again and again, until none of the first are left."""
        whole = walk(1, 1000)
        family = ledger.family(sketch_of(whole[:400]), None)

        for start in range(100, 700, 100):
            assert ledger.family(sketch_of(whole[start : start + 400]), None) == family
        assert ledger.family(sketch_of(whole[600:]), None) == family

    def test_is_remembered_by_the_record(
        self, ledger: SqlLedger, ledger_url: str
    ) -> None:
        family = ledger.family(sketch(1), None)

        other = SqlLedger(ledger_url)
        assert other.family(sketch_of(walk(1) * 3.0), None) == family
        other.close()

    @pytest.mark.parametrize("bars", [1, 2, 5, 9])
    def test_of_very_few_bars_is_those_bars_at_any_level(
        self, ledger: SqlLedger, bars: int
    ) -> None:
        family = ledger.family(sketch(1, bars), None)

        assert ledger.family(sketch_of(walk(1, bars) * 2.0), None) == family
        assert ledger.family(sketch(1, bars), "csv:A") == "csv:A"

    def test_of_prices_that_stand_is_one(self, ledger: SqlLedger) -> None:
        flat = ledger.family(sketch_of(np.full(100, 5.0)), None)

        assert ledger.family(sketch_of(np.full(100, 9.0)), None) == flat
