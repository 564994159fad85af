"""How many bars make a year, read off their timestamps."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.metrics.compiled import compiled
from backtesting.metrics.history import sealed

if TYPE_CHECKING:
    from numpy.typing import NDArray

TRADING_DAYS = 252.0
CALENDAR_DAYS = 365.0
DAYS_A_YEAR = 365.25
NANOSECONDS_A_DAY = 86_400_000_000_000
WEEKEND_SHARE = 0.1
"""From this share of weekend bars on, the market trades on weekends: seven days a
week give 2/7, a stray bar or a Sunday evening's opening far less."""

FEW_DAYS = 5
"""Bars fewer days apart are daily: a handful of them may straddle a weekend."""

NEAR = FEW_DAYS * NANOSECONDS_A_DAY

BANDS = (
    (5.0, 9.0, 52.0),
    (26.0, 35.0, 12.0),
    (80.0, 100.0, 4.0),
    (350.0, 380.0, 1.0),
)
"""Weekly, monthly, quarterly and yearly bars: days apart, and how many a year."""


class Days(NamedTuple):
    """Bars on each day that has any, bars on weekends, and bars a few days apart."""

    counts: NDArray[np.int64]
    weekend_bars: int
    close_bars: int


def infer_periods_per_year(timestamps: NDArray[np.datetime64]) -> float:
    """Return how many such bars make a year.

    Parameters
    ----------
    timestamps : ndarray of datetime64[ns], shape (n_bars,)
        Labels of the bars in UTC, strictly increasing.

    Returns
    -------
    float
        252 for daily bars, 365 when at least a tenth of them lie on weekends; 52
        for weekly, 12 for monthly, 4 for quarterly and 1 for yearly bars; for
        intraday bars, the median number of bars a day times 252 or 365.  Any other
        spacing gives 365.25 over the median days between bars.  One bar has no
        spacing, and is taken for a daily one.

    Raises
    ------
    ValueError
        If there is no bar.
    """
    if timestamps.size == 0:
        raise ValueError("there is no bar to infer the periods per year from")
    nanoseconds = timestamps.astype("datetime64[ns]", copy=False).view(np.int64)
    days = _days_of(sealed(nanoseconds))
    is_weekly = days.weekend_bars < WEEKEND_SHARE * timestamps.size
    days_a_year = TRADING_DAYS if is_weekly else CALENDAR_DAYS
    if days.counts.size < timestamps.size:
        a_day = float(np.median(days.counts))
        if a_day > 1.0:
            return a_day * days_a_year
    if 2 * days.close_bars >= timestamps.size - 1:
        return days_a_year
    gap = float(np.median(np.diff(nanoseconds))) / NANOSECONDS_A_DAY
    for shortest, longest, periods in BANDS:
        if shortest <= gap <= longest:
            return periods
    return DAYS_A_YEAR / gap


@compiled
def _days_of(nanoseconds: NDArray[np.int64]) -> Days:
    counts = np.zeros(nanoseconds.size, dtype=np.int64)
    last, weekend_bars, close_bars = -1, 0, -1
    is_weekend = False
    before = midnight = nanoseconds[0]
    for moment in nanoseconds:
        if last < 0 or moment >= midnight:
            day = moment // NANOSECONDS_A_DAY
            midnight = (day + 1) * NANOSECONDS_A_DAY
            # 1970-01-01 was a Thursday: days 2 and 3 of each week were a weekend.
            is_weekend = day % 7 == 2 or day % 7 == 3
            last += 1
        counts[last] += 1
        weekend_bars += is_weekend
        close_bars += moment - before < NEAR
        before = moment
    return Days(counts[: last + 1], weekend_bars, close_bars)
