"""Histories for the tests of metrics."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from backtesting.metrics import History

START = np.datetime64("2021-01-01", "ns")


@pytest.fixture(scope="session")
def history_of() -> Callable[..., History]:
    """Return the maker of daily histories: 100 in cash, no position, no trade."""

    def make(equity: Any, **changes: Any) -> History:
        values = np.asarray(equity, dtype=np.float64)
        fields: dict[str, Any] = {
            "timestamps": START + np.arange(values.size) * np.timedelta64(1, "D"),
            "close": np.full(values.size, 10.0),
            "equity": values,
            "position": np.zeros(values.size),
            "initial_cash": 100.0,
            "traded_value": 0.0,
            "total_costs": 0.0,
            "trade_pnl": np.empty(0),
            "trade_bars": np.empty(0),
        }
        for name, value in changes.items():
            given = isinstance(value, list)
            fields[name] = np.array(value, dtype=np.float64) if given else value
        return History(**fields)

    return make
