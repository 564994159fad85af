r"""The Sharpe ratio of a sample and how uncertain it is.

Ratios here are **per period** unless a name ends in ``_ann``; kurtosis is raw (a
normal has 3).  The deviation in the ratio has ``ddof=1``, skewness and kurtosis
are population moments.  Two standard errors are reported, one that minds the
shape of the returns and one that minds their autocorrelation; p-values come from
`orchestrator.evidence.luck`, which trusts neither alone.

References
----------
.. [1] Lo, A. W. (2002). The Statistics of Sharpe Ratios. *Financial Analysts
   Journal*, 58(4), 36-52.
.. [2] Mertens, E. (2002). Comments on variance of the IID estimator in Lo (2002).
.. [3] Bailey, D. H., & Lopez de Prado, M. (2012). The Sharpe Ratio Efficient
   Frontier. *Journal of Risk*, 15(2), 3-44.
.. [4] Newey, W. K., & West, K. D. (1987). A Simple, Positive Semi-Definite,
   Heteroskedasticity and Autocorrelation Consistent Covariance Matrix.
   *Econometrica*, 55(3), 703-708; and (1994), *Review of Economic Studies*, 61(4).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.evidence.luck import LongRunError, largest_p_value, long_run_error

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

ROUNDING = 16.0 * float(np.finfo(np.float64).eps)
"""How many units of the largest return a deviation may be and still be rounding."""
DEGENERATE = 1e-9


class UndefinedStatisticError(ValueError):
    """A statistic has no value for this sample; `reason` is a stable code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True, kw_only=True)
class SharpeEstimate:
    """A Sharpe ratio per period with what its uncertainty depends on."""

    observations: int
    ratio: float
    skewness: float
    kurtosis: float
    standard_error_iid: float
    standard_error_hac: float
    long_run: LongRunError

    @property
    def standard_error(self) -> float:
        """Return the larger of the two standard errors."""
        return max(self.standard_error_iid, self.standard_error_hac)

    def p_value_above(self, benchmark: float = 0.0) -> float:
        """Return the p-value of a true ratio no higher than `benchmark` per period."""
        return largest_p_value(
            self.ratio - benchmark,
            observations=self.observations,
            error_mertens=self.standard_error_iid,
            long_run=self.long_run,
        )


def shape_factor(ratio: float, *, skewness: float, kurtosis: float) -> float:
    r"""Return :math:`1 - \gamma_3 SR + \frac{\gamma_4 - 1}{4} SR^2`.

    The variance of a Sharpe ratio times ``T - 1``.  It is never negative for
    moments of real data, whose kurtosis is at least the squared skewness plus one.
    """
    return 1.0 - skewness * ratio + (kurtosis - 1.0) / 4.0 * ratio * ratio


def standard_error_lo(ratio: float, *, observations: int) -> float:
    """Return Lo's standard error for independent normal returns [1]_.

    Examples
    --------
    >>> round(standard_error_lo(0.5, observations=12), 3)
    0.306
    """
    return math.sqrt((1.0 + 0.5 * ratio * ratio) / observations)


def standard_error_mertens(
    ratio: float, *, observations: int, skewness: float, kurtosis: float
) -> float:
    """Return the standard error for independent returns of any shape [2]_ [3]_.

    Parameters
    ----------
    ratio : float
        Sharpe ratio per period.
    observations : int
        How many returns, at least two.
    skewness, kurtosis : float
        Population moments; raw kurtosis.

    Examples
    --------
    >>> round(standard_error_mertens(
    ...     0.7079, observations=134, skewness=-0.225, kurtosis=2.957), 4)
    0.1028
    """
    factor = shape_factor(ratio, skewness=skewness, kurtosis=kurtosis)
    return math.sqrt(max(factor, 0.0) / (observations - 1))


