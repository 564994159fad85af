"""The passes over a run's arrays, compiled.

Each pass reads float64 arrays of one value a bar and returns a few sums.  The
formulas over those sums are in `equity`, `relative` and `trading`; nothing here
decides what is defined.  Serial and without fast-math, so that equal arrays give
equal bits on every machine.  One file on purpose: numba's cache of a caller does
not notice a change of a callee in another file.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


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


class Returns(NamedTuple):
    """Plain and central sums of the returns of a curve."""

    mean: float
    second: float
    third: float
    fourth: float
    largest: float
    gains: float
    losses: float
    downside: float


class Tails(NamedTuple):
    """What lies at or below one limit and at or above another, in order of time."""

    low: FloatArray
    high: FloatArray


class Joint(NamedTuple):
    """The central product of two series, and the sums of their difference."""

    product: float
    active_mean: float
    active_second: float
    active_largest: float


class Exposure(NamedTuple):
    """Bars with a position, units held in all, largest of its value over equity."""

    bars: int
    units: float
    largest: float
    is_defined: bool


class TradeSums(NamedTuple):
    """Sums over closed trades."""

    total: float
    wins: int
    losses: int
    won: float
    lost: float
    bars: float
    longest_losing: int


@compiled
def returns_into(
    returns: FloatArray, values: FloatArray, base: float, floor: float
) -> Returns:
    """Write ``values[t] / values[t - 1] - 1``, the first one over `base`.

    The downside is the sum of squared shortfalls under `floor`.  Central sums are
    taken about the geometric mean, which is the mean itself where the returns are
    all equal, and then moved to the mean.
    """
    n = values.size
    growth = values[-1] / base
    guess = math.expm1(math.log(growth) / n) if growth > 0.0 else 0.0
    before = base
    first = second = third = fourth = largest = gains = losses = downside = 0.0
    for t in range(n):
        value = values[t] / before - 1.0
        before = values[t]
        returns[t] = value
        off = value - guess
        square = off * off
        first += off
        second += square
        third += square * off
        fourth += square * square
        largest = max(largest, abs(value))
        gains += max(value, 0.0)
        losses += max(-value, 0.0)
        downside += min(value - floor, 0.0) ** 2
    slip = first / n
    return Returns(
        guess + slip,
        max(second - n * slip * slip, 0.0),
        third - 3.0 * slip * second + 2.0 * n * slip**3,
        fourth - 4.0 * slip * third + 6.0 * slip**2 * second - 3.0 * n * slip**4,
        largest,
        gains,
        losses,
        downside,
    )


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
def tails_of(values: FloatArray, below: float, above: float) -> Tails:
    """Return the values at or under `below` and those at or over `above`."""
    low, high = np.empty(values.size), np.empty(values.size)
    i = j = 0
    for value in values:
        low[i] = high[j] = value
        i += value <= below
        j += value >= above
    return Tails(low[:i], high[:j])


@compiled
def mean_below(values: FloatArray, limit: float) -> float:
    """Return the mean of the values at or under `limit`."""
    total, count = 0.0, 0
    for value in values:
        if value <= limit:
            total, count = total + value, count + 1
    return total / count


@compiled
def joint_of(
    returns: FloatArray, benchmark: FloatArray, mean: float, benchmark_mean: float
) -> Joint:
    """Return sums of products of two series about their means."""
    n = returns.size
    product = first = second = largest = 0.0
    for t in range(n):
        own, other = returns[t] - mean, benchmark[t] - benchmark_mean
        apart = own - other
        product += own * other
        first += apart
        second += apart * apart
        largest = max(largest, abs(returns[t] - benchmark[t]))
    second = max(second - first * first / n, 0.0)
    return Joint(product, mean - benchmark_mean + first / n, second, largest)


@compiled
def exposure_of(
    position: FloatArray, close: FloatArray, equity: FloatArray
) -> Exposure:
    """Return how many bars hold a position, and how large it grew beside equity."""
    bars, units, largest, is_defined = 0, 0.0, 0.0, True
    for t in range(position.size):
        if position[t] == 0.0:
            continue
        bars += 1
        units += abs(position[t])
        if equity[t] <= 0.0:
            is_defined = False
        else:
            largest = max(largest, abs(position[t]) * close[t] / equity[t])
    return Exposure(bars, units, largest, is_defined)


@compiled
def trades_of(pnl: FloatArray, bars: FloatArray) -> TradeSums:
    """Return sums over closed trades, in their order of closing."""
    wins = losses = streak = longest = 0
    total = won = lost = held = 0.0
    for k in range(pnl.size):
        total += pnl[k]
        held += bars[k]
        streak = streak + 1 if pnl[k] < 0.0 else 0
        longest = max(longest, streak)
        if pnl[k] > 0.0:
            wins, won = wins + 1, won + pnl[k]
        elif pnl[k] < 0.0:
            losses, lost = losses + 1, lost - pnl[k]
    return TradeSums(total, wins, losses, won, lost, held, longest)
