"""What became of each of the caller's own signals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from backtesting import PlanOutcome
from orchestrator.described import described
from orchestrator.spec import AnswerWarning, WarningCode


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCounts:
    """What became of each of the caller's own signals.

    Received = acted + duplicates + outside the data.  The last three are known only
    once the run is: see `after`.
    """

    received: int = described("Signals sent")
    acted: int = described("Signals handed to a bar")
    before_data: int = described("Signals before the first bar")
    after_data: int = described("Signals after the last bar")
    duplicates: int = described(
        "Signals that repeat the time and side of another; each is acted on once"
    )
    moved: int = described(
        "Of those acted on, how many carried the time of no bar and act on the next"
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
                "the last one were not acted on",
            ),
            (
                WarningCode.SIGNALS_MOVED,
                self.moved,
                f"{self.moved} carry the time of no bar and act on the next one",
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
