"""The timetable of a market: sessions of its calendar laid under the labels of bars."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backtesting.timetable import (
    DAY,
    LONG_STEP,
    SHORT_STEP,
    BarLabel,
    BarTimes,
    LabelTimetable,
    usual_step,
)
from orchestrator.loaders.checks.calendars import ALWAYS_OPEN

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.timetable import Timetable
    from orchestrator.loaders.checks.calendars import Calendars
    from orchestrator.loaders.checks.sessions import Sessions

    Moments = NDArray[np.datetime64]

_FRIDAY = 4
_MONTH_ENDS_WITHIN = 4  # days: the last weekday of a month is among its last four
_MOST = 0.8
_LAST_SECOND = np.timedelta64(86_399, "s")
_MARGIN = np.timedelta64(40, "D")


def timetable_of(
    labels: Moments,
    *,
    calendar: str | None,
    label: BarLabel | None,
    calendars: Calendars,
) -> Timetable:
    """Return the timetable of bars.

    Parameters
    ----------
    labels : ndarray of datetime64[ns]
    calendar : str or None
        The exchange calendar, given or recognised.
    label : BarLabel or None
        What labels mark; None recognises it by `recognised_label`.
    calendars : Calendars
    """
    by_labels = LabelTimetable(label=label or recognised_label(labels))
    if calendar is None or calendar == ALWAYS_OPEN:
        return by_labels
    days = labels[[0, -1]].astype("datetime64[D]")
    sessions = calendars.sessions(calendar, days[0] - _MARGIN, days[1] + _MARGIN)
    if not sessions.days.size:
        return by_labels
    return SessionTimetable(sessions=sessions, by_labels=by_labels)


def recognised_label(labels: Moments) -> BarLabel:
    """Return what the labels mark.

    The end, where nearly all weeks are labelled by a Friday, Saturday or Sunday,
    longer bars by one of the last four days of a month, or any by the last second
    of a day; else the start.
    """
    if labels.size < 2:
        return BarLabel.START
    step, days = usual_step(labels), labels.astype("datetime64[D]")
    if step >= SHORT_STEP and np.all((labels - days) >= _LAST_SECOND):
        return BarLabel.END
    if step < LONG_STEP:
        return BarLabel.START
    if step < DAY * 20:
        weekdays = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
        is_end = (weekdays >= _FRIDAY).mean() >= _MOST
    else:
        later = (days + _MONTH_ENDS_WITHIN).astype("datetime64[M]")
        is_end = (later > days.astype("datetime64[M]")).mean() >= _MOST
    return BarLabel.END if is_end else BarLabel.START


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SessionTimetable:
    """Bars of a market with sessions.

    A daily bar opens and closes with its session: that of its date, where labels are
    dates, else the first that ends at or after its label.  Bars of weeks and longer
    open with the first session in them and close with the last.  Shorter bars lie
    side by side, and are of the session they lie in.  Bars without a session keep
    what their labels say.
    """

    sessions: Sessions
    by_labels: LabelTimetable

    def times(self, labels: Moments) -> BarTimes:
        """Return when the bars with these labels open and close."""
        step = usual_step(labels)
        times = self.by_labels.times(labels)
        if step >= LONG_STEP:
            return self._of_weeks(times)
        if step < SHORT_STEP:
            dates = self.sessions.dates_of(labels, times.open_dates)
            return BarTimes(
                opens=times.opens,
                closes=times.closes,
                open_dates=dates,
                close_dates=dates,
            )
        rows, found = self._sessions_of(labels)
        if (np.diff(rows[found]) <= 0).any():  # two bars of one session
            return times
        return BarTimes(
            opens=np.where(found, self.sessions.opens[rows], times.opens),
            closes=np.where(found, self.sessions.closes[rows], times.closes),
            open_dates=np.where(found, self.sessions.days[rows], times.open_dates),
            close_dates=np.where(found, self.sessions.days[rows], times.close_dates),
        )

    def _sessions_of(
        self, labels: Moments
    ) -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
        """Return the session of each daily label, and whether there is one."""
        sessions, days = self.sessions, labels.astype("datetime64[D]")
        if not (days == labels).all():
            return sessions.rows_of(labels)
        last = sessions.days.size - 1
        rows = np.minimum(np.searchsorted(sessions.days, days), last)
        return rows, sessions.days[rows] == days

    def _of_weeks(self, times: BarTimes) -> BarTimes:
        sessions = self.sessions
        last = sessions.days.size - 1
        first = np.minimum(np.searchsorted(sessions.days, times.open_dates), last)
        final = np.searchsorted(sessions.days, times.close_dates, side="right") - 1
        has_any = (final >= first) & (sessions.days[first] >= times.open_dates)
        final = np.maximum(final, 0)
        return BarTimes(
            opens=np.where(has_any, sessions.opens[first], times.opens),
            closes=np.where(has_any, sessions.closes[final], times.closes),
            open_dates=np.where(has_any, sessions.days[first], times.open_dates),
            close_dates=np.where(has_any, sessions.days[final], times.close_dates),
        )
