"""A source of one's own: prices that rise by one a day.

A source's bars may come from anywhere; `Dataset` cuts the window out of them and
gives them the quality, the provenance and the warnings every answer has.
"""

from __future__ import annotations

import numpy as np

from backtesting.bars import Bars
from orchestrator.deadline import Deadline
from orchestrator.loaders.base import check_window, span_until
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.rows import CheckedRows
from orchestrator.loaders.dataset import Dataset, Origin
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery, LoadedBars

DAYS = 60


class RampLoader:
    """Answer for every symbol with closes of 101, 102 and so on from 2024."""

    def __init__(self, settings: Settings) -> None:
        del settings  # a source that needs its operator's settings reads them here
        closes = 101.0 + np.arange(DAYS)
        bars = Bars.checked(
            timestamps=np.datetime64("2024-01-01") + np.arange(DAYS),
            open=closes - 1.0,
            high=closes,
            low=closes - 1.0,
            close=closes,
            volume=np.full(DAYS, 1_000.0),
        )
        self._dataset = Dataset(CheckedRows(bars=bars), calendars=Calendars())

    def load(self, query: BarQuery, deadline: Deadline) -> LoadedBars:
        """Return the bars of `query`; see `BarLoader.load`."""
        deadline.check("the ramp")
        check_window(query)
        span = span_until(query, query.period, self._dataset.last_before(query.end))
        origin = Origin(source="ramp", symbol=query.symbol)
        return self._dataset.answer(query, span, origin)
