"""What is doubtful about bars that keep the contract.

Suspicions are counted and located, never acted on.  Everything here is a few
passes over the arrays; it runs once for a window of a dataset and is kept with it.

* `missing_sessions`: sessions of the exchange calendar without a bar.
* `off_calendar_bars`: bars on days the calendar has no session.
* `zero_volume`: bars in which nothing traded.
* `stale_closes`: bars that repeat the close before them, in runs of three equal
  closes or more (ten for intraday bars).
* `extreme_returns`: close-to-close returns further than eight median absolute
  deviations from the median return.
* `unadjusted_splits`: a price ratio near that of a split, over night, with the jump
  in volume that a split brings, or a split that the source itself names.
* `stray_clocks`: bars whose label had a clock where all others had none.
* `clipped_prices`: opens and closes beyond high or low by a rounding, taken for it.
* `mixed_spacing`: bars much closer together than the others, or stretches much
  further apart.
* `future_bars`: bars labelled later than now; see
  `orchestrator.loaders.checks.freshness`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from backtesting.metrics import BarsPerYear, bars_per_year, bars_per_year_of
from backtesting.metrics.periods import CALENDAR_DAYS
from backtesting.timetable import DAY, LONG_STEP, SHORT_STEP, usual_step
from orchestrator.loaders.checks.calendars import ALWAYS_OPEN, Calendars
from orchestrator.loaders.checks.rows import Notes
from orchestrator.spec import Finding, Quality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.bars import Bars
    from orchestrator.loaders.checks.rows import Dropped

    Rows = NDArray[np.int64]
    Days = NDArray[np.datetime64]

SHOWN = 5
"""How many places a finding names."""

DROP_KINDS = (
    "unreadable_rows",
    "unreadable_timestamps",
    "missing_values",
    "non_positive_prices",
    "extreme_values",
    "high_below_low",
    "price_outside_range",
    "negative_volume",
    "unsorted_timestamps",
    "duplicate_timestamps",
)
_LONGEST_CLOSURE = 12 * DAY
"""No market is closed for longer but in war; the new year of China takes ten days."""
_STRAY_SHARE = 0.005
"""Bars that may lie off a calendar's sessions for it to be recognised, or one."""
_USUAL = "XNYS"
_ROWS_AT_ONCE = 8_192
_RATIOS = np.array([1.5, 2, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 50, 100])
_NO_ROWS: NDArray[np.int64] = np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spacing:
    """How a series of labels is spaced."""

    median: np.timedelta64
    daily: bool
    intraday: bool


def spacing_of(bars: Bars) -> Spacing:
    """Return the spacing of labels: daily when the median step is about one day."""
    if len(bars) < 2:
        whole = bool(bars.timestamps[0] == bars.timestamps[0].astype("datetime64[D]"))
        return Spacing(median=DAY, daily=whole, intraday=not whole)
    median = usual_step(bars.timestamps)
    daily = bool(SHORT_STEP < median < DAY * 1.9)
    return Spacing(median=median, daily=daily, intraday=bool(median < SHORT_STEP))


def recognise_calendar(
    bars: Bars, spacing: Spacing, calendars: Calendars
) -> str | None:
    """Return 24/7 for seven daily bars a week, XNYS for dates of its sessions.

    XNYS is recognised where at most one bar, or one in two hundred, lies on none of
    its days; sessions without a bar do not speak against it, but are missing.
    """
    if not spacing.daily:
        return None
    if bars_per_year_of(bars).periods == CALENDAR_DAYS:
        return ALWAYS_OPEN
    days = bars.timestamps.astype("datetime64[D]")
    if not (days == bars.timestamps).all():
        return None
    known = calendars.sessions(_USUAL, days[0], days[-1])
    known_days = days[(days >= known.first) & (days <= known.last)]
    strays = int(np.count_nonzero(~np.isin(known_days, known.days)))
    is_it = strays <= max(1.0, _STRAY_SHARE * days.size) and 2 * strays < days.size
    return _USUAL if is_it else None


