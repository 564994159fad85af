r"""Is it the timing, or only being in the market?

A market that rises pays whoever holds it, however he chose the days.  Two tests ask
for more.  `returns_beyond_drift` takes off what the run's average exposure would have
earned; what is left is tested as the returns themselves are [3]_ [4]_.

In `timing_test`, the positions are laid over the same bars again, shifted in a circle
by every possible number of bars.  If the run's Sharpe ratio is no better than that of
most shifts, the entries and exits added nothing.  All shifts at once are two circular
correlations, hence four transforms of positions and returns and two back.  Costs are
left out on both sides.

References
----------
.. [1] Politis, D. N., & Romano, J. P. (1992). A Circular Block-Resampling
   Procedure for Stationary Data. In *Exploring the Limits of Bootstrap*.
.. [2] Aronson, D. R. (2006). *Evidence-Based Technical Analysis*, ch. 5:
   permutation tests on trading rules.
.. [3] Cumby, R. E., & Modest, D. M. (1987). Testing for Market Timing Ability.
   *Journal of Financial Economics*, 19(1), 169-189.
.. [4] Grinblatt, M., & Titman, S. (1993). Performance Measurement without
   Benchmarks. *Journal of Business*, 66(1), 47-68.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.evidence.sharpe import ROUNDING, UndefinedStatisticError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

LOWEST_EXPOSURE = 0.02
HIGHEST_EXPOSURE = 0.98
FEWEST_CHANGES = 10
_TIE = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Holding:
    """What was held, on which prices.

    Parameters
    ----------
    position : ndarray of shape (n_bars,)
        Units held at the close of each bar; negative is short.
    close : ndarray of shape (n_bars,)
        Closing prices.
    initial_cash : float, default=1.0
        What one unit of the positions is measured in: the equity before the first bar.
    claims_timing : bool, default=True
        False for who only buys and holds: he claims the market's return and no more.
    """

    position: FloatArray
    close: FloatArray
    initial_cash: float = 1.0
    claims_timing: bool = True

    @property
    def exposure(self) -> float:
        """Return the share of bars that end with a position."""
        return float(np.count_nonzero(self.position)) / max(self.position.size, 1)

    def weights(self, returns: FloatArray) -> FloatArray:
        """Return the position as a share of the equity that `returns` make."""
        equity = self.initial_cash * np.cumprod(1.0 + returns)
        shares: FloatArray = self.position * self.close / equity
        return shares

    def moves(self) -> FloatArray:
        """Return the market's return from each close to the next."""
        changes: FloatArray = self.close[1:] / self.close[:-1] - 1.0
        return changes

    @property
    def changes(self) -> int:
        """Return how often the position changed from one bar to the next."""
        opening = int(self.position.size > 0 and self.position[0] != 0.0)
        return opening + int(np.count_nonzero(np.diff(self.position)))


def returns_beyond_drift(holding: Holding, returns: FloatArray) -> FloatArray:
    r"""Return what a run earned beyond its average exposure to the market.

    Parameters
    ----------
    holding : Holding
    returns : ndarray of shape (n_bars,)
        The strategy's own returns net of costs, all above -1.

    Returns
    -------
    ndarray of shape (n_bars,)
        :math:`x_t = r_t - \bar w\,m_t`, with the mean signed weight
        :math:`\bar w` and the market's return :math:`m_t`, which is 0 on the first
        bar: nothing was held into it.  Its mean is the covariance of weight and
        market, less costs: zero without skill, whatever the market's drift.
    """
    mean_weight = float(holding.weights(returns)[:-1].mean())
    beyond = returns.copy()
    beyond[1:] -= mean_weight * holding.moves()
    return beyond


@dataclass(frozen=True, slots=True, kw_only=True)
class TimingTest:
    """The share of shifts that did at least as well, and how many there were."""

    p_value: float
    shifts: int


def timing_test(holding: Holding, returns: FloatArray) -> TimingTest:
    """Test whether shifted positions would have done as well.

    Parameters
    ----------
    holding : Holding
    returns : ndarray of shape (n_bars,)
        The strategy's own returns, all above -1: they give the equity that turns
        units into a share of equity.

    Returns
    -------
    TimingTest
        p = (1 + shifts with a Sharpe ratio no lower)/(1 + shifts).

    Raises
    ------
    UndefinedStatisticError
        ``exposure_too_high`` over 98 % of bars, ``exposure_too_low`` under 2 %,
        ``too_few_position_changes`` under ten, ``zero_variance``.
    """
    _require_informative(holding)
    weights = holding.weights(returns)[:-1]
    moves = holding.moves()
    largest = float(np.abs(weights).max())
    if not np.isfinite(largest) or largest == 0.0:
        raise UndefinedStatisticError("zero_variance")
    return _against_shifts(weights / largest, moves)


def _require_informative(holding: Holding) -> None:
    exposure = holding.exposure
    if exposure > HIGHEST_EXPOSURE:
        raise UndefinedStatisticError("exposure_too_high")
    if exposure < LOWEST_EXPOSURE:
        raise UndefinedStatisticError("exposure_too_low")
    if holding.changes < FEWEST_CHANGES:
        raise UndefinedStatisticError("too_few_position_changes")


def _against_shifts(weights: FloatArray, moves: FloatArray) -> TimingTest:
    ratios = sharpe_of_every_shift(weights, moves)
    if np.isnan(ratios[0]):
        raise UndefinedStatisticError("zero_variance")
    # A shift that earned nothing at all has no ratio: it counts as zero.
    others = np.where(np.isnan(ratios[1:]), 0.0, ratios[1:])
    # What the transform cannot tell apart counts against the strategy.
    lowest = ratios[0] - _TIE * max(1.0, abs(float(ratios[0])))
    as_good = int(np.count_nonzero(others >= lowest))
    return TimingTest(p_value=(1 + as_good) / (1 + others.size), shifts=others.size)


def sharpe_of_every_shift(weights: FloatArray, moves: FloatArray) -> FloatArray:
    """Return the Sharpe ratio per period of ``weights * roll(moves, -k)``, each k.

    Parameters
    ----------
    weights, moves : ndarray of shape (n,)

    Returns
    -------
    ndarray of shape (n,)
        NaN where the variance is rounding.
    """
    count = weights.size
    size = fast_length(2 * count - 1)
    both = np.zeros((4, size))
    both[0, :count] = weights
    both[1, :count] = moves
    both[1, count : 2 * count - 1] = moves[:-1]
    np.square(both[:2], out=both[2:])
    spectra = np.fft.rfft(both)
    products = np.conj(spectra[::2]) * spectra[1::2]
    sums, squares = np.fft.irfft(products, size)[:, :count]
    means = sums / count
    variances = (squares - count * means * means) / (count - 1)
    # The transform's error is relative to the largest sum, not to each.
    noise = ROUNDING * max(float(np.abs(squares).max()) / count, 1e-300)
    flat = variances <= noise
    variances[flat] = np.nan
    ratios: FloatArray = means / np.sqrt(variances)
    return ratios


def fast_length(at_least: int) -> int:
    """Return a length no less than `at_least` that transforms fast.

    The smallest 1, 3, 5, 9 or 15 times a power of two: never a quarter longer.

    Examples
    --------
    >>> fast_length(5037), fast_length(5121)
    (5120, 6144)
    """
    return min(
        factor << max(-(-at_least // factor) - 1, 0).bit_length()
        for factor in (1, 3, 5, 9, 15)
    )
