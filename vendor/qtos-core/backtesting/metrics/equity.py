"""The metrics that need nothing but an equity curve.

Equity ``E[0] .. E[n-1]`` stands at bar closes; the initial cash ``C`` is the first
peak and the base of the first return, so ``r[0] = E[0]/C - 1`` and
``r[t] = E[t]/E[t-1] - 1``.  Standard deviations use ``ddof=1``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backtesting.metrics import kernels
from backtesting.metrics.definition import Reason
from backtesting.metrics.history import refuse_missing
from backtesting.metrics.percentiles import tails_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.metrics.sheet import Sheet

DUST = 16 * float(np.finfo(np.float64).eps)
"""What a deviation of returns must exceed to be more than rounding.

A return read off an equity curve carries an error of about one eps, whatever its
own size: the returns of a curve that grows by exactly 1 % a bar deviate by some
1e-16, and a test against zero would report a Sharpe ratio of 1e15."""

NANOSECONDS_A_DAY = 86_400e9
DAYS_A_YEAR = 365.25
SMALLEST_TAIL_SAMPLE = 20
LARGEST_RETURN = 1e60
"""Beyond it the fourth power of a return is no number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """How time is counted: bars that make a year, and the annual risk-free rate."""

    periods_per_year: float
    risk_free_rate: float = 0.0

    def __post_init__(self) -> None:
        if not (math.isfinite(self.periods_per_year) and self.periods_per_year > 0.0):
            raise ValueError(
                f"periods_per_year is {self.periods_per_year}: must be finite and > 0"
            )
        if not (math.isfinite(self.risk_free_rate) and self.risk_free_rate > -1.0):
            raise ValueError(
                f"risk_free_rate is {self.risk_free_rate}: must be finite and > -1"
            )

    @property
    def rate_per_period(self) -> float:
        """The risk-free rate of one bar."""
        if self.risk_free_rate == 0.0:
            return 0.0
        return math.expm1(math.log1p(self.risk_free_rate) / self.periods_per_year)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curve:
    """An equity curve with the sums its metrics are made of.

    `series` are the returns and `returns` their sums.  `trouble` is why nothing can
    be said about them, or None.  `unit` is what one of equity is worth in money.
    """

    initial: float
    final: float
    bars: int
    years: float
    path: kernels.Path
    trouble: Reason | None
    series: NDArray[np.float64]
    returns: kernels.Returns
    unit: float

    @classmethod
    def of(
        cls,
        equity: NDArray[np.float64],
        nanoseconds: NDArray[np.int64],
        initial: float,
        rate: float,
        *,
        unit: float = 1.0,
    ) -> Curve:
        """Return the curve of one equity a bar.

        `initial` is the cash before the first bar, `rate` the risk-free rate of one.

        Raises
        ------
        ValueError
            If an equity is NaN or infinite.
        """
        path = kernels.walk(equity, nanoseconds, initial)
        if not math.isfinite(path.mean_equity):
            refuse_missing("equity", equity)
        is_sound = path.lowest_base > 0.0
        series = np.empty(equity.size)  # numpy's large arrays come in huge pages
        returns = kernels.returns_into(series, equity, initial, rate)
        elapsed = float(nanoseconds[-1] - nanoseconds[0])
        return cls(
            initial=initial,
            final=float(equity[-1]),
            bars=equity.size,
            years=elapsed / NANOSECONDS_A_DAY / DAYS_A_YEAR,
            path=path,
            trouble=_trouble_of(is_sound, equity.size, returns.largest),
            series=series,
            returns=returns,
            unit=unit,
        )


def _trouble_of(is_sound: bool, count: int, largest: float) -> Reason | None:
    if not is_sound:
        return Reason.EQUITY_NOT_POSITIVE
    if count < 2:
        return Reason.TOO_FEW_RETURNS
    return None if largest < LARGEST_RETURN else Reason.OVERFLOW


def is_constant(squares: float, largest: float, count: int) -> bool:
    """Return whether a series deviates by no more than rounding."""
    return math.sqrt(squares / (count - 1)) <= DUST * max(1.0, largest)