def periods_of(bars: Bars, calendar: str | None, calendars: Calendars) -> BarsPerYear:
    """Return how many bars make a year, by the sessions of a calendar if one is named.

    A calendar that does not know the window, or has no whole year, says nothing.
    """
    if calendar is None or len(bars) < 2:
        return bars_per_year_of(bars)
    first, last = bars.timestamps[[0, -1]].astype("datetime64[D]")
    known = calendars.sessions(calendar, first, last)
    a_year = calendars.per_year(calendar, last)
    if known.first > first or known.last < last or not known.days.size or not a_year:
        return bars_per_year_of(bars)
    return bars_per_year(bars.timestamps, len(bars) / known.days.size * a_year)


def inspect(
    bars: Bars,
    *,
    calendar: str | None,
    calendars: Calendars,
    dropped: Sequence[Dropped] = (),
    dropped_rows: int = 0,
    adjusted: bool = False,
    notes: Notes | None = None,
) -> Quality:
    """Return what was found in `bars`, what had been dropped, and what was noted.

    Raises
    ------
    InvalidRequestError
        If `calendar` is none there is.
    """
    spacing = spacing_of(bars)
    name = calendar or recognise_calendar(bars, spacing, calendars)
    findings = {kind: Finding(count=0, at=()) for kind in DROP_KINDS}
    for drop in dropped:
        at = tuple(f"row {row}" for row in drop.rows)
        findings[drop.kind] = Finding(count=drop.count, at=at)
    sessions, missing_pct = _sessions(bars, name, spacing, calendars)
    findings |= sessions
    labels = bars.timestamps
    closes = bars.close
    findings["zero_volume"] = located(labels, np.flatnonzero(bars.volume == 0.0))
    findings["stale_closes"] = located(
        labels, _stale(closes, 10 if spacing.intraday else 3)
    )
    findings["extreme_returns"] = located(labels, _extreme(closes))
    notes = notes or Notes()
    splits = np.union1d(_splits(bars), _named_splits(bars, notes))
    findings["unadjusted_splits"] = located(labels, splits)
    findings["stray_clocks"] = located(labels, _rows_of(labels, notes.strays))
    findings["clipped_prices"] = located(labels, _rows_of(labels, notes.clipped))
    findings["mixed_spacing"] = located(labels, _mixed(labels, spacing))
    findings["future_bars"] = Finding(count=0, at=())
    return Quality(
        calendar=name,
        calendar_inferred=calendar is None,
        adjusted=adjusted,
        dropped_rows=dropped_rows,
        missing_pct=missing_pct,
        findings=findings,
    )


def located(labels: NDArray[np.datetime64], rows: Rows) -> Finding:
    """Return a finding that counts `rows` and names the first of them."""
    return Finding(count=int(rows.size), at=_texts(labels[rows[:SHOWN]]))


def _texts(labels: NDArray[np.datetime64]) -> tuple[str, ...]:
    return tuple(
        f"{text}Z" for text in np.datetime_as_string(labels, unit="s").tolist()
    )


def _sessions(
    bars: Bars, name: str | None, spacing: Spacing, calendars: Calendars
) -> tuple[Mapping[str, Finding], float]:
    nothing = Finding(count=0, at=())
    if name is None or not (spacing.daily or spacing.intraday):
        found = {"missing_sessions": nothing, "off_calendar_bars": nothing}
        return found, _in_holes(bars.timestamps, spacing)
    days = bars.timestamps.astype("datetime64[D]")
    expected = calendars.sessions(name, days[0] - 1, days[-1] + 1)
    if not (spacing.daily and (days == bars.timestamps).all()):
        days = expected.dates_of(bars.timestamps, days)
    inside = (days >= expected.first) & (days <= expected.last)
    opened = expected.between(days[0], days[-1]).days
    missing = np.setdiff1d(opened, days, assume_unique=spacing.daily)
    off = np.flatnonzero(inside & ~np.isin(days, opened))
    shown = tuple(missing[:SHOWN].astype(str).tolist())
    found = {
        "missing_sessions": Finding(count=int(missing.size), at=shown),
        "off_calendar_bars": located(bars.timestamps, off),
    }
    return found, 100.0 * missing.size / max(opened.size, 1)


def _in_holes(labels: Days, spacing: Spacing) -> float:
    """Return the percent of the time that lies in holes, beyond a usual step."""
    if labels.size < 3:
        return 0.0
    steps = np.diff(labels)
    holes = steps[steps > max(_LONGEST_CLOSURE, 3 * spacing.median)]
    lost = (holes - spacing.median).sum()  # a hundred times it may not be a time
    return 100.0 * float(lost / (labels[-1] - labels[0]))


