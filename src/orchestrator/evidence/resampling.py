"""What else could have happened: resampled paths, made of blocks of the real one.

Blocks of consecutive returns are drawn from the sample, bent into a circle, and
laid end to end.  A path is never built bar by bar: for every possible start of a
block the sum of its log returns, its highest and lowest prefix, its own drawdown
and the moments of its returns are known beforehand, and blocks compose exactly.

A percentile of the drawdown is a percentile of these paths, not a bound: it covers a
fresh path less often than its name says.

References
----------
.. [1] Politis, D. N., & Romano, J. P. (1992). A Circular Block-Resampling
   Procedure for Stationary Data. In *Exploring the Limits of Bootstrap*, 263-270.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.evidence.sharpe import ROUNDING, UndefinedStatisticError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]
    IntArray = NDArray[np.int64]


_STARTS_AT_ONCE = 2_000_000
"""Starts of blocks that are in memory at once; drawn in the same order as all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BootstrapPlan:
    """How to resample.

    Parameters
    ----------
    seed : int
        Equal seeds give equal draws; see `seed_of`.
    resamples : int, default=1000
    block : int, default=20
        Consecutive returns kept together.
    """

    seed: int
    resamples: int = 1000
    block: int = 20

    def __post_init__(self) -> None:
        if self.resamples < 1 or self.block < 1 or self.seed < 0:
            raise ValueError("a plan has a seed of 0 or more, resamples and a block")


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bootstrap:
    """One Sharpe ratio per period and one deepest drawdown for every path.

    `horizon_drawdown_pcts` are those of the first `horizon` returns of each.
    """

    plan: BootstrapPlan
    sharpe_ratios: FloatArray
    max_drawdown_pcts: FloatArray
    horizon: int
    horizon_drawdown_pcts: FloatArray

    def sharpe_interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return the percentiles that hold `confidence` of the ratios."""
        tail = 50.0 * (1.0 - confidence)
        low, high = np.percentile(self.sharpe_ratios, (tail, 100.0 - tail))
        return float(low), float(high)

    def drawdown_percentiles(self, *ranks: float) -> tuple[float, ...]:
        """Return percentiles of the deepest drawdown, in percent."""
        return tuple(float(x) for x in np.percentile(self.max_drawdown_pcts, ranks))

    def probability_of_drawdown_over(self, limit_pct: float) -> float:
        """Return the share of paths that fall deeper than `limit_pct` in the horizon.

        Over a horizon that grew with the sample, every limit would be passed in the
        end, and more data would count against a strategy.
        """
        over = np.count_nonzero(self.horizon_drawdown_pcts > limit_pct)
        return float(over) / self.horizon_drawdown_pcts.size


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Blocks:
    """For a block from every start of the circle: what composing needs."""

    total: FloatArray
    highest: FloatArray
    lowest: FloatArray
    drawdown: FloatArray
    first_moment: FloatArray
    second_moment: FloatArray


def seed_of(run_id: str) -> int:
    """Return the seed of a run: equal ids, equal draws, in every process."""
    return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:8], "big")


def bootstrap(
    returns: FloatArray,
    plan: BootstrapPlan,
    *,
    risk_free_per_period: float = 0.0,
    horizon: int | None = None,
) -> Bootstrap:
    """Resample the Sharpe ratio and the drawdown of a run, jointly.

    Parameters
    ----------
    returns : ndarray of shape (n_periods,)
        Simple returns, finite and above -1, whose deviation is not zero.
    plan : BootstrapPlan
    risk_free_per_period : float, default=0.0
        Taken from the returns of the Sharpe ratio, not from the drawdown's.
    horizon : int, optional
        Returns that the probability of a drawdown is about, rounded up to whole
        blocks; the sample's length by default and at most.

    Raises
    ------
    UndefinedStatisticError
        ``too_few_returns`` for less than two blocks.

    Notes
    -----
    The first peak is the equity before the first return.  A path whose returns
    do not vary has no Sharpe ratio and counts as zero.
    """
    count = returns.size
    if count < 2 * plan.block:
        raise UndefinedStatisticError("too_few_returns")
    whole, rest = divmod(count, plan.block)
    random = np.random.default_rng(plan.seed)
    mean = float(returns.mean())
    full = _blocks(returns, plan.block, mean)
    short = _blocks(returns, rest, mean) if rest else None
    blocks = whole + 1 if horizon is None else -(-horizon // plan.block)
    paths = _Paths.empty(plan.resamples)
    at_once = max(1, _STARTS_AT_ONCE // (whole + 1))
    for begin in range(0, plan.resamples, at_once):
        rows = slice(begin, min(begin + at_once, plan.resamples))
        shape = (rows.stop - rows.start, whole + (rest > 0))
        starts = np.ascontiguousarray(random.integers(0, count, shape).T)
        parts = [(full, starts[:whole])]
        if short is not None:
            parts.append((short, starts[whole:]))
        paths.fill(rows, parts, blocks)
    return Bootstrap(
        plan=plan,
        sharpe_ratios=_ratios(paths, count, mean - risk_free_per_period),
        max_drawdown_pcts=_percent(paths.deepest),
        horizon=min(blocks * plan.block, count),
        horizon_drawdown_pcts=_percent(paths.within),
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Paths:
    """What is known of each path: its moments and its drawdowns."""

    first: FloatArray
    second: FloatArray
    within: FloatArray
    deepest: FloatArray

    @classmethod
    def empty(cls, resamples: int) -> _Paths:
        names = ("first", "second", "within", "deepest")
        return cls(**{name: np.zeros(resamples) for name in names})

    def fill(
        self, rows: slice, parts: list[tuple[_Blocks, IntArray]], horizon: int
    ) -> None:
        """Work out the paths of `rows`, made of blocks from given starts."""
        for blocks, starts in parts:
            self.first[rows] += blocks.first_moment[starts].sum(axis=0)
            self.second[rows] += blocks.second_moment[starts].sum(axis=0)
        count = rows.stop - rows.start
        self.within[rows], self.deepest[rows] = _drawdowns(parts, count, horizon)


def _blocks(returns: FloatArray, length: int, mean: float) -> _Blocks:
    count = returns.size
    centered = returns - mean
    logs = np.log1p(returns)
    total = np.zeros(count)
    highest = np.full(count, -np.inf)
    lowest = np.full(count, np.inf)
    drawdown = np.zeros(count)
    first, second = np.zeros(count), np.zeros(count)
    circle = np.concatenate((logs, logs[: length - 1]))
    deviations = np.concatenate((centered, centered[: length - 1]))
    squares = deviations * deviations
    for step in range(length):
        total += circle[step : step + count]
        np.maximum(highest, total, out=highest)
        np.minimum(lowest, total, out=lowest)
        np.maximum(drawdown, highest - total, out=drawdown)
        first += deviations[step : step + count]
        second += squares[step : step + count]
    return _Blocks(
        total=total,
        highest=highest,
        lowest=lowest,
        drawdown=drawdown,
        first_moment=first,
        second_moment=second,
    )


def _ratios(paths: _Paths, count: int, mean: float) -> FloatArray:
    offsets = paths.first / count
    variances = (paths.second - count * offsets * offsets) / (count - 1)
    flat = variances <= ROUNDING * max(float(variances.max()), ROUNDING * ROUNDING)
    variances[flat] = np.inf
    ratios: FloatArray = (mean + offsets) / np.sqrt(variances)
    return ratios


def _drawdowns(
    parts: list[tuple[_Blocks, IntArray]], resamples: int, horizon: int
) -> tuple[FloatArray, FloatArray]:
    """Return the deepest drawdowns of the first `horizon` blocks, and of all."""
    deepest = np.zeros(resamples)
    peak = np.zeros(resamples)
    total = np.zeros(resamples)
    within = deepest
    rows = ((blocks, row) for blocks, starts in parts for row in starts)
    for count, (blocks, row) in enumerate(rows, start=1):
        np.maximum(deepest, blocks.drawdown[row], out=deepest)
        np.maximum(deepest, peak - total - blocks.lowest[row], out=deepest)
        np.maximum(peak, total + blocks.highest[row], out=peak)
        total += blocks.total[row]
        if count == horizon:
            within = deepest.copy()
    return within, deepest


def _percent(depths: FloatArray) -> FloatArray:
    percent: FloatArray = -100.0 * np.expm1(-depths)
    return percent
