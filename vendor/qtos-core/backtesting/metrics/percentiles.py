"""The 5 % tails of a series, without sorting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.metrics import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

SHORT = 200
LONG = 20_000
SAMPLE = 2_000
SHARE = 0.05
MARGIN = 0.02
REACH = 0.9
"""Standard deviations from the mean beyond which a tail is looked for first: 18 % of
a normal series, and more than 5 % of most others."""


class Tails(NamedTuple):
    """The 5th and 95th percentile, and the mean of what is at or below the 5th."""

    low: float
    high: float
    mean_below: float


def tails_of(returns: FloatArray, mean: float, deviation: float) -> Tails:
    """Return the tails of two or more `returns`, by linear interpolation.

    The series is cut first: `mean` and standard `deviation` say about where the tails
    begin, or a strided sample of a long one, and only what lies beyond is searched.
    Whatever they say, the result is that of the whole.
    """
    place = SHARE * (returns.size - 1)
    rank = int(place)
    smallest, largest = _ends(returns, rank + 2, mean, REACH * deviation)
    low = _between(smallest[rank], smallest[rank + 1], place - rank)
    high = _between(largest[-1 - rank], largest[-2 - rank], place - rank)
    return Tails(low, high, kernels.mean_below(smallest, low))


def _ends(
    returns: FloatArray, count: int, mean: float, reach: float
) -> tuple[FloatArray, FloatArray]:
    """Return arrays whose first, and whose last, `count` values are in place.

    They hold at least all the returns that are no larger, or no smaller, than those.
    """
    if returns.size > SHORT:
        cut = kernels.tails_of(returns, mean - reach, mean + reach)
        if min(cut.low.size, cut.high.size) >= count:
            return _ordered_ends(cut, count)
    if returns.size > LONG:
        sample = np.sort(returns[:: returns.size // SAMPLE])
        margin = int((SHARE + MARGIN) * sample.size)
        cut = kernels.tails_of(returns, sample[margin], sample[-1 - margin])
        if min(cut.low.size, cut.high.size) >= count:
            return _ordered_ends(cut, count)
    places = (count - 2, count - 1, -count, 1 - count)
    ordered = np.partition(returns, places)
    return ordered, ordered


def _ordered_ends(cut: kernels.Tails, count: int) -> tuple[FloatArray, FloatArray]:
    cut.low.partition((count - 2, count - 1))
    cut.high.partition((cut.high.size - count, cut.high.size - count + 1))
    return cut.low, cut.high


def _between(near: float, far: float, share: float) -> float:
    return float(near + (far - near) * share)
