"""The probabilistic Sharpe ratio and the track record it takes.

References
----------
.. [1] Bailey, D. H., & Lopez de Prado, M. (2012). The Sharpe Ratio Efficient
   Frontier. *Journal of Risk*, 15(2), 3-44.
"""

from __future__ import annotations

import math

from orchestrator.evidence.normal import cdf, quantile_above
from orchestrator.evidence.sharpe import (
    DEGENERATE,
    UndefinedStatisticError,
    shape_factor,
    standard_error_mertens,
)


def probabilistic_sharpe_ratio(
    ratio: float,
    benchmark: float = 0.0,
    *,
    observations: int,
    skewness: float,
    kurtosis: float,
) -> float:
    """Return the probability that the true Sharpe ratio is above `benchmark`.

    Parameters
    ----------
    ratio, benchmark : float
        Sharpe ratios **per period**: an annualized one saturates the answer at 1.
    observations : int
        How many returns, at least two.
    skewness, kurtosis : float
        Population moments; raw kurtosis (a normal has 3).

    Raises
    ------
    UndefinedStatisticError
        ``degenerate_distribution`` if the standard error is zero.

    Examples
    --------
    >>> round(probabilistic_sharpe_ratio(
    ...     0.458, observations=24, skewness=0.0, kurtosis=3.0), 3)
    0.982
    """
    if shape_factor(ratio, skewness=skewness, kurtosis=kurtosis) <= DEGENERATE:
        raise UndefinedStatisticError("degenerate_distribution")
    error = standard_error_mertens(
        ratio, observations=observations, skewness=skewness, kurtosis=kurtosis
    )
    return cdf((ratio - benchmark) / error)


def min_track_record_length(
    ratio: float,
    benchmark: float = 0.0,
    *,
    skewness: float,
    kurtosis: float,
    confidence: float = 0.95,
) -> float:
    """Return how many observations make PSR(`benchmark`) reach `confidence`.

    Returns
    -------
    float
        Observations, not whole; eq. 13 of [1]_.

    Raises
    ------
    UndefinedStatisticError
        ``sharpe_not_above_benchmark`` if no length would do.
    """
    if not ratio > benchmark:
        raise UndefinedStatisticError("sharpe_not_above_benchmark")
    factor = shape_factor(ratio, skewness=skewness, kurtosis=kurtosis)
    length = (
        1.0 + factor * (quantile_above(1.0 - confidence) / (ratio - benchmark)) ** 2
    )
    if not math.isfinite(length):
        raise UndefinedStatisticError("sharpe_not_above_benchmark")
    return length