def standard_error_hac(excess: FloatArray) -> float:
    r"""Return the standard error for autocorrelated returns.

    Parameters
    ----------
    excess : ndarray of shape (n_periods,)
        Excess returns per period, whose deviation is not zero.

    Returns
    -------
    float
        :math:`\sqrt{LRV(h)/T}` for the influence
        :math:`h_t = e_t/s - \frac{SR}{2 s^2}(e_t^2 - s^2)`, with a Bartlett kernel
        over :math:`\lfloor 4 (T/100)^{2/9} \rfloor` lags [1]_ [4]_.
    """
    count = excess.size
    standardized = (excess - excess.mean()) / excess.std(ddof=1)
    ratio = float(excess.mean() / excess.std(ddof=1))
    return _newey_west_error(standardized, ratio, count)


def estimate_sharpe(
    returns: FloatArray, *, risk_free_per_period: float = 0.0
) -> SharpeEstimate:
    """Return the Sharpe ratio of a sample with its two standard errors.

    Parameters
    ----------
    returns : ndarray of shape (n_periods,)
        Simple returns per period, as fractions.
    risk_free_per_period : float, default=0.0
        Taken from every return, as a fraction.

    Raises
    ------
    UndefinedStatisticError
        ``too_few_returns``; ``returns_not_finite``; ``equity_not_positive`` when a
        return is -100 % or worse; ``zero_variance`` when the deviation is rounding;
        ``degenerate_distribution`` when the sample has so few distinct values that
        its Sharpe ratio would have no error at all.
    """
    if returns.size < 2:
        raise UndefinedStatisticError("too_few_returns")
    if not np.isfinite(returns).all():
        raise UndefinedStatisticError("returns_not_finite")
    if float(returns.min()) <= -1.0:
        raise UndefinedStatisticError("equity_not_positive")
    excess = returns - risk_free_per_period
    # Dividing by the largest value keeps the fourth power of any float finite.
    scale = max(float(np.abs(excess).max()), float(np.abs(returns).max()))
    if scale == 0.0:
        raise UndefinedStatisticError("zero_variance")
    return _estimate(excess / scale, scale)


def _estimate(scaled: FloatArray, scale: float) -> SharpeEstimate:
    count = scaled.size
    mean = float(scaled.mean())
    centered = scaled - mean
    sum_of_squares = float(centered @ centered)
    deviation = math.sqrt(sum_of_squares / (count - 1))
    # A return is a quotient near one less one: below `ROUNDING` it is noise.
    if deviation <= ROUNDING or deviation * scale <= ROUNDING:
        raise UndefinedStatisticError("zero_variance")
    standardized = centered / deviation
    squares = standardized * standardized
    second = (count - 1) / count
    skewness = float(squares @ standardized) / count / second**1.5
    kurtosis = float(squares @ squares) / count / (second * second)
    ratio = mean / deviation
    if shape_factor(ratio, skewness=skewness, kurtosis=kurtosis) <= DEGENERATE:
        raise UndefinedStatisticError("degenerate_distribution")
    return SharpeEstimate(
        observations=count,
        ratio=ratio,
        skewness=skewness,
        kurtosis=kurtosis,
        standard_error_iid=standard_error_mertens(
            ratio, observations=count, skewness=skewness, kurtosis=kurtosis
        ),
        standard_error_hac=_newey_west_error(standardized, ratio, count),
        long_run=long_run_error(standardized),
    )


def _newey_west_error(standardized: FloatArray, ratio: float, count: int) -> float:
    influence = standardized - 0.5 * ratio * (standardized * standardized - 1.0)
    lags = min(math.floor(4.0 * (count / 100.0) ** (2.0 / 9.0)), count - 1)
    variance = float(influence @ influence)
    for lag in range(1, lags + 1):
        weight = 1.0 - lag / (lags + 1.0)
        variance += 2.0 * weight * float(influence[lag:] @ influence[:-lag])
    return math.sqrt(max(variance, 0.0) / count / count)
