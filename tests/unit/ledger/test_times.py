"""Instants as text."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.ledger.times import to_instant, to_text

INSTANTS = st.datetimes(timezones=st.just(UTC))


class TestToText:
    @given(INSTANTS)
    def test_is_read_back_exactly(self, instant: datetime) -> None:
        assert to_instant(to_text(instant)) == instant

    @given(INSTANTS, INSTANTS)
    def test_sorts_as_time_does(self, one: datetime, other: datetime) -> None:
        assert (to_text(one) < to_text(other)) == (one < other)

    def test_writes_utc_whatever_the_zone(self) -> None:
        in_tokyo = datetime(2020, 1, 1, 8, tzinfo=timezone(timedelta(hours=9)))

        assert to_text(in_tokyo) == "2019-12-31T23:00:00.000000Z"

    def test_refuses_a_naive_time(self) -> None:
        with pytest.raises(ValueError, match="no time zone"):
            to_text(datetime(2020, 1, 1))  # noqa: DTZ001 - the point
