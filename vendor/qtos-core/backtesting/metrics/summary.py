"""The eight headline metrics of an equity curve given as a list of points."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from backtesting.metrics.definition import Reason
from backtesting.metrics.equity import (
    Clock,
    Curve,
    add_drawdowns,
    add_growth,
    add_ratios,
)
from backtesting.metrics.history import sealed
from backtesting.metrics.sheet import Sheet

if TYPE_CHECKING:
    from numpy.typing import NDArray

EquityCurve = Sequence[tuple[datetime, float]]

MEASURED = (
    "final_value",
    "total_pnl",
    "total_return_pct",
    "cagr",
    "sharpe_ratio",
    "max_drawdown",
    "max_drawdown_pct",
)


@dataclass(frozen=True, slots=True)
class Metrics:
    """What a backtest came to.

    Money is in the quote currency; `total_return_pct`, `cagr` and
    `max_drawdown_pct` are percent (12.5 means 12.5 %); drawdowns are positive;
    `sharpe_ratio` is annualized and dimensionless.  A metric that is undefined is
    NaN, and `undefined` says why; of an empty curve all are zero, and named there.
    """

    initial_value: float
    final_value: float
    total_pnl: float
    total_return_pct: float
    cagr: float
    sharpe_ratio: float
    max_drawdown: float
    max_drawdown_pct: float
    undefined: Mapping[str, str] = field(default_factory=dict, hash=False)


def compute_metrics(
    initial_value: float,
    equity_curve: EquityCurve,
    *,
    trading_days_per_year: float = 252,
    risk_free_rate: float = 0.0,
) -> Metrics:
    r"""Return the headline metrics of an equity curve.

    Parameters
    ----------
    initial_value : float
        Equity before the first bar: the first peak, and the base of the first
        return.
    equity_curve : sequence of (datetime, float)
        Equity at each bar's close, in time order.
    trading_days_per_year : float, default=252
        Bars that make a year, for annualizing the Sharpe ratio.
    risk_free_rate : float, default=0.0
        Annual effective rate, as a fraction.

    Returns
    -------
    Metrics
        Of an empty curve, zeros named in `Metrics.undefined` (the final value is
        the initial one).  Elsewhere an undefined metric is NaN with its reason.

    Raises
    ------
    ValueError
        If a value is NaN or infinite, or the curve goes back in time.

    Notes
    -----
    Years are elapsed time over 365.25 days, so
    :math:`\mathrm{CAGR} = 100\,((E_{n-1}/C)^{1/\text{years}} - 1)`.  The Sharpe
    ratio is :math:`\sqrt P\,(\bar r - r_f)/s_r` with ``ddof=1`` and
    :math:`r_f = (1 + \text{risk\_free\_rate})^{1/P} - 1`.  `max_drawdown` and
    `max_drawdown_pct` are each the maximum over time, of :math:`peak - E` and of
    :math:`(peak - E)/peak`: they need not fall on the same bar.

    References
    ----------
    .. [1] Sharpe, W. F. (1994). The Sharpe Ratio. *Journal of Portfolio
       Management*, 21(1), 49-58.
    .. [2] Bacon, C. R. (2008). *Practical Portfolio Performance Measurement and
       Attribution*, 2nd ed. Wiley.

    Examples
    --------
    >>> curve = [(datetime(2021, 1, 1), 50.0), (datetime(2022, 1, 1), 110.0)]
    >>> metrics = compute_metrics(100.0, curve)
    >>> round(metrics.cagr, 2), metrics.max_drawdown_pct
    (10.01, 50.0)
    """
    clock = Clock(periods_per_year=trading_days_per_year, risk_free_rate=risk_free_rate)
    if not math.isfinite(initial_value):
        raise ValueError(f"initial_value is {initial_value}: must be finite")
    if not equity_curve:
        return _of_nothing(initial_value)
    equity, elapsed = _arrays(equity_curve)
    curve = Curve.of(equity, elapsed, float(initial_value), clock.rate_per_period)
    sheet = Sheet()
    add_growth(sheet, curve)
    add_ratios(sheet, curve, clock)
    add_drawdowns(sheet, curve)
    return _metrics(sheet, float(initial_value))


def _arrays(
    equity_curve: EquityCurve,
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    equity = np.array([value for _, value in equity_curve], dtype=np.float64)
    start = equity_curve[0][0]
    elapsed = np.array([(moment - start).total_seconds() for moment, _ in equity_curve])
    if (np.diff(elapsed) < 0.0).any():
        raise ValueError("the equity curve goes back in time")
    return sealed(equity), sealed(np.rint(elapsed * 1e9).astype(np.int64))


def _metrics(sheet: Sheet, initial_value: float) -> Metrics:
    values = {name: sheet.values.get(name, math.nan) for name in MEASURED}
    undefined = {
        name: sheet.undefined[name].value
        for name in MEASURED
        if name in sheet.undefined
    }
    return Metrics(initial_value=initial_value, undefined=undefined, **values)


def _of_nothing(initial_value: float) -> Metrics:
    zeros = [name for name in MEASURED if name != "final_value"]
    return Metrics(
        initial_value=float(initial_value),
        final_value=float(initial_value),
        undefined=dict.fromkeys(zeros, Reason.EMPTY_EQUITY_CURVE.value),
        **dict.fromkeys(zeros, 0.0),
    )
