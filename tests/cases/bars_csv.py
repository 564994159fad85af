"""Small CSV files of bars that walk, for cases that are made up here."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd


def walk(count: int, seed: int = 0) -> np.ndarray:
    return 100.0 * np.exp(np.cumsum(np.random.default_rng(seed).normal(0, 0.01, count)))


def bars_of(labels: Sequence[object], closes: np.ndarray | None = None) -> pd.DataFrame:
    closes = walk(len(labels)) if closes is None else closes
    opens = np.r_[closes[0], closes[:-1]]
    return pd.DataFrame(
        {
            "timestamp": labels,
            "open": opens,
            "high": np.maximum(opens, closes) * 1.001,
            "low": np.minimum(opens, closes) * 0.999,
            "close": closes,
            "volume": 1000,
        }
    )


def write_bars(path: Path, labels: Sequence[object]) -> None:
    bars_of(labels).to_csv(path, index=False)


def dates(days: pd.DatetimeIndex) -> list[str]:
    return [day.strftime("%Y-%m-%d") for day in days]


def clocks(days: pd.DatetimeIndex, zone: str, hour: int = 0) -> list[str]:
    """Return each date at an hour of its zone, with the offset."""
    return [
        (day.normalize() + pd.Timedelta(hours=hour)).tz_localize(zone).isoformat()
        for day in days
    ]


def seconds(labels: Sequence[str]) -> list[int]:
    return [int(pd.Timestamp(label).timestamp()) for label in labels]
