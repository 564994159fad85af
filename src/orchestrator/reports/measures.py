"""What is worked out for a page alone: drawdowns, calendar returns, rolling figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Times = NDArray[np.datetime64]

FAN = (50.0, 75.0, 90.0, 95.0)
"""Percentiles of the fan of drawdowns."""
_PATHS, _STEPS = 400, 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawdown:
    """One fall from a peak: the bars of its peak, its lowest and its recovery.

    `recovered` None is one that had not ended on the last bar; `depth` is a fraction.
    """

    peak: int
    lowest: int
    recovered: int | None
    depth: float


def underwater(equity: Floats, initial: float) -> Floats:
    """Return how far equity is under its highest before, as a fraction, 0 or less."""
    highest = np.maximum(np.maximum.accumulate(equity), initial)
    fallen: Floats = equity / highest - 1.0
    return fallen


def worst_drawdowns(depths: Floats, most: int = 5) -> tuple[Drawdown, ...]:
    """Return the deepest falls, the deepest first."""
    below = np.concatenate(([False], depths < 0.0, [False]))
    edges = np.flatnonzero(np.diff(below.astype(np.int8)))
    starts, stops = edges[::2], edges[1::2]
    if not starts.size:
        return ()
    lows = np.minimum.reduceat(depths, starts)
    found = []
    for at in np.argsort(lows, kind="stable")[:most].tolist():
        first, stop = int(starts[at]), int(stops[at])
        lowest = first + int(depths[first:stop].argmin())
        found.append(
            Drawdown(
                peak=max(first - 1, 0),
                lowest=lowest,
                recovered=stop if stop < depths.size else None,
                depth=float(-depths[lowest]),
            )
        )
    return tuple(found)


def period_returns(
    times: Times, equity: Floats, initial: float, unit: str
) -> tuple[Times, Floats]:
    """Return the return of each calendar month (``M``) or year (``Y``), as a fraction.

    A period with no bar is left out.
    """
    labels = times.astype(f"datetime64[{unit}]")
    lasts = np.flatnonzero(np.append(labels[1:] != labels[:-1], True))
    ends = equity[lasts]
    begins = np.concatenate(([initial], ends[:-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        returns: Floats = np.where(begins > 0.0, ends / begins - 1.0, np.nan)
    return labels[lasts], returns


def returns_of(equity: Floats, initial: float) -> Floats:
    """Return the return of every bar, the first from the initial cash."""
    before = np.concatenate(([initial], equity[:-1]))
    with np.errstate(divide="ignore", invalid="ignore"):
        returns: Floats = np.where(before > 0.0, equity / before - 1.0, np.nan)
    return returns


def rolling(
    returns: Floats, window: int, periods_per_year: float
) -> tuple[Floats, Floats]:
    """Return Sharpe ratio and volatility over the last `window` bars, annualized.

    NaN before there are as many, and the ratio where nothing varied.
    """
    known = np.nan_to_num(returns)
    if known.size < window or window < 2:
        nothing = np.full(known.size, np.nan)
        return nothing, nothing
    centred = known - known.mean()
    sums = np.concatenate(([0.0], np.cumsum(centred)))
    squares = np.concatenate(([0.0], np.cumsum(centred * centred)))
    mean = (sums[window:] - sums[:-window]) / window
    spread = (squares[window:] - squares[:-window] - window * mean * mean) / (
        window - 1
    )
    deviation = np.sqrt(np.maximum(spread, 0.0))
    constant = deviation < 1e-9 * max(float(np.abs(known).max()), 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (mean + known.mean()) / deviation * np.sqrt(periods_per_year)
    before = np.full(window - 1, np.nan)
    return (
        np.concatenate((before, np.where(constant, np.nan, ratio))),
        np.concatenate((before, deviation * np.sqrt(periods_per_year))),
    )


def drawdown_fan(
    returns: Floats, *, seed: int, block: int, horizon: int
) -> tuple[Floats, Floats]:
    """Return bars from the start, and by them the percentiles `FAN` of the drawdown.

    The paths are made of blocks of the run's own returns, drawn as those of the
    bootstrap are; what is drawn is the deepest fall up to each bar, as a fraction.
    """
    horizon = min(horizon, returns.size)
    blocks = -(-horizon // block)
    starts = np.random.default_rng(seed).integers(returns.size, size=(_PATHS, blocks))
    places = (starts[:, :, np.newaxis] + np.arange(block)) % returns.size
    paths = np.log1p(np.maximum(returns, -1.0 + 1e-12))[places.reshape(_PATHS, -1)]
    grown = np.cumsum(paths[:, :horizon], axis=1)
    highest = np.maximum(np.maximum.accumulate(grown, axis=1), 0.0)
    deepest = -np.minimum.accumulate(np.expm1(grown - highest), axis=1)
    at = np.unique(np.linspace(0, horizon - 1, _STEPS).astype(np.intp))
    return at.astype(np.float64) + 1.0, np.percentile(deepest[:, at], FAN, axis=0)


def histogram(returns: Floats, bins: int = 41) -> tuple[Floats, Floats]:
    """Return the middles of bins over the returns, and how many fall in each.

    What lies beyond the 0.1th and 99.9th percentile counts in the outermost.
    """
    known = returns[np.isfinite(returns)]
    if not known.size:
        return np.zeros(0), np.zeros(0)
    low, high = np.percentile(known, (0.1, 99.9)).tolist()
    if high <= low:
        low, high = low - 1e-6, high + 1e-6
    counts, edges = np.histogram(
        np.clip(known, low, high), bins=bins, range=(low, high)
    )
    return (edges[:-1] + edges[1:]) / 2.0, counts.astype(np.float64)
