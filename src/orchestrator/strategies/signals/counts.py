"""What became of each of the caller's own signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from backtesting import PlanOutcome
from backtesting.terms import Fill
from orchestrator.described import described
from orchestrator.spec import AnswerWarning, WarningCode

if TYPE_CHECKING:
    import numpy as np

    from backtesting.bars import Bars
    from orchestrator.strategies.signals.placing import Placed
    from orchestrator.strategies.signals.series import Signals


PLACEMENTS_SHOWN = 20


class PlacementRule(StrEnum):
    """Which fill a signal was given."""

    FIRST_OPEN = "first_open"
    FIRST_CLOSE = "first_close"
    OPEN_AFTER_DATE = "open_after_date"
    CLOSE_OF_DATE = "close_of_date"


_RULES = {
    (Fill.NEXT_OPEN, False): PlacementRule.FIRST_OPEN,
    (Fill.CLOSE, False): PlacementRule.FIRST_CLOSE,
    (Fill.NEXT_OPEN, True): PlacementRule.OPEN_AFTER_DATE,
    (Fill.CLOSE, True): PlacementRule.CLOSE_OF_DATE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """When one signal acts."""

    signal: int = described("Position of the signal in the request, from 0")
    timestamp: datetime = described("Its time; of a date, the midnight")
    rule: PlacementRule = described(
        "`first_open` or `first_close` at or after its time; `open_after_date` or "
        "`close_of_date` for a date"
    )
    bar: datetime | None = described(
        "Label of the bar it fills on; absent where the data ends before",
        absent=True,
    )


def placements_of(
    signals: Signals, placed: Placed, bars: Bars, fill: Fill
) -> tuple[Placement, ...]:
    """Return how the first twenty signals that act were placed."""
    delay = 0 if fill is Fill.CLOSE else 1
    columns = zip(
        placed.rows[:PLACEMENTS_SHOWN].tolist(),
        placed.dated[:PLACEMENTS_SHOWN].tolist(),
        (placed.bars[:PLACEMENTS_SHOWN] + delay).tolist(),
        strict=True,
    )
    return tuple(
        Placement(
            signal=row,
            timestamp=_moment(
                signals.days[row] if is_date else signals.timestamps[row]
            ),
            rule=_RULES[fill, is_date],
            bar=_moment(bars.timestamps[bar]) if bar < len(bars) else None,
        )
        for row, is_date, bar in columns
    )


def _moment(instant: np.datetime64) -> datetime:
    moment: datetime = instant.astype("datetime64[us]").item()
    return moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCounts:
    """What became of each of the caller's own signals.

    Received = acted + duplicates + outside the data.  The last three are known only
    once the run is: see `after`.
    """

    received: int = described("Signals sent")
    acted: int = described("Signals handed to a bar")
    before_data: int = described(
        "Signals that would have had to fill before the second bar's open, or under "
        "`close` came before the first bar's"
    )
    after_data: int = described("Signals after the last bar's close")
    duplicates: int = described(
        "Signals that repeat the time and side of another; each is acted on once"
    )
    moved: int = described(
        "Of those acted on, how many came on a date without a bar and act on the next"
    )
    dated: int = described(
        "Of those acted on, how many are dates, known after the close of their date"
    )
    placements: tuple[Placement, ...] = described(
        "How the first twenty of those acted on were placed"
    )
    without_effect: int = described(
        "Of those acted on, how many found nothing to do: nothing to reduce, and a "
        "side that the direction does not let them open",
        default=0,
    )
    cut: int = described(
        "Of those acted on, how many were larger than the position they reduced",
        default=0,
    )
    closed_nothing: int = described(
        "Of those acted on, how many had nothing open any more when their "
        "`hold_bars` were over: refused, stopped out, reduced to nothing, or not an "
        "entry in the first place",
        default=0,
    )

    def after(self, outcome: PlanOutcome) -> SignalCounts:
        """Return the counts with what a run of the signals' plan came to."""
        return replace(
            self,
            without_effect=outcome.without_effect,
            cut=outcome.cut,
            closed_nothing=outcome.closed_nothing,
        )

    def placing_warnings(self) -> Iterator[AnswerWarning]:
        """Yield what the caller must know of where the signals fell."""
        outside = self.before_data + self.after_data
        return self._warnings(
            (
                WarningCode.SIGNALS_OUTSIDE_DATA,
                outside,
                f"{self.before_data} before the first bar and {self.after_data} after "
                "the last one's close were not acted on",
            ),
            (
                WarningCode.SIGNALS_MOVED,
                self.moved,
                f"{self.moved} came on a date without a bar and act on the next one",
            ),
            (
                WarningCode.SIGNALS_DUPLICATE,
                self.duplicates,
                f"{self.duplicates} repeat the time and side of another and were "
                "dropped",
            ),
        )

    def run_warnings(self) -> Iterator[AnswerWarning]:
        """Yield what the caller must know of what the run made of them."""
        return self._warnings(
            (
                WarningCode.SIGNALS_WITHOUT_EFFECT,
                self.without_effect,
                f"{self.without_effect} found nothing to do in this direction",
            ),
            (
                WarningCode.SIGNALS_CUT,
                self.cut,
                f"{self.cut} were larger than the position they reduced, and closed it",
            ),
        )

    def _warnings(
        self, *found: tuple[WarningCode, int, str]
    ) -> Iterator[AnswerWarning]:
        for code, count, detail in found:
            if count:
                text = f"of {self.received} signals {detail}"
                yield AnswerWarning(code=code, detail=text)
