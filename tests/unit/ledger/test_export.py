"""CSV that no spreadsheet runs, and that a parser reads back."""

from __future__ import annotations

import csv
import dataclasses
import io
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.ledger.export import COLUMNS, csv_lines, defused
from orchestrator.ledger.values import RunKind, RunSummary

RUN = RunSummary(
    sequence=1,
    run_id="ab" * 16,
    time=datetime(2026, 1, 1, 12, tzinfo=UTC),
    caller="alice",
    kind=RunKind.DECISION,
    source="csv",
    symbol="SPY",
    strategy="sma_cross",
    first=datetime(2020, 1, 2, tzinfo=UTC),
    last=datetime(2020, 12, 31, tzinfo=UTC),
    data_sha256="cd" * 32,
    engine_version="0.1.0",
    verdict="fail",
    reasons=("cagr > 5: -1.5 is not", "few trades"),
    trials=3,
    trials_everyone=8,
    metrics={"cagr": -1.5, "total_pnl": -100.25},
)


def read(*runs: RunSummary) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO("".join(csv_lines(runs)), newline="")))


class TestCsvLines:
    def test_give_the_header_even_without_rows(self) -> None:
        assert list(csv_lines([])) == [",".join(COLUMNS) + "\r\n"]

    def test_are_read_back_by_a_parser(self) -> None:
        [row] = read(RUN)

        assert row["time"] == "2026-01-01T12:00:00.000000Z"
        assert row["reasons"] == "cagr > 5: -1.5 is not; few trades"
        assert (row["trials"], row["trials_everyone"]) == ("3", "8")

    def test_keep_negative_numbers_numbers(self) -> None:
        [row] = read(RUN)

        assert float(row["cagr"]) == -1.5

    def test_leave_an_undefined_metric_empty(self) -> None:
        [row] = read(RUN)

        assert row["sharpe_ratio"] == ""

    @given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
    def test_survive_any_caller(self, caller: str) -> None:
        [row] = read(dataclasses.replace(RUN, caller=caller))

        assert row["caller"].removeprefix("'") == caller.removeprefix("'")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "\uff1d"])
    def test_disarm_a_formula(self, start: str) -> None:
        # https://owasp.org/www-community/attacks/CSV_Injection
        attack = start + 'cmd|"/C calc"!A0'

        [row] = read(dataclasses.replace(RUN, caller=attack, reasons=(attack,)))

        assert row["caller"] == "'" + attack
        assert row["reasons"] == "'" + attack

    def test_disarm_a_formula_behind_spaces(self) -> None:
        assert defused("  =1+1") == "'  =1+1"
