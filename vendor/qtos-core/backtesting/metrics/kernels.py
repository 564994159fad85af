"""The passes over a run's arrays, compiled.

Each pass reads float64 arrays of one value a bar and returns a few sums.  The
formulas over those sums are in `equity`, `relative` and `trades`; nothing here
decides what is defined.  Serial and without fast-math, so that equal arrays give
equal bits on every machine.  One file on purpose: numba's cache of a caller does
not notice a change of a callee in another file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]

Function = TypeVar("Function", bound="Callable[..., Any]")


def compiled(function: Function) -> Function:
    """Compile on first call, release the lock while running, keep on disk."""
    return cast("Function", numba.njit(cache=True, nogil=True)(function))


class Path(NamedTuple):
    """Sums over an equity curve seen from its running peak; times in ns."""

    lowest: float
    lowest_base: float
    mean_equity: float
    drawdown: float
    drawdown_share: float
    squared_drawdowns: float
    longest_under_water: int
    recovery: int
    is_recovered: bool


class Moments(NamedTuple):
    """Mean and central sums of a series, and its largest magnitude."""

    mean: float
    second: float
    third: float
    fourth: float
    largest: float


class Halves(NamedTuple):
    """Sums over the returns above and below zero and below the risk-free rate."""

    gains: float
    losses: float
    downside: float


class Joint(NamedTuple):
    """Central sums of a series of returns against a benchmark's."""

    benchmark_mean: float
    benchmark_second: float
    benchmark_largest: float
    product: float
    active_mean: float
    active_second: float
    active_largest: float


class Exposure(NamedTuple):
    """Bars with a position, and the largest of position value over equity."""

    bars: int
    largest: float
    is_defined: bool


class TradeSums(NamedTuple):
    """Sums over closed trades."""

    wins: int
    losses: int
    won: float
    lost: float
    bars: float
    longest_losing: int


@compiled
def are_finite(values: FloatArray) -> bool:
    """Return whether every value is a number."""
    total = 0.0
    for value in values:
        total += value - value
    return total == 0.0


@compiled
def returns_of(values: FloatArray, base: float) -> FloatArray:
    """Return ``values[t] / values[t - 1] - 1``, the first one over `base`."""
    returns = np.empty(values.size)
    before = base
    for t in range(values.size):
        returns[t] = values[t] / before - 1.0
        before = values[t]
    return returns


@compiled
def walk(equity: FloatArray, times: IntArray, initial: float) -> Path:
    """Follow an equity curve below its running peak, `initial` being the first."""
    peak, peak_time, lowest, lowest_base = initial, times[0], initial, initial
    total = drawdown = share = squares = 0.0
    longest = trough_time = recovery = 0
    recovered, is_under_water = True, False
    for t in range(equity.size):
        value = equity[t]
        lowest_base = min(lowest_base, lowest)
        lowest = min(lowest, value)
        total += value
        if value >= peak:
            if is_under_water:
                longest = max(longest, times[t] - peak_time)
            if not recovered:
                recovered, recovery = True, times[t] - trough_time
            peak, peak_time, is_under_water = value, times[t], False
            continue
        is_under_water = True
        fall = peak - value
        drawdown = max(drawdown, fall)
        relative = fall / peak if peak > 0.0 else 0.0
        squares += relative * relative
        if relative > share:
            share, trough_time, recovered = relative, times[t], False
    if is_under_water:
        longest = max(longest, times[-1] - peak_time)
    mean = total / equity.size
    return Path(
        lowest,
        lowest_base,
        mean,
        drawdown,
        share,
        squares,
        longest,
        recovery,
        recovered,
    )


@compiled
def moments_of(returns: FloatArray) -> Moments:
    """Return central sums by two passes, corrected for the mean's rounding."""
    n = returns.size
    total = largest = 0.0
    for value in returns:
        total += value
        largest = max(largest, abs(value))
    guess = total / n
    first = second = third = fourth = 0.0
    for value in returns:
        off = value - guess
        square = off * off
        first += off
        second += square
        third += square * off
        fourth += square * square
    slip = first / n
    return Moments(
        guess + slip,
        max(second - n * slip * slip, 0.0),
        third - 3.0 * slip * second + 2.0 * n * slip**3,
        fourth - 4.0 * slip * third + 6.0 * slip**2 * second - 3.0 * n * slip**4,
        largest,
    )


@compiled
def halves_of(returns: FloatArray, floor: float) -> Halves:
    """Return sums of gains, of losses, and of squared shortfalls under `floor`."""
    gains = losses = downside = 0.0
    for value in returns:
        gains += max(value, 0.0)
        losses += max(-value, 0.0)
        downside += min(value - floor, 0.0) ** 2
    return Halves(gains, losses, downside)


@compiled
def joint_of(returns: FloatArray, benchmark: FloatArray, mean: float) -> Joint:
    """Return central sums of `returns`, whose mean is known, and of `benchmark`."""
    n = returns.size
    total = benchmark_largest = active_largest = 0.0
    for t in range(n):
        total += benchmark[t]
        benchmark_largest = max(benchmark_largest, abs(benchmark[t]))
        active_largest = max(active_largest, abs(returns[t] - benchmark[t]))
    benchmark_mean = total / n
    first = second = product = active = active_second = 0.0
    for t in range(n):
        off = benchmark[t] - benchmark_mean
        apart = (returns[t] - mean) - off
        first += off
        second += off * off
        product += off * (returns[t] - mean)
        active += apart
        active_second += apart * apart
    return Joint(
        benchmark_mean + first / n,
        max(second - first * first / n, 0.0),
        benchmark_largest,
        product,
        mean - benchmark_mean + active / n,
        max(active_second - active * active / n, 0.0),
        active_largest,
    )


@compiled
def exposure_of(
    position: FloatArray, close: FloatArray, equity: FloatArray
) -> Exposure:
    """Return how many bars hold a position, and how large it grew beside equity."""
    bars, largest, is_defined = 0, 0.0, True
    for t in range(position.size):
        if position[t] == 0.0:
            continue
        bars += 1
        if equity[t] <= 0.0:
            is_defined = False
        else:
            largest = max(largest, abs(position[t]) * close[t] / equity[t])
    return Exposure(bars, largest, is_defined)


@compiled
def trades_of(pnl: FloatArray, bars: FloatArray) -> TradeSums:
    """Return sums over closed trades, in their order of closing."""
    wins = losses = streak = longest = 0
    won = lost = held = 0.0
    for k in range(pnl.size):
        held += bars[k]
        streak = streak + 1 if pnl[k] < 0.0 else 0
        longest = max(longest, streak)
        if pnl[k] > 0.0:
            wins, won = wins + 1, won + pnl[k]
        elif pnl[k] < 0.0:
            losses, lost = losses + 1, lost - pnl[k]
    return TradeSums(wins, losses, won, lost, held, longest)
