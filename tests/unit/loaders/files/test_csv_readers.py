"""The three CSV readers: whatever the quick ones read, the careful one reads alike."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.deadline import Deadline
from orchestrator.errors import BudgetExceededError
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.files.csv_careful import read_carefully
from orchestrator.loaders.files.csv_compiled import read_plain
from orchestrator.loaders.files.csv_layout import LayoutError, read_layout
from orchestrator.loaders.files.csv_parse import parse_csv, read_usual
from orchestrator.loaders.files.timestamp_formats import TimeOptions
from orchestrator.spec import BarQuery, OnBadData

HEAD = "date,open,high,low,close,volume\n"
EARLIEST, LATEST = (
    datetime.fromisoformat("1700-01-01"),
    datetime.fromisoformat("2200-01-01"),
)
LETTERS = '0123456789.,-+eE:TZ "\n\r;/ax'


def careful(text: str) -> RawBars:
    data = text.encode()
    layout = read_layout(data)
    return read_carefully(data, layout, TimeOptions(), Deadline.after(30.0)).raw


def same(one: RawBars, other: RawBars) -> bool:
    if not np.array_equal(one.timestamps, other.timestamps, equal_nan=True):
        return False
    columns = other.columns()
    return all(
        np.array_equal(column, columns[name], equal_nan=True)
        for name, column in one.columns().items()
    )


class TestTheQuickReaders:
    @given(
        prices=st.lists(
            st.floats(1e-6, 1e15, allow_subnormal=False), min_size=1, max_size=20
        ),
        digits=st.sampled_from(["r", ".2f", ".6f", ".17g", ".0f"]),
        clock=st.sampled_from(
            [
                "%Y-%m-%d",
                "%Y-%m-%d %H:%M:%S",
                "%Y-%m-%dT%H:%MZ",
                "%Y-%m-%dT%H:%M:%S+05:30",
            ]
        ),
        start=st.datetimes(EARLIEST, LATEST),
    )
    @settings(max_examples=100, deadline=None)
    def test_read_every_number_and_moment_as_the_careful_one(
        self, prices: list[float], digits: str, clock: str, start: datetime
    ) -> None:
        rows = [
            ",".join(
                [start.strftime(clock).zfill(10), *([_written(price, digits)] * 5)]
            )
            for price in prices
        ]
        text = HEAD + "\n".join(rows) + "\n"
        expected = careful(text)

        for read in (read_plain, read_usual):
            rows = read(text.encode(), read_layout(text.encode()))
            assert rows is None or same(rows.raw, expected)
        numbers = [float(_written(price, digits)) for price in prices]
        assert expected.close.tolist() == numbers

    @given(st.text(LETTERS, max_size=80), st.integers(0, 200))
    @settings(max_examples=200, deadline=None)
    def test_never_make_something_else_of_a_spoilt_file(
        self, junk: str, at: int
    ) -> None:
        clean = HEAD + "".join(
            f"2024-01-{day:02d},10.5,12,9.25,11,100\n" for day in range(1, 9)
        )
        text = clean[: len(HEAD) + at] + junk + clean[len(HEAD) + at :]
        try:
            layout = read_layout(text.encode())
            expected = careful(text)
        except LayoutError:
            return

        for read in (read_plain, read_usual):
            rows = read(text.encode(), layout)
            if rows is None:
                continue
            assert expected.broken is None, (read.__name__, text[len(HEAD) - 5 : 120])
            assert same(rows.raw, expected), (read.__name__, text)

    @pytest.mark.parametrize(
        ("cell", "number"),
        [
            ("0.1", 0.1),
            ("9007199254740991", 9007199254740991.0),
            ("4742.830078", 4742.830078),
            ("0.0000000000000000000001", 1e-22),
            ("5.", 5.0),
            (".5", 0.5),
            ("+7", 7.0),
        ],
    )
    def test_read_what_a_double_holds(self, cell: str, number: float) -> None:
        text = (
            f"date,open,high,low,close\n2024-02-29,{cell},{cell},{cell},{cell}".encode()
        )

        rows = read_plain(text, read_layout(text))

        assert rows is not None
        assert rows.raw.close.tolist() == [number]

    @pytest.mark.parametrize(
        "row",
        [
            "2024-02-30,1,1,1,1",
            "2023-02-29,1,1,1,1",
            "2024-00-10,1,1,1,1",
            "1600-01-01,1,1,1,1",
            "2024-01-02T24:00,1,1,1,1",
            "2024-01-02T10:00+5,1,1,1,1",
            "2024-01-02x,1,1,1,1",
            "2024-01-02,1e3,1,1,1",
            "2024-01-02,123456789012345678901,1,1,1",
            "2024-01-02,0.00000000000000000000001,1,1,1",
            "2024-01-02,,1,1,1",
            "2024-01-02,1,1,1",
            "2024-01-02,1,1,1,1,1",
            '2024-01-02,"1",1,1,1',
            "2024-01-02, 1,1,1,1",
            "2024-01-02,1.2.3,1,1,1",
            "2024-01-02,-,1,1,1",
        ],
    )
    def test_leave_the_rest_to_others(self, row: str) -> None:
        text = f"date,open,high,low,close\n{row}\n".encode()

        assert read_plain(text, read_layout(text)) is None


class TestTheCarefulReader:
    def test_stops_when_time_is_up(self) -> None:
        text = (HEAD + "2024-01-02,x,1,1,1,1\n" * 10).encode()

        with pytest.raises(BudgetExceededError):
            parse_csv(text, BarQuery(on_bad_data=OnBadData.DROP), Deadline.after(-1.0))


def _written(price: float, digits: str) -> str:
    return repr(price) if digits == "r" else format(price, digits)
