"""The work every contestant is given, as files all of them can read.

========  =================================================================
W1        buy 50 at the close of the first of 2,520 daily bars, hold
W2        10 shares on each crossing of the averages over 10 and 30 bars,
          filled at the next open, 2,520 daily bars
W3        the same on 1,000,000 minute bars
W5        200 given signals, buy and sell of 10 shares in turn, filled at the
          next open, 2,520 daily bars
========  =================================================================

Every run starts with 100,000 in cash, pays no costs, and ends with the total
return, the Sharpe ratio and the largest drawdown (ours with every metric).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NAMES = ("W1", "W2", "W3", "W5")
DAILY = 2_520
MINUTES = 1_000_000
SIGNALS = 200
SEED = 20_261_122


def write_work(folder: Path) -> None:
    """Write ``daily.npz``, ``minutes.npz`` and ``signals.npz``."""
    rng = np.random.default_rng(SEED)
    # From a Monday; weekends count as days, which no contestant minds.
    daily = _bars(rng.normal(0.0, 0.01, (2, DAILY)), np.timedelta64(1, "D"))
    np.savez(folder / "daily.npz", **daily)
    minutes = _bars(rng.normal(0.0, 0.0003, (2, MINUTES)), np.timedelta64(1, "m"))
    np.savez(folder / "minutes.npz", **minutes)
    places = np.sort(rng.choice(np.arange(1, DAILY - 1), SIGNALS, replace=False))
    np.savez(folder / "signals.npz", places=places)


def _bars(steps: NDArray[np.float64], gap: np.timedelta64) -> dict[str, Any]:
    close = 100.0 * np.exp(np.cumsum(steps[0]))
    first = np.concatenate([[100.0], close[:-1]]) * np.exp(steps[1] / 10)
    return {
        "timestamps": np.datetime64("2015-01-05", "ns") + np.arange(close.size) * gap,
        "open": first,
        "high": np.maximum(first, close) * 1.0005,
        "low": np.minimum(first, close) * 0.9995,
        "close": close,
        "volume": np.full(close.size, 1e6),
    }
