"""Columns of timestamps of one shape, against the calendar of the standard library."""

from __future__ import annotations

from datetime import datetime

import numpy as np
import pytest

from orchestrator.loaders.files.timestamps import read_moments

# NumPy crashes on a wrong date among more than 500 texts, and only there.
MANY = 501


def day_exists(text: str) -> bool:
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


DAYS = [
    f"{year}-{month:02}-{day:02}"
    for year in ("1700", "1900", "2000", "2023", "2024", "2100")
    for month in range(14)
    for day in (0, 1, 28, 29, 30, 31, 32, 99)
]
CLOCKS = [f"2024-02-29 {clock}" for clock in ("23:59:59", "24:00:00", "00:60:00",
          "00:00:60", "99:00:00", "00:99:00", "00:00:99")]  # fmt: skip


class TestReadMoments:
    @pytest.mark.parametrize("text", [*DAYS, *CLOCKS])
    def test_leaves_out_what_is_on_no_calendar(self, text: str) -> None:
        same = "2024-01-02" if len(text) == 10 else "2024-01-02 00:00:00"
        column = np.array([same] * MANY + [text], dtype="S")

        labels = read_moments(column).labels().labels

        assert not np.isnat(labels[:MANY]).any()
        if text == "2024-02-29 23:59:59":  # one clock among dates is of its date
            assert labels[-1] == np.datetime64("2024-02-29", "ns")
        elif day_exists(text):
            assert labels[-1] == np.datetime64(text, "ns")
        else:
            assert np.isnat(labels[-1])
