r"""How likely a Sharpe ratio is without skill, by the most doubtful of three tests.

Each test alone can be fooled.  **Student's t at the null** does not let one jump
shrink the error it is measured by, as errors taken at the estimated ratio do.
**Mertens** minds negative skewness: many small gains and a few rare losses.
**Equal-weighted cosines** mind any autocorrelation, such as prices drawn as a line
between monthly marks.  A result is shown only where all three show it.

References
----------
.. [1] Lazarus, E., Lewis, D. J., Stock, J. H., & Watson, M. W. (2018). HAR
   Inference: Recommendations for Practice. *Journal of Business & Economic
   Statistics*, 36(4), 541-559: equal-weighted cosines, Student's t with B degrees.
.. [2] Mertens, E. (2002). Comments on variance of the IID estimator in Lo (2002).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.evidence.normal import upper_tail
from orchestrator.evidence.student import student_upper_tail

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

FEWEST_COSINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class LongRunError:
    """The error of a Sharpe ratio per period, and the degrees of freedom it has."""

    value: float
    degrees: int


def long_run_error(standardized: FloatArray) -> LongRunError:
    r"""Return the error that autocorrelation leaves, by equal-weighted cosines.

    Parameters
    ----------
    standardized : ndarray of shape (n_periods,)
        Returns less their mean, over their deviation (``ddof=1``).

    Returns
    -------
    LongRunError
        :math:`\sqrt{\hat\Omega / T}` with
        :math:`\hat\Omega = B^{-1} \sum_{j=1}^{B} \Lambda_j^2` and
        :math:`\Lambda_j = \sqrt{2/T} \sum_t u_t \cos(\pi j (t - 1/2) / T)`, over
        :math:`B = \lfloor T (1 - \rho_1)/(1 + \rho_1) \rfloor` cosines, at least 4
        and at most :math:`0.4\,T^{2/3}` [1]_; all there are below 5 returns.
    """
    count = standardized.size
    sum_of_squares = float(standardized @ standardized)
    correlation = float(standardized[1:] @ standardized[:-1]) / sum_of_squares
    degrees = _cosines(count, correlation)
    # The cosine transform of a series is the Fourier transform of it and its mirror.
    mirrored = np.concatenate((standardized, standardized[::-1]))
    spectrum = np.fft.rfft(mirrored)[1 : degrees + 1]
    squares = float(np.vdot(spectrum, spectrum).real) / (2.0 * count)
    return LongRunError(value=math.sqrt(squares / degrees / count), degrees=degrees)


def _cosines(count: int, correlation: float) -> int:
    highest = math.floor(0.4 * math.pow(count, 2.0 / 3.0))
    wanted = math.floor(count * (1.0 - correlation) / (1.0 + correlation))
    return max(1, min(count - 1, max(FEWEST_COSINES, min(wanted, highest))))


def largest_p_value(
    distance: float, *, observations: int, error_mertens: float, long_run: LongRunError
) -> float:
    """Return the largest of the three one-sided p-values.

    Parameters
    ----------
    distance : float
        How far the Sharpe ratio **per period** is above what is tested.
    observations : int
        How many returns, at least two.
    error_mertens : float
        Mertens' standard error of the ratio per period [2]_, positive.
    long_run : LongRunError
        An error of 0 belongs to a series without slow movement: it decides nothing.
    """
    student = student_upper_tail(
        distance * math.sqrt(observations), degrees=observations - 1
    )
    mertens = upper_tail(distance / error_mertens)
    if long_run.value == 0.0:
        return max(student, mertens)
    slow = student_upper_tail(distance / long_run.value, degrees=long_run.degrees)
    return max(student, mertens, slow)
