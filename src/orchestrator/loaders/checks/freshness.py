"""What depends on the clock: bars in the future, bars too old, windows cut short."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import numpy as np

from backtesting.timetable import DAY
from orchestrator.loaders.base import Span, instant, moment_of
from orchestrator.loaders.checks.quality import located, spacing_of
from orchestrator.spec import AnswerWarning, Quality, WarningCode

if TYPE_CHECKING:
    from backtesting.bars import Bars
    from orchestrator.loaders.checks.calendars import Calendars

_FARTHEST_ZONE = timedelta(hours=14)
_LAG = timedelta(days=4)
_SLACK = 7 * DAY


def with_future(quality: Quality, bars: Bars, now: datetime) -> Quality:
    """Return the quality with bars later than `now` counted.

    A daily bar is labelled by its date, which begins 14 hours earlier in the
    easternmost zone than in UTC.
    """
    last = bars.timestamps[-1]
    daily = last == last.astype("datetime64[D]")
    limit = instant(now + _FARTHEST_ZONE if daily else now)
    if last <= limit:
        return quality
    finding = located(bars.timestamps, np.flatnonzero(bars.timestamps > limit))
    return replace(quality, findings={**quality.findings, "future_bars": finding})


def age_warnings(
    bars: Bars, max_age_days: float | None, now: datetime
) -> Iterator[AnswerWarning]:
    """Yield `old_data` when the last bar is older than the caller allows."""
    if max_age_days is None:
        return
    last = moment_of(bars.timestamps[-1])
    days = (now - last) / timedelta(days=1)
    if days > max_age_days:
        yield AnswerWarning(
            code=WarningCode.OLD_DATA,
            detail=f"the last bar, {last:%Y-%m-%dT%H:%M:%SZ}, is {days:.1f} days old; "
            f"at most {max_age_days:g} were allowed",
        )


def stale_warnings(
    bars: Bars, most_days: float, until: datetime
) -> Iterator[AnswerWarning]:
    """Yield `old_data` when bars end more than `most_days` before `until`.

    Bars longer than a day are allowed two lengths more: one until the last ends, one
    until the next could.
    """
    last = moment_of(bars.timestamps[-1])
    days = (until - last) // timedelta(days=1)
    longer = 2.0 * max(0.0, float(spacing_of(bars).median / DAY) - 1.0)
    if days > most_days + longer:
        yield AnswerWarning(
            code=WarningCode.OLD_DATA,
            detail=f"the last bar, {last:%Y-%m-%dT%H:%M:%SZ}, was {days} days old on "
            f"{until:%Y-%m-%d}; the policy takes {most_days + longer:g} at most",
        )


def partial_warnings(
    bars: Bars,
    span: Span,
    *,
    calendar: str | None,
    calendars: Calendars,
    now: datetime,
) -> Iterator[AnswerWarning]:
    """Yield `partial_window` when bars asked for are missing at either end.

    Sessions of the exchange calendar, given or recognised, decide; where none is
    known, seven days or one and a half steps do.  The last four days before now are
    never expected.
    """
    if span.start is None and span.end is None:
        return
    first, last = bars.timestamps[0], bars.timestamps[-1]
    missing: list[str] = []
    spacing = spacing_of(bars)
    slack = max(_SLACK, spacing.median * 1.5)

    def absent(begin: np.datetime64, end: np.datetime64) -> bool:
        if begin >= end:
            return False
        if calendar is None or spacing.median > DAY * 1.9:
            return bool(end - begin > slack)
        opens = -((-begin.view(np.int64)) // DAY.view(np.int64))
        earliest = np.datetime64(int(opens), "D")
        latest = (end - np.timedelta64(1, "ns")).astype("datetime64[D]")
        if earliest > latest:
            return False
        return calendars.sessions(calendar, earliest, latest).days.size > 0

    if span.start is not None:
        begin = instant(span.start)
        if absent(begin, first.astype("datetime64[D]").astype("datetime64[ns]")):
            missing.append("before the first bar")
    if span.end is not None:
        until = instant(min(span.end, now - _LAG))
        after = last.astype("datetime64[D]").astype("datetime64[ns]") + DAY
        if absent(after, until):
            missing.append("after the last bar")
    if missing:
        yield AnswerWarning(
            code=WarningCode.PARTIAL_WINDOW, detail=_partial(bars, span, missing)
        )


def _partial(bars: Bars, span: Span, missing: list[str]) -> str:
    first, last = moment_of(bars.timestamps[0]), moment_of(bars.timestamps[-1])
    start = "the beginning" if span.start is None else f"{span.start:%Y-%m-%d %H:%M}"
    end = "the end" if span.end is None else f"{span.end:%Y-%m-%d %H:%M}"
    return (
        f"asked for bars from {start} to {end}, received {len(bars)} from "
        f"{first:%Y-%m-%d %H:%M} to {last:%Y-%m-%d %H:%M}: the source has none "
        f"{' and '.join(missing)}"
    )
