"""Rows as they were sent: told apart by what is in them, placed as they were sent."""

from __future__ import annotations

import numpy as np
import pytest

from orchestrator.deadline import Deadline
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery, DataSource

DAYS = np.array(["2024-01-01", "2024-01-02", "NaT"], dtype="datetime64[ns]")
NAMES = ("open", "high", "low", "close", "volume")


def raw(**changes: float) -> RawBars:
    columns = {name: np.full(3, 5.0) for name in NAMES}
    for name, value in changes.items():
        columns[name][1] = value
    return RawBars.of(DAYS, columns)


class TestRawBars:
    def test_have_equal_hashes_when_every_row_is_equal(self) -> None:
        assert raw(close=np.nan).sha256() == raw(close=np.nan).sha256()

    def test_have_hashes_of_their_own_otherwise(self) -> None:
        changed = [raw(**{name: value}) for name in NAMES for value in (-1.0, np.nan)]

        assert len({each.sha256() for each in [raw(), *changed]}) == 11

    @pytest.mark.parametrize(
        ("by_row", "pointer"), [(False, "/close/7"), (True, "/7/close")]
    )
    def test_are_placed_as_they_were_sent(self, by_row: bool, pointer: str) -> None:
        columns = {name: np.full(3, 5.0) for name in NAMES}

        bars = RawBars.of(DAYS, columns, by_row=by_row)

        assert bars.pointer(7, "close") == pointer


class Foreign:
    """Something that has a hash and no bars."""

    def sha256(self) -> str:
        return "0"


def test_inline_bars_are_of_a_known_kind() -> None:
    query = BarQuery(source=DataSource.INLINE, bars=Foreign())

    with pytest.raises(TypeError, match="not Foreign"):
        open_sources(Settings())["inline"].load(query, Deadline.after(10.0))
