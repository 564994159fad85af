r"""The probability of backtest overfitting, by combinatorial cross-validation.

The returns of many variants are cut into an even number of blocks.  For every way
to call half of the blocks the past, the variant that was best in the past is
ranked in the other half.  Overfitting is when it lands in the lower half.

References
----------
.. [1] Bailey, D. H., Borwein, J., Lopez de Prado, M., & Zhu, Q. J. (2017). The
   Probability of Backtest Overfitting. *Journal of Computational Finance*, 20(4).
.. [2] Lopez de Prado, M. (2018). *Advances in Financial Machine Learning*, ch. 12.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.evidence.sharpe import UndefinedStatisticError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]

MOST_BLOCKS = 16
_ROWS = 2048


@dataclass(frozen=True, slots=True, kw_only=True)
class Overfitting:
    """The probability of backtest overfitting and the splits it is a share of."""

    probability: float
    splits: int
    variants: int


def split_count(blocks: int) -> int:
    """Return in how many ways half of `blocks` can be the past.

    Examples
    --------
    >>> split_count(16)
    12870
    """
    if blocks < 2 or blocks % 2:
        raise ValueError(f"an even number of blocks, 2 or more, not {blocks}")
    return math.comb(blocks, blocks // 2)


def combinatorial_paths(groups: int, *, tested: int) -> tuple[int, int]:
    """Return the splits and whole paths of combinatorial cross-validation [2]_.

    Examples
    --------
    >>> combinatorial_paths(6, tested=2)
    (15, 5)
    """
    splits = math.comb(groups, tested)
    return splits, splits * tested // groups


def rank_logit(past: FloatArray, future: FloatArray) -> float:
    """Return the logit of the future rank of the variant that was best in the past.

    Zero or less counts as overfit.

    Examples
    --------
    >>> rank_logit(np.array([0.5, 1.1, 0.7]), np.array([0.6, 0.7, 1.3]))
    0.0
    """
    return float(_logits(past[np.newaxis], future[np.newaxis])[0])


def probability_of_overfitting(returns: FloatArray, *, blocks: int = 16) -> Overfitting:
    """Return the probability of backtest overfitting of a set of variants.

    Parameters
    ----------
    returns : ndarray of shape (n_periods, n_variants)
        Simple returns of every variant over the same periods.
    blocks : int, default=16
        Even, from 2 to 16.  Periods that fill no block are left out at the front.

    Raises
    ------
    UndefinedStatisticError
        ``too_few_variants`` under two, ``too_few_returns`` under two a block,
        ``returns_not_finite``.
    ValueError
        If `blocks` is odd or out of bounds.
    """
    splits = split_count(blocks)
    if blocks > MOST_BLOCKS:
        raise ValueError(f"at most {MOST_BLOCKS} blocks, not {blocks}: {splits} splits")
    periods, variants = returns.shape
    if variants < 2:
        raise UndefinedStatisticError("too_few_variants")
    if periods < 2 * blocks:
        raise UndefinedStatisticError("too_few_returns")
    if not np.isfinite(returns).all():
        raise UndefinedStatisticError("returns_not_finite")
    logits = _every_split(returns[periods % blocks :], blocks)
    return Overfitting(
        probability=float(np.count_nonzero(logits <= 0.0)) / splits,
        splits=splits,
        variants=variants,
    )


def _every_split(returns: FloatArray, blocks: int) -> FloatArray:
    periods, variants = returns.shape
    centered = returns - returns.mean(axis=0)
    shaped = centered.reshape(blocks, periods // blocks, variants)
    sums, squares = shaped.sum(axis=1), (shaped * shaped).sum(axis=1)
    chosen = np.array(list(combinations(range(blocks), blocks // 2)))
    past = np.zeros((len(chosen), blocks))
    np.put_along_axis(past, chosen, 1.0, axis=1)
    half, mean = periods // 2, returns.mean(axis=0)
    return np.concatenate(
        [
            _logits(
                _ratios(rows @ sums, rows @ squares, mean, half),
                _ratios((1.0 - rows) @ sums, (1.0 - rows) @ squares, mean, half),
            )
            for rows in np.array_split(past, -(-len(past) // _ROWS))
        ]
    )


def _ratios(
    sums: FloatArray, squares: FloatArray, mean: FloatArray, count: int
) -> FloatArray:
    offsets = sums / count
    variances = (squares - count * offsets * offsets) / (count - 1)
    flat = variances <= 1e-14 * np.abs(squares) / count + 1e-300
    ratios: FloatArray = np.where(
        flat, 0.0, (mean + offsets) / np.sqrt(np.where(flat, 1.0, variances))
    )
    return ratios


def _logits(past: FloatArray, future: FloatArray) -> FloatArray:
    best = past.argmax(axis=1)
    score = np.take_along_axis(future, best[:, np.newaxis], axis=1)
    # Among equals the lowest rank: what cannot be told apart is not skill.
    rank = 1 + np.count_nonzero(future < score, axis=1)
    share = rank / (future.shape[1] + 1.0)
    logits: FloatArray = np.log(share / (1.0 - share))
    return logits
