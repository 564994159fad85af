"""Files without a header: their columns by what stands in them.

Exchanges and terminals publish such files: Binance (twelve columns), Kraken (seven, or
eight with a mean price), MetaTrader (date and clock apart), HistData.  A time comes
first, perhaps behind a symbol, then open, high, low and close, of which high is the
highest and low the lowest in every row; then the volume.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from orchestrator.loaders.files.csv_names import SYMBOL, Named
from orchestrator.loaders.files.csv_numbers import number

_DATE = re.compile(
    r"(?:[0-9]{4}[-./]?[0-9]{2}[-./]?[0-9]{2}|[0-9]{2}[-./][0-9]{2}[-./][0-9]{4})"
    r"(?:[T ,]?[0-9]{2}:?[0-9]{2}(?::?[0-9]{2}(?:\.[0-9]+)?)?)?(?:Z|[+-][0-9:]{2,6})?",
    re.ASCII,
)
_EPOCH = re.compile(r"[0-9]{9,19}(?:\.0*)?", re.ASCII)
_CLOCK = re.compile(r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?", re.ASCII)
_WORD = re.compile(r"[A-Za-z^][A-Za-z0-9.^=/_-]{0,31}", re.ASCII)
_FEWEST_NUMBERS = 4


def is_time(cell: str) -> bool:
    """Return whether a cell looks like a date or an epoch."""
    text = cell.strip()
    return bool(_DATE.fullmatch(text) or _EPOCH.fullmatch(text))


def looks_like_data(cells: Sequence[str]) -> bool:
    """Return whether a line looks like a row rather than a header."""
    numbers = sum(not math.isnan(number(cell, ".")) for cell in cells)
    return any(map(is_time, cells[:2])) or numbers >= _FEWEST_NUMBERS


def shape_of(rows: Sequence[Sequence[str]]) -> Named | None:
    """Return where the columns of rows without a header are, None if that is open."""
    width = len(rows[0]) if rows else 0
    if not width or any(len(row) != width for row in rows):
        return None
    start = 0 if all(is_time(row[0]) for row in rows) else 1
    if start and not all(_WORD.fullmatch(row[0].strip()) for row in rows):
        return None
    if width < start + 5 or not all(is_time(row[start]) for row in rows):
        return None
    times: tuple[int, ...] = (start,)
    if all(_CLOCK.fullmatch(row[start + 1].strip()) for row in rows):
        times = (start, start + 1)
    first = times[-1] + 1
    values = [[number(cell, ".") for cell in row[first:]] for row in rows]
    if not all(len(row) >= 4 and _is_bar(row[:4]) for row in values):
        return None
    columns = {
        name: first + at for at, name in enumerate(("open", "high", "low", "close"))
    }
    columns |= _volume(values, first)
    if start:
        columns[SYMBOL] = 0
    return Named(columns=columns, times=times)


def _is_bar(prices: Sequence[float]) -> bool:
    opening, high, low, close = prices
    return 0.0 < low <= min(opening, close) <= max(opening, close) <= high < math.inf


def _volume(values: Sequence[Sequence[float]], first: int) -> dict[str, int]:
    """Return the volume behind the prices; a mean price may stand before it."""
    after = [row[4:] for row in values]
    if not all(row and row[0] >= 0.0 for row in after):
        return {}
    has_mean = all(
        len(rest) >= 2 and rest[1] >= 0.0 and row[2] <= rest[0] <= row[1]
        for row, rest in zip(values, after, strict=True)
    )
    return {"volume": first + 4 + has_mean}
