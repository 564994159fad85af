"""How many units one entry is worth, decided with what the close tells."""

from __future__ import annotations

import math

from backtesting.compiled import compiled
from backtesting.kernel.account import affordable
from backtesting.kernel.layout import (
    ALL_IN,
    DEVIATION_BARS,
    FIXED,
    FRACTION,
    PERCENT_OF_EQUITY,
    QUANTITY,
    RISK_PER_TRADE,
    SIZING_RULE,
    SLIPPAGE_RATE,
    STOP_LOSS,
    TARGET_DEVIATION,
    TRAILING_STOP,
    Floats,
)


@compiled
def realised_deviation(close: Floats, bar: int, bars: int) -> float:
    """Return the standard deviation of the last `bars` returns up to `bar`.

    Sample deviation (``ddof=1``) of simple close-to-close returns; NaN before
    there are so many.
    """
    if bar < bars or bars < 2:
        return math.nan
    total = 0.0
    for i in range(bar - bars + 1, bar + 1):
        total += close[i] / close[i - 1] - 1.0
    mean = total / bars
    squares = 0.0
    for i in range(bar - bars + 1, bar + 1):
        squares += (close[i] / close[i - 1] - 1.0 - mean) ** 2
    return math.sqrt(squares / (bars - 1))


@compiled
def entry_size(terms: Floats, equity: float, close: Floats, bar: int) -> float:
    """Return the units of one entry decided at the close of `bar`; 0 for none."""
    rule = terms[SIZING_RULE]
    price = close[bar]
    if rule == FIXED:
        return float(terms[QUANTITY])
    if rule == PERCENT_OF_EQUITY:
        size = equity * terms[FRACTION] / price
    elif rule == ALL_IN:
        # Both sides are sized with a buyer's slippage: the dearer of the two.
        size = affordable(terms, equity, price * (1.0 + terms[SLIPPAGE_RATE]))
    elif rule == RISK_PER_TRADE:
        distance = price * min(terms[STOP_LOSS], terms[TRAILING_STOP])
        size = equity * terms[FRACTION] / distance
    else:
        deviation = realised_deviation(close, bar, int(terms[DEVIATION_BARS]))
        # Never more than all equity: the account borrows no cash.
        weight = min(1.0, terms[TARGET_DEVIATION] / deviation)
        size = 0.0 if math.isnan(deviation) else equity * weight / price
    return max(float(size), 0.0)
