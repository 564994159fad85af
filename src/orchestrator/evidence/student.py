"""Student's t distribution: the tail of a ratio whose error is itself estimated.

References
----------
.. [1] Abramowitz, M., & Stegun, I. A. (1964). *Handbook of Mathematical
   Functions*, 26.5.8 (the continued fraction) and 26.7.1 (Student's t).
.. [2] Lentz, W. J. (1976). Generating Bessel functions in Mie scattering
   calculations using continued fractions. *Applied Optics*, 15(3), 668-671.
"""

from __future__ import annotations

import math

_TINY = 1e-300
_CLOSE = 1e-15
_MOST_TERMS = 10_000


def student_upper_tail(t: float, *, degrees: float) -> float:
    """Return P(T > t) for Student's t.

    Parameters
    ----------
    t : float
    degrees : float
        Degrees of freedom, positive.

    Returns
    -------
    float
        Right to about nine digits, in the far tail as well.

    Examples
    --------
    >>> round(student_upper_tail(2.015, degrees=5), 4)
    0.05
    """
    if t == 0.0:
        return 0.5
    square = t * t
    tail = 0.5 * _incomplete_beta(
        degrees / 2.0, 0.5, degrees / (degrees + square), square / (degrees + square)
    )
    return tail if t > 0.0 else 1.0 - tail


def _incomplete_beta(a: float, b: float, x: float, rest: float) -> float:
    """Return the regularized incomplete beta of `x`, with ``rest = 1 - x``."""
    if x <= 0.0 or rest <= 0.0:
        return 0.0 if x <= 0.0 else 1.0
    front = math.exp(
        math.lgamma(a + b)
        - math.lgamma(a)
        - math.lgamma(b)
        + a * (math.log(x) if rest > 0.5 else math.log1p(-rest))
        + b * (math.log(rest) if x > 0.5 else math.log1p(-x))
    )
    if x < (a + 1.0) / (a + b + 2.0):
        return front * _fraction(a, b, x) / a
    return 1.0 - front * _fraction(b, a, rest) / b


def _fraction(a: float, b: float, x: float) -> float:
    """Return the continued fraction of [1]_ by the method of [2]_."""
    above, below = 1.0, 1.0 / _not_zero(1.0 - (a + b) * x / (a + 1.0))
    value = below
    for m in range(1, _MOST_TERMS):
        even = m * (b - m) * x / ((a + 2 * m - 1.0) * (a + 2 * m))
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1.0))
        for term in (even, odd):
            below = 1.0 / _not_zero(1.0 + term * below)
            above = _not_zero(1.0 + term / above)
            value *= above * below
        if abs(above * below - 1.0) < _CLOSE:
            break
    return value


def _not_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
