"""A source's bars in memory, and the answers cut from them.

A `Dataset` is what one file or one fetch holds.  Answers to equal windows are made
once: slice, hash, quality and warnings are kept with the dataset, so that asking
again costs a look-up.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestrator.errors import DataNotFoundError
from orchestrator.loaders.base import Span, instant, moment_of
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.freshness import (
    age_warnings,
    partial_warnings,
    with_future,
)
from orchestrator.loaders.checks.quality import inspect, periods_of
from orchestrator.loaders.checks.sketches import sketch_of
from orchestrator.loaders.checks.timetables import timetable_of
from orchestrator.loaders.warnings import quality_warnings
from orchestrator.spec import (
    SAMPLE_SOURCE,
    AnswerWarning,
    LoadedBars,
    Provenance,
    Quality,
    Window,
)

if TYPE_CHECKING:
    from backtesting.bars import Bars
    from orchestrator.loaders.checks.rows import CheckedRows
    from orchestrator.spec import BarQuery, FileReading, Sketch

Clock = Callable[[], datetime]
_KEPT_ANSWERS = 64
_BYTES_A_BAR = 120
"""48 of the bars, and what is remembered of them and of windows as long again."""
_BYTES_AN_ANSWER = 2048


def utc_now() -> datetime:
    """Return the time, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a dataset came from, as answers tell it.

    `dataset` names the data itself, however it was asked for; by default the symbol
    of the source.
    """

    source: str
    symbol: str
    warnings: tuple[AnswerWarning, ...] = ()
    dataset: str = ""


class Dataset:
    """Checked rows of one source, and the answers already cut from them.

    Parameters
    ----------
    rows : CheckedRows
    calendars : Calendars
    clock : Callable
        Tells the time, aware.
    adjusted : bool, default=False
        Whether prices were scaled to an adjusted close.
    reading : FileReading, optional
        How a file was read.
    """

    def __init__(
        self,
        rows: CheckedRows,
        *,
        calendars: Calendars,
        clock: Clock = utc_now,
        adjusted: bool = False,
        reading: FileReading | None = None,
    ) -> None:
        self.bars = rows.bars
        self._rows = rows
        self._calendars = calendars
        self._clock = clock
        self._adjusted = adjusted
        self.reading = reading
        self._sketch: Sketch | None = None
        self._answers: OrderedDict[object, LoadedBars] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def nbytes(self) -> int:
        """The most bytes of the arrays and of what is remembered of them."""
        return _BYTES_A_BAR * len(self.bars) + _KEPT_ANSWERS * _BYTES_AN_ANSWER

    def last_before(self, end: datetime | None) -> datetime:
        """Return the label of the last bar before `end`, `end` itself if none is."""
        bars = self.bars if end is None else self.bars.between(None, instant(end))
        if len(bars) == 0 and end is not None:
            return end
        return moment_of(bars.timestamps[-1])

    def sketch(self) -> Sketch:
        """Return what is in the bars, worked out once."""
        if self._sketch is None:
            self._sketch = sketch_of(self.bars.close)
        return self._sketch

    def answer(self, query: BarQuery, span: Span, origin: Origin) -> LoadedBars:
        """Return the bars of `span` with their provenance, quality and warnings.

        Raises
        ------
        DataNotFoundError
            If no bar lies in the window.
        """
        key = (origin, span, query.calendar, query.bar_label, query.period)
        with self._lock:
            kept = self._answers.get(key)
            if kept is not None:
                self._answers.move_to_end(key)
        if kept is None:
            kept = self._cut(query, span, origin)
            with self._lock:
                self._answers[key] = kept
                self._forget()
        return self._dated(kept, query.max_age_days, span, origin)

    def _forget(self) -> None:
        """Drop the answers asked for longest ago; windows keep arrays of their own."""
        most = 2 * len(self.bars)
        kept = sum(len(one.bars) for one in self._answers.values())
        while len(self._answers) > 1 and (
            kept > most or len(self._answers) > _KEPT_ANSWERS
        ):
            _, oldest = self._answers.popitem(last=False)
            kept -= len(oldest.bars)

    def _cut(self, query: BarQuery, span: Span, origin: Origin) -> LoadedBars:
        bars = self.bars.between(
            None if span.start is None else instant(span.start),
            None if span.end is None else instant(span.end),
        )
        if len(bars) == 0:
            raise DataNotFoundError(_nothing(self.bars, span, origin))
        bars = self.bars if len(bars) == len(self.bars) else bars
        quality = inspect(
            bars,
            calendar=query.calendar,
            calendars=self._calendars,
            dropped=self._rows.dropped,
            dropped_rows=self._rows.dropped_rows,
            adjusted=self._adjusted,
            notes=self._rows.notes,
        )
        timetable = timetable_of(
            bars.timestamps,
            calendar=quality.calendar,
            label=query.bar_label,
            calendars=self._calendars,
        )
        return LoadedBars(
            bars=replace(bars, timetable=timetable),
            provenance=_provenance(bars, span, origin),
            warnings=self._warnings((bars, quality), span, origin),
            quality=quality,
            reading=self.reading,
            sketch=self.sketch,
            periods=periods_of(bars, query.calendar, self._calendars),
        )

    def _warnings(
        self, found: tuple[Bars, Quality], span: Span, origin: Origin
    ) -> tuple[AnswerWarning, ...]:
        bars, quality = found
        if any(warning.code == "partial_window" for warning in origin.warnings):
            return (*origin.warnings, *quality_warnings(quality))
        partial = partial_warnings(
            bars,
            span,
            calendar=quality.calendar,
            calendars=self._calendars,
            now=self._clock(),
        )
        return (*origin.warnings, *partial, *quality_warnings(quality))

    def _dated(
        self,
        kept: LoadedBars,
        max_age_days: float | None,
        span: Span,
        origin: Origin,
    ) -> LoadedBars:
        """Return the answer with what depends on the clock."""
        now = self._clock()
        quality = kept.quality
        if quality is not None and instant(now) < kept.bars.timestamps[-1]:
            quality = with_future(quality, kept.bars, now)
            warnings = self._warnings((kept.bars, quality), span, origin)
            kept = replace(kept, quality=quality, warnings=warnings)
        old = tuple(age_warnings(kept.bars, max_age_days, now))
        return replace(kept, warnings=(*kept.warnings, *old)) if old else kept


def _provenance(bars: Bars, span: Span, origin: Origin) -> Provenance:
    first, last = moment_of(bars.timestamps[0]), moment_of(bars.timestamps[-1])
    return Provenance(
        source=origin.source,
        symbol=origin.symbol,
        dataset=origin.dataset or f"{origin.source}:{origin.symbol}",
        bars=len(bars),
        first=first,
        last=last,
        sha256=bars.sha256(),
        requested=Window(start=span.start, end=span.end),
        received=Window(start=first, end=last, bars=len(bars)),
    )


def _nothing(bars: Bars, span: Span, origin: Origin) -> str:
    if origin.source == SAMPLE_SOURCE:
        return (
            f"there are no bars of {origin.symbol}: the data folder "
            "(ORCHESTRATOR_DATA_DIR) has no file of it; GET /data lists what there is"
        )
    first, last = moment_of(bars.timestamps[0]), moment_of(bars.timestamps[-1])
    start = "the beginning" if span.start is None else span.start.isoformat()
    end = "the end" if span.end is None else span.end.isoformat()
    return (
        f"{origin.symbol} has no bar from {start} to {end}; there are {len(bars)} from "
        f"{first.isoformat()} to {last.isoformat()}"
    )