def _stale(closes: NDArray[np.float64], run: int) -> Rows:
    """Return the bars that repeat the close before, in runs of `run` equal closes."""
    changes = np.flatnonzero(closes[1:] != closes[:-1]) + 1
    starts = np.concatenate(([0], changes))
    lengths = np.diff(np.concatenate((starts, [closes.size])))
    long = lengths >= run
    if not long.any():
        return _NO_ROWS
    repeated = np.repeat(long, lengths)
    repeated[starts] = False
    return np.flatnonzero(repeated)


def _extreme(closes: NDArray[np.float64]) -> Rows:
    if closes.size < 3:
        return _NO_ROWS
    returns = closes[1:] / closes[:-1] - 1.0
    distance = np.abs(returns - np.median(returns))
    return np.flatnonzero(distance > max(8.0 * np.median(distance), 1e-12)) + 1


def _splits(bars: Bars) -> Rows:
    """Return the bars that open at a split's ratio to the close before them."""
    steps = bars.close[:-1] / bars.open[1:]
    ratios = np.maximum(steps, 1.0 / steps)
    rows = np.flatnonzero(ratios > 1.4)
    near = np.abs(_RATIOS[:, np.newaxis] / ratios[rows] - 1.0).min(axis=0) <= 0.04
    rows = rows[near]
    before = _median_volume(bars.volume, rows, range(-19, 1))
    after = _median_volume(bars.volume, rows, range(1, 6))
    more, less = after >= 1.2 * before, before >= 1.2 * after
    unknown = (before == 0.0) | (after == 0.0)
    is_split = unknown | np.where(steps[rows] > 1.0, more, less)
    found: Rows = rows[is_split] + 1
    return found


def _median_volume(
    volumes: NDArray[np.float64], rows: Rows, around: range
) -> NDArray[np.float64]:
    """Return the median volume of bars around rows, of those that there are."""
    medians = np.empty(rows.size)
    for begin in range(0, rows.size, _ROWS_AT_ONCE):
        some = rows[begin : begin + _ROWS_AT_ONCE]
        places = some[:, np.newaxis] + np.array(around)
        inside = (places >= 0) & (places < volumes.size)
        windows = np.where(inside, volumes[places.clip(0, volumes.size - 1)], np.inf)
        # Those that are not there are the last in order.
        windows.sort(axis=1)
        count = inside.sum(axis=1)
        middle = np.take_along_axis(
            windows, np.stack(((count - 1) // 2, count // 2), axis=1), axis=1
        )
        medians[begin : begin + some.size] = middle.mean(axis=1)
    return medians


def _named_splits(bars: Bars, notes: Notes) -> Rows:
    """Return the splits the source names that prices still show.

    Many sources name splits that they have adjusted prices for; then the step is
    nearer to none than to the split's.
    """
    rows = _rows_of(bars.timestamps, [moment for moment, _ in notes.splits])
    ratios = dict(notes.splits)
    kept = [
        row
        for row in rows.tolist()
        if row and _shows(bars, row, ratios[bars.timestamps[row]])
    ]
    return np.array(kept, dtype=np.int64)


def _shows(bars: Bars, row: int, ratio: float) -> bool:
    step = np.log(bars.close[row - 1] / bars.open[row])
    return bool(abs(step - np.log(ratio)) < abs(step))


def _rows_of(labels: Days, moments: Sequence[np.datetime64]) -> Rows:
    """Return the rows of the labels that are among `moments`."""
    if not moments:
        return _NO_ROWS
    found: Rows = np.flatnonzero(np.isin(labels, np.array(moments)))
    return found


def _mixed(labels: NDArray[np.datetime64], spacing: Spacing) -> Rows:
    if labels.size < 3:
        return _NO_ROWS
    steps = np.diff(labels)
    odd = steps < spacing.median * 0.5
    if spacing.daily:
        wide = steps > LONG_STEP
        if wide.any():
            odd |= _in_runs(wide, 3)
    return np.flatnonzero(odd) + 1


def _in_runs(mask: NDArray[np.bool_], run: int) -> NDArray[np.bool_]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.view(np.int8), [0]))))
    kept = np.zeros_like(mask)
    for start, stop in edges.reshape(-1, 2):
        if stop - start >= run:
            kept[start:stop] = True
    return kept
