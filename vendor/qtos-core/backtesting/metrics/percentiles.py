"""The 5 % tails of a series, without sorting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

LONG = 20_000
SAMPLE = 2_000
SHARE = 0.05
MARGIN = 0.02


class Tails(NamedTuple):
    """The 5th and 95th percentile, and the mean of what is at or below the 5th."""

    low: float
    high: float
    mean_below: float


def tails_of(returns: FloatArray) -> Tails:
    """Return the tails of `returns`, percentiles by linear interpolation.

    A long series is cut first: a strided sample says where about the tails begin,
    and only what lies beyond is searched.  Whatever the sample says, the result is
    that of the whole.
    """
    n = returns.size
    below = above = returns
    if n > LONG:
        sample = np.sort(returns[:: n // SAMPLE])
        margin = int((SHARE + MARGIN) * sample.size)
        below = returns[returns <= sample[margin]]
        above = returns[returns >= sample[-1 - margin]]
    low = _quantile(below, returns, SHARE * (n - 1))
    high = -_quantile(-above, -returns, SHARE * (n - 1))
    return Tails(low, high, float(below[below <= low].mean()))


def _quantile(tail: FloatArray, whole: FloatArray, place: float) -> float:
    """Return the value at a fractional `place` in the order of `whole`.

    `tail` holds the smallest values of `whole`; it is used when it reaches far
    enough.
    """
    first = int(place)
    second = min(first + 1, whole.size - 1)
    values = tail if tail.size > second else whole
    ordered = np.partition(values, (first, second))
    lower, upper = float(ordered[first]), float(ordered[second])
    return lower + (upper - lower) * (place - first)
