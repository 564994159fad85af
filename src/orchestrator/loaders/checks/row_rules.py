"""The rules of the bar contract, and which rows of a source break them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.bars import (
    COLUMNS,
    HIGHEST_PRICE,
    LARGEST_VOLUME,
    LOWEST_PRICE,
    PRICE_COLUMNS,
)
from orchestrator.loaders.checks.raw_bars import RawBars

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]


class Rule(NamedTuple):
    """One rule in words, its column, and which rows break it."""

    kind: str
    rule: str
    column: str
    mask: Mask


def broken_rules(raw: RawBars) -> list[Rule]:
    """Return the rules that a row or more of `raw` break."""
    masks = [rule for rule in _value_masks(raw) if rule.mask.any()]
    usable = ~np.isnat(raw.timestamps)
    for _, _, _, mask in masks:
        usable &= ~mask
    masks += [r for r in _order_masks(raw.timestamps, usable) if r.mask.any()]
    return masks


def _value_masks(raw: RawBars) -> Iterator[Rule]:
    broken = raw.broken
    if broken is None:
        broken = np.zeros(raw.timestamps.size, dtype=np.bool_)
    yield Rule("unreadable_rows", raw.broken_rule, "row", broken)
    whole = ~broken
    unread = np.isnat(raw.timestamps) & whole
    yield Rule("unreadable_timestamps", "a readable timestamp", "timestamp", unread)
    for name in COLUMNS:
        missing = ~np.isfinite(getattr(raw, name)) & whole
        yield Rule("missing_values", "a finite number", name, missing)
    with np.errstate(invalid="ignore"):
        for name in PRICE_COLUMNS:
            low = getattr(raw, name) <= 0.0
            yield Rule("non_positive_prices", f"{name} > 0", name, low)
        yield from _beyond_bounds(raw)
        crossed = raw.high < raw.low
        yield Rule("high_below_low", "low <= high", "high", crossed)
        for name in ("open", "close"):
            price = getattr(raw, name)
            outside = ((price < raw.low) | (price > raw.high)) & ~crossed
            yield Rule("price_outside_range", f"low <= {name} <= high", name, outside)
        yield Rule("negative_volume", "volume >= 0", "volume", raw.volume < 0.0)


def _beyond_bounds(raw: RawBars) -> Iterator[Rule]:
    for name in PRICE_COLUMNS:
        price = getattr(raw, name)
        tiny = (price > 0.0) & (price < LOWEST_PRICE)
        huge = (price > HIGHEST_PRICE) & np.isfinite(price)
        yield Rule("extreme_values", f"{name} >= 1e-15", name, tiny)
        yield Rule("extreme_values", f"{name} <= 1e15", name, huge)
    huge = (raw.volume > LARGEST_VOLUME) & np.isfinite(raw.volume)
    yield Rule("extreme_values", "volume <= 1e20", "volume", huge)


def _order_masks(timestamps: NDArray[np.datetime64], usable: Mask) -> Iterator[Rule]:
    rows = np.flatnonzero(usable)
    ticks = timestamps[rows].astype(np.int64)
    behind = np.zeros(timestamps.size, dtype=np.bool_)
    behind[rows[1:]] = ticks[1:] < np.maximum.accumulate(ticks)[:-1]
    rule = "rising timestamps"
    yield Rule("unsorted_timestamps", rule, "timestamp", behind)
    order = np.argsort(ticks, kind="stable")
    repeated = np.zeros(timestamps.size, dtype=np.bool_)
    repeated[rows[order[1:]]] = ticks[order[1:]] == ticks[order[:-1]]
    yield Rule("duplicate_timestamps", "one row a timestamp", "timestamp", repeated)
