"""Periods, against the calendar."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.period import PATTERN, Period

ANCHOR = datetime(2024, 3, 31, 15, 30, tzinfo=UTC)


class TestPeriodParse:
    @pytest.mark.parametrize("text", ["30d", "30D", "2wk", "2WK", "6mo", "6Mo", "1y"])
    def test_reads_a_count_and_a_unit_in_any_case(self, text: str) -> None:
        assert str(Period.parse(text)) == text.lower()

    @pytest.mark.parametrize("text", ["ytd", "YTD", "max", "Max"])
    def test_reads_the_named_periods(self, text: str) -> None:
        assert str(Period.parse(text)) == text.lower()

    @pytest.mark.parametrize(
        "text",
        [
            "",
            "1",
            "y",
            "0d",
            "-1y",
            "1.5y",
            "1 y",
            " 1y",
            "1y\n",
            "01y",
            "100000d",
            "1h",
            "1m",
            "1year",
            "forever",
            "\u0661y",
            "1y1y",
            "ma\u00d7",
            "\u212amax",
        ],
    )
    def test_refuses_anything_else(self, text: str) -> None:
        with pytest.raises(ValueError, match="is not a period"):
            Period.parse(text)

    @given(st.text(max_size=8))
    def test_accepts_what_the_published_pattern_accepts(self, text: str) -> None:
        matches = re.fullmatch(PATTERN[1:-1], text) is not None

        try:
            Period.parse(text)
        except ValueError:
            assert not matches
        else:
            assert matches


class TestPeriodStartBefore:
    @pytest.mark.parametrize(
        ("text", "start"),
        [
            ("1d", datetime(2024, 3, 30, 15, 30, tzinfo=UTC)),
            ("2wk", datetime(2024, 3, 17, 15, 30, tzinfo=UTC)),
            ("1mo", datetime(2024, 2, 29, 15, 30, tzinfo=UTC)),
            ("1y", datetime(2023, 3, 31, 15, 30, tzinfo=UTC)),
            ("ytd", datetime(2024, 1, 1, tzinfo=UTC)),
            ("max", None),
            ("99999y", None),
            ("99999mo", None),
        ],
    )
    def test_counts_back_on_the_calendar(
        self, text: str, start: datetime | None
    ) -> None:
        assert Period.parse(text).start_before(ANCHOR) == start
