"""Every metric of a run, read off its arrays."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.metrics.definition import Measured
from backtesting.metrics.equity import (
    Clock,
    Curve,
    add_distribution,
    add_drawdowns,
    add_growth,
    add_ratios,
)
from backtesting.metrics.history import check_cash, check_shape, sealed
from backtesting.metrics.relative import add_relative
from backtesting.metrics.sheet import Sheet
from backtesting.metrics.trading import add_exposure, add_trades

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.metrics.history import History

    FloatArray = NDArray[np.float64]


class Comparison(NamedTuple):
    """A run and its benchmark, measured over the same bars."""

    run: Measured
    benchmark: Measured


class Held(NamedTuple):
    """All cash put in at the first close and held; see `hold`."""

    curve: Curve
    measured: Measured

    def with_cash(self, cash: float, clock: Clock) -> Held:
        """Return the same holding bought with other cash; arrays are shared."""
        check_cash(cash)
        unit = cash / self.curve.initial
        if unit == self.curve.unit:
            return self
        return _measured(replace(self.curve, unit=unit), clock)


def _measured(curve: Curve, clock: Clock) -> Held:
    sheet = Sheet()
    _add_curve(sheet, curve, clock)
    return Held(curve, sheet.measured())


def hold(
    timestamps: NDArray[np.datetime64],
    close: FloatArray,
    *,
    initial_cash: float,
    periods_per_year: float,
    risk_free_rate: float = 0.0,
) -> Held:
    """Return a benchmark for `measure`: it depends on no run, and may be kept.

    Raises
    ------
    ValueError
        If there is not one positive and finite close a bar.
    """
    check_cash(initial_cash)
    check_shape("close", close, timestamps.size)
    if not close.min() > 0.0:
        raise ValueError("close holds a price that is not positive")
    clock = Clock(periods_per_year=periods_per_year, risk_free_rate=risk_free_rate)
    base = float(close[0])
    unit = initial_cash / base
    nanoseconds, rate = _nanoseconds(timestamps), clock.rate_per_period
    return _measured(Curve.of(sealed(close), nanoseconds, base, rate, unit=unit), clock)


def measure(
    history: History,
    *,
    periods_per_year: float,
    risk_free_rate: float = 0.0,
    held: Held | None = None,
) -> Comparison:
    """Return every metric of `CATALOGUE` of a run, and the benchmark's own.

    Parameters
    ----------
    history : History
        The run.
    periods_per_year : float
        How many bars make a year; see `infer_periods_per_year`.
    risk_free_rate : float, default=0.0
        Annual effective rate, as a fraction.
    held : Held, default=None
        The benchmark, held over the same bars from the same cash under the same rates;
        None means the run's own bars.

    Returns
    -------
    Comparison
        `run` has a value or a reason for each metric of the catalogue;
        `benchmark` has those of an equity curve alone, for all cash put in at the
        first close and held.

    Raises
    ------
    ValueError
        If an equity, a position or a trade is NaN or infinite, or the benchmark is
        not one of as many bars.
    """
    clock = Clock(periods_per_year=periods_per_year, risk_free_rate=risk_free_rate)
    rate = clock.rate_per_period
    nanoseconds = _nanoseconds(history.timestamps)
    curve = Curve.of(sealed(history.equity), nanoseconds, history.initial_cash, rate)
    if held is None:
        held = hold(
            history.timestamps,
            history.close,
            initial_cash=history.initial_cash,
            periods_per_year=periods_per_year,
            risk_free_rate=risk_free_rate,
        )
    check_shape("held", held.curve.series, history.timestamps.size)
    sheet = Sheet()
    _add_curve(sheet, curve, clock)
    add_exposure(sheet, history, curve)
    add_trades(sheet, history)
    add_relative(sheet, curve, held.curve, clock)
    return Comparison(sheet.measured(), held.measured)


def measure_equity(
    timestamps: NDArray[np.datetime64],
    equity: FloatArray,
    *,
    initial_cash: float,
    periods_per_year: float,
    risk_free_rate: float = 0.0,
) -> Measured:
    """Return the metrics that need nothing but an equity curve; see `measure`."""
    check_cash(initial_cash)
    check_shape("equity", equity, timestamps.size)
    clock = Clock(periods_per_year=periods_per_year, risk_free_rate=risk_free_rate)
    sheet = Sheet()
    nanoseconds, rate = _nanoseconds(timestamps), clock.rate_per_period
    curve = Curve.of(sealed(equity), nanoseconds, initial_cash, rate)
    _add_curve(sheet, curve, clock)
    return sheet.measured()


def _add_curve(sheet: Sheet, curve: Curve, clock: Clock) -> None:
    add_growth(sheet, curve)
    add_ratios(sheet, curve, clock)
    add_drawdowns(sheet, curve)
    add_distribution(sheet, curve)


def _nanoseconds(timestamps: NDArray[np.datetime64]) -> NDArray[np.int64]:
    if timestamps.size == 0:
        raise ValueError("there is no bar to measure")
    return sealed(timestamps.astype("datetime64[ns]", copy=False).view(np.int64))
