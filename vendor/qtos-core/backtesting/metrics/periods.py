"""How many bars make a year: bars over elapsed time, and its customary value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backtesting.timetable import DAY, LONG_STEP, usual_step

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.bars import Bars

    Nanoseconds = NDArray[np.int64]

TRADING_DAYS = 252.0
CALENDAR_DAYS = 365.0
DAYS_A_YEAR = 365.25
NANOSECONDS_A_DAY = 86_400_000_000_000
AGREES = 0.03
"""How far a customary number may lie from what was counted."""
UNEVEN = 0.15
"""How far the usual number of bars a year may lie from bars over elapsed time."""

_WEEK = 7
_A_WEEK = _WEEK * NANOSECONDS_A_DAY
_ALMOST_A_WEEK = 5.5  # days: too long for the days between two weekends
_MANY_DAYS = 1.5
_WEEKDAYS_A_YEAR = DAYS_A_YEAR * 5.0 / 7.0
_ROUND_THE_CLOCK = 0.9  # of a day, from the first to the last of its bars
_LONG_STEPS = (52.0, 12.0, 4.0, 1.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class BarsPerYear:
    """How many bars make a year, and how even they lie.

    Parameters
    ----------
    periods : float
        What to annualize by.
    counted : float
        Bars over elapsed time, before any rounding to a customary number.
    usual : float
        The median over stretches of the series of the same; far from `counted`
        where bars of two spacings are mixed, or a row lies far from the others.
    """

    periods: float
    counted: float
    usual: float

    @property
    def is_even(self) -> bool:
        """Whether the usual spacing is within 15 % of that of the whole."""
        return abs(self.usual / self.counted - 1.0) <= UNEVEN


def infer_periods_per_year(timestamps: NDArray[np.datetime64]) -> float:
    """Return how many such bars make a year; see `bars_per_year`."""
    return bars_per_year(timestamps).periods


def bars_per_year_of(bars: Bars) -> BarsPerYear:
    """Return `bars_per_year` of the labels of bars, worked out once for them."""
    return bars.remembered("bars_per_year", lambda: bars_per_year(bars.timestamps))


def bars_per_year(
    timestamps: NDArray[np.datetime64], by_calendar: float | None = None
) -> BarsPerYear:
    """Return how many such bars make a year.

    Parameters
    ----------
    timestamps : ndarray of datetime64[ns], shape (n_bars,)
        Labels of the bars in UTC, strictly increasing.
    by_calendar : float, optional
        Bars a year by the exchange calendar of the bars: its sessions a year times
        bars over its sessions in the window.  It takes the place of bars over
        elapsed time.

    Returns
    -------
    BarsPerYear
        Bars over elapsed time, in whole weeks where bars are daily or closer.  Where a
        customary number agrees within 3 % it is taken instead: 252 or 365 times the
        median number of bars a day, 52, 12, 4 or 1.  A year of weekdays without a
        holiday, 261, is one of 252, unless bars lie round the clock.  Less than a
        week of bars cannot tell, and is taken for 252 days a year unless seven days
        in a row have bars.  Which days of the week they are plays no part.

    Raises
    ------
    ValueError
        If there is no bar.
    """
    if timestamps.size == 0:
        raise ValueError("there is no bar to infer the periods per year from")
    moments = timestamps.astype("datetime64[ns]", copy=False).view(np.int64)
    if moments.size == 1:
        return BarsPerYear(
            periods=TRADING_DAYS, counted=TRADING_DAYS, usual=TRADING_DAYS
        )
    step = float(usual_step(timestamps) / DAY)
    if step >= LONG_STEP / DAY:
        counted = _over_time(moments)
        periods = _customary(counted, _long_step_limits(moments))
    else:
        a_day = _bars_a_day(moments)
        counted = by_calendar or _counted(moments, a_day, step)
        weeks = int(moments[-1] - moments[0]) // _A_WEEK if by_calendar is None else 0
        periods = _customary(counted, _day_limits(a_day, step, weeks))
    return BarsPerYear(
        periods=periods, counted=counted, usual=_usual(moments, step, counted)
    )


def _over_time(moments: Nanoseconds) -> float:
    days = float(moments[-1] - moments[0]) / NANOSECONDS_A_DAY
    return (moments.size - 1) / days * DAYS_A_YEAR


def _bars_a_day(moments: Nanoseconds) -> float:
    """Return the median number of bars on a day that has any."""
    days = moments // NANOSECONDS_A_DAY
    starts = np.flatnonzero(np.diff(days)) + 1
    edges = np.concatenate(([0], starts, [days.size]))
    return float(np.median(np.diff(edges)))


def _counted(moments: Nanoseconds, a_day: float, step: float) -> float:
    """Return bars a year, by the whole weeks there are."""
    elapsed = int(moments[-1] - moments[0])
    weeks = elapsed // _A_WEEK
    if weeks and step >= _MANY_DAYS:
        return _over_time(moments)
    if weeks:
        # Summer time moves labels by an hour, so the end is half a step earlier.
        slack = int(0.5 * step * NANOSECONDS_A_DAY)
        stop = moments[0] + weeks * _A_WEEK - slack
        bars = int(np.searchsorted(moments, stop))
        return bars / (weeks * _WEEK) * DAYS_A_YEAR
    widest = float(np.diff(moments).max()) / NANOSECONDS_A_DAY
    days = elapsed / NANOSECONDS_A_DAY
    is_whole = widest <= 1.0 and days > _ALMOST_A_WEEK
    return a_day * (CALENDAR_DAYS if is_whole else TRADING_DAYS)


def _day_limits(
    a_day: float, step: float, weeks: int
) -> dict[float, tuple[float, float]]:
    """Return the customary numbers, each with the counts that agree with it."""
    # One holiday in so many weeks takes this much off what they hold.
    holiday = min(0.1, 1.0 / (5.0 * weeks)) if weeks else 0.0
    low = 1.0 - max(AGREES, holiday)
    is_open_all_day = a_day > 1.0 and a_day * step >= _ROUND_THE_CLOCK
    high = 1.0 + AGREES if is_open_all_day else _WEEKDAYS_A_YEAR / TRADING_DAYS
    trading, calendar = a_day * TRADING_DAYS, a_day * CALENDAR_DAYS
    return {
        trading: (low * trading, (high + 1e-9) * trading),
        calendar: (low * calendar, (1.0 + AGREES) * calendar),
    }


def _long_step_limits(moments: Nanoseconds) -> dict[float, tuple[float, float]]:
    # Months and shortened weeks shift a label by up to three days.
    days = float(moments[-1] - moments[0]) / NANOSECONDS_A_DAY
    share = AGREES + 3.0 / days
    return {
        number: (number * (1.0 - share), number * (1.0 + share))
        for number in _LONG_STEPS
    }


def _customary(counted: float, limits: dict[float, tuple[float, float]]) -> float:
    agreeing = [
        number for number, (low, high) in limits.items() if low <= counted <= high
    ]
    return min(
        agreeing, key=lambda number: abs(number / counted - 1.0), default=counted
    )


def _usual(moments: Nanoseconds, step: float, counted: float) -> float:
    """Return the median of bars over time in stretches of about four weeks or more."""
    bars_of_four_weeks = round(counted * 28.0 / DAYS_A_YEAR) if step < _WEEK else 0
    typical = round(20.0 / max(step, 1.0 / 1440.0)) if step < _WEEK else 0
    size = max(6, min(bars_of_four_weeks, typical) or 6)
    if moments.size <= 2 * size:
        return counted
    spans = (moments[size::size] - moments[:-size:size]) / NANOSECONDS_A_DAY
    return float(size / np.median(spans) * DAYS_A_YEAR)
