"""Rows as a source gave them, and their way into `Bars`.

Clean rows pass one check.  Rows that break the bar contract are located: every
violation has a kind, a rule in words, a row and a column.  They are raised as
`BadRowsError`, which each loader turns into its own error, or dropped and counted
when the caller asked for that.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from backtesting.bars import (
    COLUMNS,
    HIGHEST_PRICE,
    LARGEST_VOLUME,
    LOWEST_PRICE,
    PRICE_COLUMNS,
    BarContractError,
    Bars,
)
from orchestrator.loaders.raw_bars import RawBars
from orchestrator.spec import OnBadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float64]

PLACES = 10
"""How many violations an error names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Violation:
    """One rule of the bar contract, broken by one row."""

    kind: str
    rule: str
    row: int
    column: str
    value: str

    def __str__(self) -> str:
        return (
            f"row {self.row}, {self.column}: {self.value} breaks the rule {self.rule!r}"
        )


class BadRowsError(ValueError):
    """Rows that break the bar contract: the first ten places, and how many rows."""

    def __init__(self, violations: tuple[Violation, ...], rows: int) -> None:
        super().__init__(f"{violations[0]} ({rows} such rows in all)")
        self.violations = violations
        self.rows = rows


@dataclass(frozen=True, slots=True, kw_only=True)
class Dropped:
    """What was done to rows that broke the contract: kind, count, first rows."""

    kind: str
    rows: tuple[int, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRows:
    """Bars that keep the contract, and what was dropped to get there."""

    bars: Bars
    dropped: tuple[Dropped, ...] = ()
    dropped_rows: int = 0


def check_rows(raw: RawBars, on_bad_data: OnBadData) -> CheckedRows:
    """Return the bars of `raw`.

    Raises
    ------
    BadRowsError
        If a row breaks the contract and bad rows are not to be dropped, or
        when no row is left.
    """
    if not raw.broken:
        try:
            return CheckedRows(bars=_bars(raw, slice(None)))
        except BarContractError:
            pass
    masks = _masks(raw)
    bad = np.zeros(raw.timestamps.size, dtype=np.bool_)
    for _, _, _, mask in masks:
        bad |= mask
    if on_bad_data is OnBadData.RAISE or not raw.timestamps.size:
        raise BadRowsError(_places(raw, masks), int(bad.sum()))
    return _drop(raw, masks)


class _Rule(NamedTuple):
    kind: str
    rule: str
    column: str
    mask: Mask


_Masks = list[_Rule]


def _bars(raw: RawBars, rows: slice | NDArray[np.int64]) -> Bars:
    return Bars.checked(
        timestamps=raw.timestamps[rows],
        **{name: getattr(raw, name)[rows] for name in COLUMNS},
    )


def _masks(raw: RawBars) -> _Masks:
    masks = [rule for rule in _value_masks(raw) if rule.mask.any()]
    usable = ~np.isnat(raw.timestamps)
    for _, _, _, mask in masks:
        usable &= ~mask
    masks += [r for r in _order_masks(raw.timestamps, usable) if r.mask.any()]
    return masks


def _value_masks(raw: RawBars) -> Iterator[_Rule]:
    broken = np.zeros(raw.timestamps.size, dtype=np.bool_)
    broken[list(raw.broken)] = True
    yield _Rule("unreadable_rows", "one cell a column", "row", broken)
    whole = ~broken
    unread = np.isnat(raw.timestamps) & whole
    yield _Rule("unreadable_timestamps", "a readable timestamp", "timestamp", unread)
    for name in COLUMNS:
        missing = ~np.isfinite(getattr(raw, name)) & whole
        yield _Rule("missing_values", "a finite number", name, missing)
    with np.errstate(invalid="ignore"):
        for name in PRICE_COLUMNS:
            low = getattr(raw, name) <= 0.0
            yield _Rule("non_positive_prices", f"{name} > 0", name, low)
        yield from _beyond_bounds(raw)
        crossed = raw.high < raw.low
        yield _Rule("high_below_low", "low <= high", "high", crossed)
        for name in ("open", "close"):
            price = getattr(raw, name)
            outside = ((price < raw.low) | (price > raw.high)) & ~crossed
            yield _Rule("price_outside_range", f"low <= {name} <= high", name, outside)
        yield _Rule("negative_volume", "volume >= 0", "volume", raw.volume < 0.0)


def _beyond_bounds(raw: RawBars) -> Iterator[_Rule]:
    for name in PRICE_COLUMNS:
        price = getattr(raw, name)
        tiny = (price > 0.0) & (price < LOWEST_PRICE)
        huge = (price > HIGHEST_PRICE) & np.isfinite(price)
        yield _Rule("extreme_values", f"{name} >= 1e-15", name, tiny)
        yield _Rule("extreme_values", f"{name} <= 1e15", name, huge)
    huge = (raw.volume > LARGEST_VOLUME) & np.isfinite(raw.volume)
    yield _Rule("extreme_values", "volume <= 1e20", "volume", huge)


def _order_masks(timestamps: NDArray[np.datetime64], usable: Mask) -> Iterator[_Rule]:
    rows = np.flatnonzero(usable)
    ticks = timestamps[rows].astype(np.int64)
    behind = np.zeros(timestamps.size, dtype=np.bool_)
    behind[rows[1:]] = ticks[1:] < np.maximum.accumulate(ticks)[:-1]
    rule = "rising timestamps"
    yield _Rule("unsorted_timestamps", rule, "timestamp", behind)
    order = np.argsort(ticks, kind="stable")
    repeated = np.zeros(timestamps.size, dtype=np.bool_)
    repeated[rows[order[1:]]] = ticks[order[1:]] == ticks[order[:-1]]
    yield _Rule("duplicate_timestamps", "one row a timestamp", "timestamp", repeated)


def _places(raw: RawBars, masks: _Masks) -> tuple[Violation, ...]:
    if not masks:
        return (
            Violation(
                kind="no_rows",
                rule="at least one row",
                row=_line(raw, 0),
                column="row",
                value="nothing",
            ),
        )
    found = sorted(
        (int(row), number)
        for number, (_, _, _, mask) in enumerate(masks)
        for row in np.flatnonzero(mask)[:PLACES]
    )
    return tuple(_violation(raw, row, masks[number]) for row, number in found[:PLACES])


def _violation(raw: RawBars, row: int, broken: _Rule) -> Violation:
    return Violation(
        kind=broken.kind,
        rule=raw.broken.get(row, broken.rule),
        row=_line(raw, row),
        column=broken.column,
        value=_value(raw, row, broken.column),
    )


def _value(raw: RawBars, row: int, column: str) -> str:
    text = raw.texts.get((row, column))
    if text is not None:
        return repr(text[:40])
    if column == "timestamp":
        return str(raw.timestamps[row])
    return "it" if column == "row" else str(getattr(raw, column)[row])


def _line(raw: RawBars, row: int) -> int:
    if raw.lines is None or row >= raw.lines.size:
        return row + 1
    return int(raw.lines[row])


def _drop(raw: RawBars, masks: _Masks) -> CheckedRows:
    gone = np.zeros(raw.timestamps.size, dtype=np.bool_)
    for kind, _, _, mask in masks:
        if kind != "unsorted_timestamps":
            gone |= mask
    kept = np.flatnonzero(~gone)
    if kept.size == 0:
        raise BadRowsError(_places(raw, masks), int(gone.sum()))
    kept = kept[np.argsort(raw.timestamps[kept], kind="stable")]
    return CheckedRows(
        bars=_bars(raw, kept),
        dropped=_counts(raw, masks),
        dropped_rows=int(gone.sum()),
    )


def _counts(raw: RawBars, masks: _Masks) -> tuple[Dropped, ...]:
    merged: dict[str, Mask] = {}
    for kind, _, _, mask in masks:
        merged[kind] = merged[kind] | mask if kind in merged else mask
    return tuple(
        Dropped(
            kind=kind,
            rows=tuple(_line(raw, int(row)) for row in np.flatnonzero(mask)[:5]),
            count=int(mask.sum()),
        )
        for kind, mask in merged.items()
    )
