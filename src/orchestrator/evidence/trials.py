"""What trying often does to a p-value, and what it takes to undo it.

`sidak` is what the gate judges by at any one time; `spent` is for who tries in
sequence and stops at the first pass; `holm` is for a table of p-values; the
deflated Sharpe ratio is reported beside them and not judged by: it is too strict
for independent trials, and near-copies of one strategy shrink the variance it is
built on.

References
----------
.. [1] Sidak, Z. (1967). Rectangular Confidence Regions for the Means of
   Multivariate Normal Distributions. *JASA*, 62(318), 626-633.
.. [2] Holm, S. (1979). A Simple Sequentially Rejective Multiple Test Procedure.
   *Scandinavian Journal of Statistics*, 6(2), 65-70.
.. [3] Harvey, C. R., & Liu, Y. (2015). Backtesting. *Journal of Portfolio
   Management*, 42(1), 13-28.
.. [4] Bailey, D. H., Borwein, J., Lopez de Prado, M., & Zhu, Q. J. (2014).
   Pseudo-Mathematics and Financial Charlatanism. *Warnings of the AMS*, 61(5).
.. [5] Bailey, D. H., & Lopez de Prado, M. (2014). The Deflated Sharpe Ratio.
   *Journal of Portfolio Management*, 40(5), 94-107.
.. [6] Foster, D. P., & Stine, R. A. (2008). Alpha-investing: a procedure for
   sequential control of expected false discoveries. *Journal of the Royal
   Statistical Society B*, 70(2), 429-444.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from orchestrator.evidence.normal import quantile_above, upper_tail
from orchestrator.evidence.psr import probabilistic_sharpe_ratio
from orchestrator.evidence.sharpe import SharpeEstimate

EULER_MASCHERONI = 0.5772156649015329
FEWEST_FOR_VARIANCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Trials:
    """How often somebody tried before this result.

    Parameters
    ----------
    counted : int or None
        Distinct trials of this caller on this data, this one included, by the
        ledger; None when nobody counted.
    claimed : int or None, default=None
        What the caller says; it may raise the number, never lower it.
    all_callers : int or None, default=None
        The count over all callers on the same data: reported, not used.
    sharpe_variance : float or None, default=None
        Variance over the counted trials of their Sharpe ratios **per period**.
    """

    counted: int | None
    claimed: int | None = None
    all_callers: int | None = None
    sharpe_variance: float | None = None

    def __post_init__(self) -> None:
        for count in (self.counted, self.claimed, self.all_callers):
            if count is not None and count < 1:
                raise ValueError(f"a number of trials is at least 1, not {count}")
        variance = self.sharpe_variance
        if variance is not None and not 0.0 <= variance < math.inf:
            raise ValueError(f"a variance is finite and not negative, not {variance}")

    @property
    def used(self) -> int:
        """Return the number statistics are adjusted for."""
        return max(self.counted or 1, self.claimed or 1)


def sidak(p_value: float, *, trials: float) -> float:
    """Return the chance that the best of `trials` independent trials does as well.

    Examples
    --------
    >>> round(sidak(0.01, trials=20), 4)
    0.1821
    """
    if p_value >= 1.0:
        return 1.0
    return -math.expm1(trials * math.log1p(-p_value))


def sidak_single(adjusted: float, *, trials: float) -> float:
    """Return the p-value one trial needs for `sidak` to give `adjusted`."""
    return -math.expm1(math.log1p(-adjusted) / trials)


def spent(p_value: float, *, trials: float) -> float:
    """Return the p-value of the `trials`-th of trials made in sequence [6]_.

    Trial k may spend 1/(k(k+1)) of the level, which sums to 1 over all k: however
    many follow, the chance that any passes without skill stays under the level.

    Examples
    --------
    >>> spent(0.001, trials=4)
    0.02
    """
    return min(1.0, p_value * trials * (trials + 1.0))


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's adjusted p-values, in the order given.

    Examples
    --------
    >>> holm([0.01, 0.04])
    (0.02, 0.04)
    """
    count = len(p_values)
    order = sorted(range(count), key=p_values.__getitem__)
    adjusted = [0.0] * count
    running = 0.0
    for rank, index in enumerate(order):
        running = max(running, min(1.0, (count - rank) * p_values[index]))
        adjusted[index] = running
    return tuple(adjusted)


def haircut_sharpe(adjusted_p: float, *, standard_error: float) -> float:
    """Return the Sharpe ratio whose one-sided p-value is `adjusted_p`, at least 0.

    What is left of a Sharpe ratio once its trials are paid for, after [3]_; in the
    units of `standard_error`.
    """
    return max(0.0, quantile_above(adjusted_p)) * standard_error


@dataclass(frozen=True, slots=True, kw_only=True)
class Haircut:
    """Harvey and Liu's adjustment of one strategy, with two-sided p-values."""

    p_single: float
    p_multiple: float
    sharpe_ann: float


def harvey_liu_haircut(
    sharpe_ann: float, *, observations: int, periods_per_year: float, tests: int
) -> Haircut:
    """Return the haircut of eqs. 3 to 5 of [3]_ for independent tests.

    The paper's p-values are two-sided and its errors those of independent normal
    returns; `weigh` uses one-sided ones and the larger standard error.
    """
    error = math.sqrt(periods_per_year / observations)
    single = 2.0 * upper_tail(abs(sharpe_ann) / error)
    multiple = sidak(single, trials=tests)
    return Haircut(
        p_single=single,
        p_multiple=multiple,
        sharpe_ann=haircut_sharpe(multiple / 2.0, standard_error=error),
    )


def expected_max_z(trials: float) -> float:
    """Return about the expected largest of `trials` standard normals [4]_.

    Examples
    --------
    >>> round(expected_max_z(10), 2), expected_max_z(1)
    (1.57, 0.0)
    """
    if trials <= 1:
        return 0.0
    return (1.0 - EULER_MASCHERONI) * quantile_above(1.0 / trials) + (
        EULER_MASCHERONI * quantile_above(1.0 / (trials * math.e))
    )


def min_backtest_length_years(trials: float, *, target_sharpe_ann: float) -> float:
    """Return how many years keep the luckiest of `trials` under a Sharpe ratio [4]_.

    In fewer years the best of `trials` without skill is expected to show
    `target_sharpe_ann` or more.
    """
    return (expected_max_z(trials) / target_sharpe_ann) ** 2


def trials_variance(trials: Trials, *, observations: int) -> float:
    """Return the variance of the trials' Sharpe ratios per period.

    At least 1/(T-1), the variance of a ratio without skill, and that alone when
    fewer than ten trials were counted.
    """
    floor = 1.0 / (observations - 1)
    if trials.sharpe_variance is None or (trials.counted or 0) < FEWEST_FOR_VARIANCE:
        return floor
    return max(trials.sharpe_variance, floor)


def deflated_sharpe_ratio(
    estimate: SharpeEstimate, *, trials: float, variance: float
) -> float:
    """Return the probability that a ratio beats the luckiest of `trials` [5]_.

    Parameters
    ----------
    estimate : SharpeEstimate
    trials : float
    variance : float
        Of the trials' Sharpe ratios, **per period**.
    """
    return probabilistic_sharpe_ratio(
        estimate.ratio,
        math.sqrt(variance) * expected_max_z(trials),
        observations=estimate.observations,
        skewness=estimate.skewness,
        kurtosis=estimate.kurtosis,
    )
