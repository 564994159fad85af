"""Files without end: packed ones are cut off, bad rows cost no more than the time."""

from __future__ import annotations

import gzip
import itertools
from pathlib import Path

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import BudgetExceededError, DataInvalidError
from orchestrator.loaders.checks.rows import BadRowsError
from orchestrator.loaders.files.csv_layout import LayoutError
from orchestrator.loaders.files.csv_parse import parse_csv
from orchestrator.loaders.files.csv_text import MAX_UNPACKED_BYTES
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery, OnBadData

ROWS = 60_000
HEAD = b"date,open,high,low,close\n"
BAD_ROWS = {
    "words": b"a,b,c,d,e\n",
    "a day that does not exist": b"2023-02-30,1,2,1,2\n",
    "a price that is none": b"2023-01-02,1,none,1,2\n",
    "seconds since 1970": b"1700000000,1,none,1,2\n",
}


def parse(row: bytes, checks: int) -> None:
    """Read bad rows with time for so many looks at the clock."""
    clock = itertools.count()
    parse_csv(
        HEAD + row * ROWS,
        BarQuery(on_bad_data=OnBadData.DROP),
        Deadline(checks, lambda: float(next(clock))),
    )


class TestBadRows:
    @pytest.mark.parametrize("row", BAD_ROWS.values(), ids=list(BAD_ROWS))
    @pytest.mark.parametrize("checks", [1, 4, 8, 12, 16, 20])
    def test_take_no_longer_than_the_request_may(self, row: bytes, checks: int) -> None:
        with pytest.raises(BudgetExceededError):
            parse(row, checks)

    def test_are_named_while_time_is_left(self) -> None:
        with pytest.raises(BadRowsError):
            parse(BAD_ROWS["words"], 1_000)


def test_a_file_whose_rows_are_mostly_none_is_soon_given_up() -> None:
    rows = b"x\n" * 4_000_000

    with pytest.raises(LayoutError, match="in most rows") as refused:
        parse_csv(
            HEAD + rows, BarQuery(on_bad_data=OnBadData.DROP), Deadline.after(30.0)
        )

    assert refused.value.line == 10_001


def test_a_packed_file_is_cut_off(tmp_path: Path) -> None:
    bomb = gzip.compress(b" " * (MAX_UNPACKED_BYTES + 1), compresslevel=1)
    (tmp_path / "BOMB.csv.gz").write_bytes(bomb)
    loader = open_sources(Settings(data_dir=tmp_path))["csv"]

    with pytest.raises(DataInvalidError, match="once unpacked"):
        loader.load(BarQuery(symbol="BOMB"), Deadline.after(30.0))
