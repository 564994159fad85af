"""The standard normal distribution, exact in its tails.

``1 - cdf(z)`` is zero from z = 8.3 on; `upper_tail` is right down to 1e-300, so
that multiplying a p-value by a count of trials never starts from a false zero.
"""

from __future__ import annotations

import math
from statistics import NormalDist

_STANDARD = NormalDist()
_SMALLEST = 5e-324


def cdf(z: float) -> float:
    """Return P(Z <= z).

    Examples
    --------
    >>> cdf(0.0)
    0.5
    """
    return 0.5 * math.erfc(-z / math.sqrt(2.0))


def upper_tail(z: float) -> float:
    """Return P(Z > z), without cancellation.

    Examples
    --------
    >>> upper_tail(10.0) > 0.0
    True
    """
    return 0.5 * math.erfc(z / math.sqrt(2.0))


def quantile_above(tail: float) -> float:
    """Return the z that a standard normal exceeds with probability `tail`.

    A tail below the smallest float is read as that float, one of 1 or more as
    minus infinity.

    Examples
    --------
    >>> round(quantile_above(0.05), 4)
    1.6449
    """
    if tail >= 1.0:
        return -math.inf
    return -_STANDARD.inv_cdf(max(tail, _SMALLEST))
