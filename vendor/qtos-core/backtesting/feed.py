"""From bars to the events a strategy sees, built from arrays."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import datetime
from typing import NamedTuple

import pandas as pd

from backtesting.bars import COLUMNS, PRICE_COLUMNS, Bars
from qtos_core import Event

UNKNOWN_SYMBOL = "UNKNOWN"
"""The symbol of data that does not say its own."""
_BARS_AT_ONCE = 8192
"""How many bars are numbers of Python at a time."""


@dataclass(frozen=True, slots=True, init=False)
class MarketData:
    """One bar: the payload of a backtest's events."""

    symbol: str
    open: float
    high: float
    low: float
    close: float
    volume: float = 0.0
    timestamp: datetime | None = None

    def __init__(  # noqa: PLR0917 -- the fields, in their order
        self,
        symbol: str,
        open: float,
        high: float,
        low: float,
        close: float,
        volume: float = 0.0,
        timestamp: datetime | None = None,
    ) -> None:
        # One is made for every bar. Writing through the slots takes 0.2 us longer
        # than making a tuple; the __init__ of a frozen dataclass takes 0.55 us.
        _set_symbol(self, symbol)
        _set_open(self, open)
        _set_high(self, high)
        _set_low(self, low)
        _set_close(self, close)
        _set_volume(self, volume)
        _set_timestamp(self, timestamp)


(
    _set_symbol,
    _set_open,
    _set_high,
    _set_low,
    _set_close,
    _set_volume,
    _set_timestamp,
) = (getattr(MarketData, field.name).__set__ for field in fields(MarketData))


class Feed(NamedTuple):
    """Bars with the datetimes and the symbol they are shown under."""

    bars: Bars
    times: list[datetime]
    symbol: str | None

    def events(self) -> Iterator[Event]:
        """Yield one event a bar, in order."""
        symbol = self.symbol or UNKNOWN_SYMBOL
        for first in range(0, len(self.bars), _BARS_AT_ONCE):
            stop = first + _BARS_AT_ONCE
            columns = [
                getattr(self.bars, name)[first:stop].tolist() for name in COLUMNS
            ]
            for row in zip(*columns, self.times[first:stop], strict=True):
                yield Event(row[-1], MarketData(symbol, *row))


def open_feed(data: pd.DataFrame | Bars, symbol: str | None = None) -> Feed:
    """Return the feed of a frame or of bars.

    Times are as the index is, naive or aware; bars are labelled in UTC.

    Raises
    ------
    ValueError
        If the index is not a DatetimeIndex, a price column is missing, or a bar
        breaks the contract of `Bars`.
    """
    if isinstance(data, Bars):
        index = pd.DatetimeIndex(data.timestamps).tz_localize("UTC")
        return Feed(data, index.to_pydatetime().tolist(), symbol)
    if not isinstance(data.index, pd.DatetimeIndex):
        raise ValueError(  # noqa: TRY004 -- one error for every unusable frame
            f"data needs a DatetimeIndex, not {type(data.index).__name__}: "
            "see load_dataframe"
        )
    missing = [name for name in PRICE_COLUMNS if name not in data]
    if missing:
        raise ValueError(f"data has no column {', '.join(missing)}: see load_dataframe")
    named = symbol or data.attrs.get("symbol")
    times = data.index.to_pydatetime().tolist()
    known = None if named in {None, UNKNOWN_SYMBOL} else str(named)
    return Feed(Bars.from_frame(data), times, known)
