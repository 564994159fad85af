"""Bars and small strategies the engine's tests share."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd
import pytest

Frame = Callable[..., pd.DataFrame]


@pytest.fixture
def frame() -> Frame:
    """Return a maker of frames: one close a day, other prices equal to it."""

    def make(
        close: Sequence[float], *, symbol: str | None = "SPY", **columns: object
    ) -> pd.DataFrame:
        index = pd.date_range("2020-01-01", periods=len(close), name="datetime")
        values = {name: list(close) for name in ("open", "high", "low", "close")}
        data = pd.DataFrame(values | columns, index=index, dtype="float64")
        data["volume"] = 1.0
        if symbol is not None:
            data.attrs["symbol"] = symbol
        return data

    return make
