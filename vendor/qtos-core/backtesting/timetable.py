"""When each bar opens and closes, which its label alone does not say."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Moments = NDArray[np.datetime64]
    Nanoseconds = NDArray[np.int64]

_A_DAY = 86_400_000_000_000
_LONG = 9 * _A_DAY // 2
DAY = np.timedelta64(_A_DAY, "ns")
LONG_STEP = np.timedelta64(_LONG, "ns")
"""From four and a half days on, bars are weeks or longer."""
SHORT_STEP = np.timedelta64(9 * _A_DAY // 10, "ns")
"""Under nine tenths of a day, several bars make a day."""

_WITHIN = 1.5  # steps: a gap up to this is one bar's, longer ones are closed markets


class BarLabel(StrEnum):
    """What the label of a bar marks."""

    START = "start"
    END = "end"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BarTimes:
    """When bars open and close.

    Parameters
    ----------
    opens, closes : ndarray of datetime64[ns], shape (n_bars,)
        The instant of each bar's first and of its last price, in UTC.
    open_dates, close_dates : ndarray of datetime64[D], shape (n_bars,)
        The session each of them is of.
    """

    opens: Moments
    closes: Moments
    open_dates: Moments
    close_dates: Moments


class Timetable(Protocol):
    """What knows when bars open and close."""

    def times(self, labels: Moments) -> BarTimes:
        """Return when the bars with these labels open and close."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelTimetable:
    """Bars that lie side by side, as far as labels alone can tell.

    A bar goes from its label to the next, or from the one before to its own; over
    a gap of more than one and a half usual steps it is one step long.  The end label
    of a week or longer is a date, and that date belongs to the bar.
    """

    label: BarLabel = BarLabel.START

    def times(self, labels: Moments) -> BarTimes:
        """Return when the bars with these labels open and close."""
        moments = labels.astype("datetime64[ns]", copy=False).view(np.int64)
        step = int(usual_step(labels).view(np.int64))
        if self.label is BarLabel.START:
            starts, ends = moments, _reached(moments, step)
        else:
            ends = moments
            if step >= _LONG and not (moments % _A_DAY).any():
                ends = moments + _A_DAY
            starts = -_reached(-ends[::-1], step)[::-1]
        opens, closes = starts.view("datetime64[ns]"), ends.view("datetime64[ns]")
        return BarTimes(
            opens=opens,
            closes=closes,
            open_dates=opens.astype("datetime64[D]"),
            close_dates=(ends - 1).view("datetime64[ns]").astype("datetime64[D]"),
        )


def usual_step(labels: Moments) -> np.timedelta64:
    """Return the median step between labels; a day for a single bar."""
    if labels.size < 2:
        return DAY
    return np.timedelta64(int(np.median(np.diff(labels).view(np.int64))), "ns")


def _reached(starts: Nanoseconds, step: int) -> Nanoseconds:
    """Return where each of rising moments ends: at the next, or a step later."""
    ends = starts + step
    near = np.diff(starts) <= _WITHIN * step
    ends[:-1][near] = starts[1:][near]
    return ends
