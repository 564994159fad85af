"""The 5 % tails of a series, without sorting it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.metrics import kernels

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
    """Return the tails of two or more `returns`, by linear interpolation.

    A long series is cut first: a strided sample says about where the tails begin,
    and only what lies beyond is searched.  Whatever the sample says, the result is
    that of the whole.
    """
    place = SHARE * (returns.size - 1)
    rank = int(place)
    smallest, largest = _ends(returns, rank + 2)
    low = _between(smallest[rank], smallest[rank + 1], place - rank)
    high = _between(largest[-1 - rank], largest[-2 - rank], place - rank)
    return Tails(low, high, kernels.mean_below(smallest, low))


def _ends(returns: FloatArray, count: int) -> tuple[FloatArray, FloatArray]:
    """Return arrays whose first, and whose last, `count` values are in place.

    They hold at least all the returns that are no larger, or no smaller, than those.
    """
    if returns.size > LONG:
        sample = np.sort(returns[:: returns.size // SAMPLE])
        margin = int((SHARE + MARGIN) * sample.size)
        cut = kernels.tails_of(returns, sample[margin], sample[-1 - margin])
        if min(cut.low.size, cut.high.size) >= count:
            return (
                np.partition(cut.low, (count - 2, count - 1)),
                np.partition(cut.high, (-count, 1 - count)),
            )
    places = (count - 2, count - 1, -count, 1 - count)
    ordered = np.partition(returns, places)
    return ordered, ordered


def _between(near: float, far: float, share: float) -> float:
    return float(near + (far - near) * share)