def add_growth(sheet: Sheet, curve: Curve) -> None:
    """Write what was won or lost, in money, percent and percent a year."""
    sheet.put("initial_value", curve.initial * curve.unit)
    sheet.put("final_value", curve.final * curve.unit)
    sheet.put("total_pnl", (curve.final - curve.initial) * curve.unit)
    if curve.initial <= 0.0:
        sheet.skip("total_return_pct", Reason.EQUITY_NOT_POSITIVE)
    else:
        # In this order 1,800 on 100,000 reads 1.8, not 1.8000000000000016.
        gained = 100.0 * (curve.final - curve.initial) / curve.initial
        sheet.put("total_return_pct", gained)
    if curve.path.lowest <= 0.0:
        sheet.skip("cagr", Reason.EQUITY_NOT_POSITIVE)
    elif curve.years <= 0.0:
        sheet.skip("cagr", Reason.TOO_FEW_BARS)
    else:
        growth = math.log(curve.final) - math.log(curve.initial)
        sheet.put_growth("cagr", growth / curve.years)


def add_ratios(sheet: Sheet, curve: Curve, clock: Clock) -> None:
    """Write volatility and the ratios of return to risk."""
    names = ("volatility_pct", "sharpe_ratio", "sortino_ratio", "omega_ratio")
    if curve.trouble is not None:
        sheet.skip_all(names, curve.trouble)
        return
    returns, rate = curve.returns, clock.rate_per_period
    scale = math.sqrt(clock.periods_per_year)
    deviation = math.sqrt(returns.second / (curve.bars - 1))
    excess = returns.mean - rate
    sheet.put("volatility_pct", deviation * scale * 100.0)
    if is_constant(returns.second, returns.largest, curve.bars):
        sheet.skip("sharpe_ratio", Reason.ZERO_VARIANCE)
    else:
        sheet.put("sharpe_ratio", excess / deviation * scale)
    downside = math.sqrt(returns.downside / curve.bars)
    if downside <= DUST:
        sheet.skip("sortino_ratio", Reason.NO_DOWNSIDE)
    else:
        sheet.put("sortino_ratio", excess / downside * scale)
    if returns.losses <= DUST:
        sheet.skip("omega_ratio", Reason.NO_LOSING_BAR)
    else:
        sheet.put("omega_ratio", returns.gains / returns.losses)


def add_drawdowns(sheet: Sheet, curve: Curve) -> None:
    """Write how deep and how long equity stood under its peak."""
    path = curve.path
    sheet.put("max_drawdown", path.drawdown * curve.unit)
    if curve.initial <= 0.0:
        sheet.skip_all(("max_drawdown_pct", "ulcer_index"), Reason.EQUITY_NOT_POSITIVE)
    else:
        sheet.put("max_drawdown_pct", path.drawdown_share * 100.0)
        squares = path.squared_drawdowns / curve.bars
        sheet.put("ulcer_index", math.sqrt(squares) * 100.0)
    sheet.put("max_drawdown_days", path.longest_under_water / NANOSECONDS_A_DAY)
    if path.is_recovered:
        sheet.put("recovery_days", path.recovery / NANOSECONDS_A_DAY)
    else:
        sheet.skip("recovery_days", Reason.NOT_RECOVERED)
    if "cagr" in sheet.undefined:
        sheet.skip("calmar_ratio", sheet.undefined["cagr"])
    elif path.drawdown_share <= DUST:
        sheet.skip("calmar_ratio", Reason.NO_DRAWDOWN)
    else:
        cagr = sheet.values["cagr"]
        sheet.put("calmar_ratio", cagr / (path.drawdown_share * 100.0))


def add_distribution(sheet: Sheet, curve: Curve) -> None:
    """Write the tails and the shape of the returns."""
    losses = ("value_at_risk_95_pct", "expected_shortfall_95_pct")
    names = (*losses, "tail_ratio", "skewness", "kurtosis")
    if curve.trouble is not None:
        sheet.skip_all(names, curve.trouble)
        return
    returns = curve.returns
    variance = returns.second / curve.bars
    tails = tails_of(curve.series, returns.mean, math.sqrt(variance))
    if curve.bars < SMALLEST_TAIL_SAMPLE:
        sheet.skip_all(losses, Reason.TOO_FEW_RETURNS)
    else:
        sheet.put("value_at_risk_95_pct", 0.0 - tails.low * 100.0)
        sheet.put("expected_shortfall_95_pct", 0.0 - tails.mean_below * 100.0)
    if abs(tails.low) <= DUST:
        sheet.skip("tail_ratio", Reason.ZERO_TAIL)
    else:
        sheet.put("tail_ratio", abs(tails.high / tails.low))
    if is_constant(returns.second, returns.largest, curve.bars):
        sheet.skip_all(("skewness", "kurtosis"), Reason.ZERO_VARIANCE)
        return
    sheet.put("skewness", returns.third / curve.bars / variance**1.5)
    sheet.put("kurtosis", returns.fourth / curve.bars / variance**2)
