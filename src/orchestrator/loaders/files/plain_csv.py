"""Bars as a plain CSV file, every digit kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from backtesting.bars import COLUMNS

if TYPE_CHECKING:
    from backtesting.bars import Bars


def plain_csv(bars: Bars) -> bytes:
    """Return bars as a plain CSV file: its header, then a row a bar."""
    seconds = bars.timestamps.astype("datetime64[s]")
    is_whole = (seconds == bars.timestamps).all()
    times = np.datetime_as_string(seconds if is_whole else bars.timestamps).tolist()
    columns = [getattr(bars, name).tolist() for name in COLUMNS]
    lines = [",".join(("timestamp", *COLUMNS))]
    lines += [
        ",".join((time, *map(repr, numbers)))
        for time, *numbers in zip(times, *columns, strict=True)
    ]
    return "\n".join((*lines, "")).encode()
