"""Bars for tests of strategies."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from backtesting import Bars


def closes(values: Sequence[float], *, start: str = "2020-01-01") -> Bars:
    """Return daily bars that open, peak and end at the values."""
    first = np.datetime64(start, "D")
    return Bars.checked(
        timestamps=first + np.arange(len(values)),
        open=values,
        high=values,
        low=values,
        close=values,
        volume=np.full(len(values), 1000.0),
    )


def random_bars(seed: int, size: int) -> Bars:
    """Return daily bars of a random walk with ranges, volumes and quiet stretches."""
    rng = np.random.default_rng(seed)
    steps = rng.normal(0.0, 0.02, size) * (rng.random(size) > 0.1)
    close = 100.0 * np.exp(np.cumsum(steps))
    open_ = np.concatenate(([100.0], close[:-1])) * np.exp(rng.normal(0, 0.002, size))
    spread = 1.0 + rng.random(size) * 0.01
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01", "D") + np.arange(size),
        open=open_,
        high=np.maximum(open_, close) * spread,
        low=np.minimum(open_, close) / spread,
        close=close,
        volume=rng.integers(0, 1000, size) * (rng.random(size) > 0.1),
    )
