"""Short series of bars the kernel's hand-worked tests share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from backtesting import Bars

Row = Sequence[float]


@pytest.fixture
def daily() -> Callable[..., Bars]:
    """Return a maker of daily bars from rows of open, high, low, close."""

    def make(*rows: Row | float) -> Bars:
        whole = [row if isinstance(row, Sequence) else [row] * 4 for row in rows]
        opening, high, low, close = np.array(whole, dtype=np.float64).T
        return Bars.checked(
            timestamps=np.datetime64("2020-01-01", "D") + np.arange(len(whole)),
            open=opening,
            high=high,
            low=low,
            close=close,
            volume=np.ones(len(whole)),
        )

    return make
