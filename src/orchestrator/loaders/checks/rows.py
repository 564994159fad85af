"""Rows as a source gave them, and their way into `Bars`.

Clean rows pass one check.  Rows that break the bar contract are located: every
violation has a kind, a rule in words, a row and a column.  They are raised as
`BadRowsError`, which each loader turns into its own error, or dropped and counted
when the caller asked for that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from backtesting.bars import COLUMNS, BarContractError, Bars
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.row_rules import Rule, broken_rules
from orchestrator.spec import OnBadData

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Rows = NDArray[np.int64]

ROUNDING = 1e-9
"""How far, relatively, an open or close may lie beyond high and low by rounding."""
PLACES = 10
"""How many rows an error names, and how many violations at most."""


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
    """Rows that break the bar contract: the first ten of them, and how many there are.

    Each is named by one rule; what is left of ten places names further rules.
    """

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
class Notes:
    """What to tell of bars that are kept.

    Parameters
    ----------
    clipped, strays : tuple of datetime64[ns]
        Bars whose open or close was taken for the high or low it was a rounding
        beyond, and whose label had a clock where all others had none.
    splits : tuple of (datetime64[ns], float)
        The splits that the source names: the bar, and new shares for an old one.
    """

    clipped: tuple[np.datetime64, ...] = ()
    strays: tuple[np.datetime64, ...] = ()
    splits: tuple[tuple[np.datetime64, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedRows:
    """Bars that keep the contract, and what was dropped to get there."""

    bars: Bars
    dropped: tuple[Dropped, ...] = ()
    dropped_rows: int = 0
    notes: Notes = Notes()


def check_rows(raw: RawBars, on_bad_data: OnBadData) -> CheckedRows:
    """Return the bars of `raw`.

    Raises
    ------
    BadRowsError
        If a row breaks the contract and bad rows are not to be dropped, or
        when no row is left.
    """
    if raw.broken is None:
        try:
            return CheckedRows(
                bars=_bars(raw, slice(None)), notes=_notes(raw, slice(None), None)
            )
        except BarContractError:
            pass
    raw, clipped = _clipped(raw)
    masks = broken_rules(raw)
    bad = np.zeros(raw.timestamps.size, dtype=np.bool_)
    for _, _, _, mask in masks:
        bad |= mask
    if not bad.any() and raw.timestamps.size:
        return CheckedRows(
            bars=_bars(raw, slice(None)), notes=_notes(raw, slice(None), clipped)
        )
    if on_bad_data is OnBadData.RAISE or not raw.timestamps.size:
        raise BadRowsError(_places(raw, masks), int(bad.sum()))
    return _drop(raw, masks, clipped)


def _clipped(raw: RawBars) -> tuple[RawBars, Mask]:
    """Return opens and closes within high and low, where only rounding puts them out.

    Adjusted and converted prices often miss by one unit in the last place.
    """
    touched = np.zeros(raw.timestamps.size, dtype=np.bool_)
    columns = []
    with np.errstate(invalid="ignore"):
        for price in (raw.open, raw.close):
            near = np.clip(price, raw.low, raw.high)
            off = np.abs(near - price)
            rounding = (off > 0.0) & (off <= ROUNDING * price) & (raw.low <= raw.high)
            touched |= rounding
            columns.append(np.where(rounding, near, price))
    if not touched.any():
        return raw, touched
    return replace(raw, open=columns[0], close=columns[1]), touched


def _notes(raw: RawBars, rows: slice | Rows, clipped: Mask | None) -> Notes:
    times = raw.timestamps[rows]
    splits: tuple[tuple[np.datetime64, float], ...] = ()
    if raw.splits is not None:
        ratios = raw.splits[rows]
        at = np.flatnonzero((ratios > 0.0) & (ratios != 1.0) & np.isfinite(ratios))
        splits = tuple(zip(times[at], ratios[at].tolist(), strict=True))
    return Notes(
        clipped=() if clipped is None else tuple(times[clipped[rows]]),
        strays=() if raw.strays is None else tuple(times[raw.strays[rows]]),
        splits=splits,
    )


def _bars(raw: RawBars, rows: slice | Rows) -> Bars:
    return Bars.checked(
        timestamps=raw.timestamps[rows],
        **{name: getattr(raw, name)[rows] for name in COLUMNS},
    )


def _places(raw: RawBars, masks: list[Rule]) -> tuple[Violation, ...]:
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
    named = _spread(found)[:PLACES]
    return tuple(_violation(raw, row, masks[number]) for row, number in sorted(named))


def _spread(found: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return one rule of every row before further rules of any."""
    firsts = dict(reversed(found))
    further = [(row, number) for row, number in found if firsts[row] != number]
    return [*sorted(firsts.items()), *further]


def _violation(raw: RawBars, row: int, broken: Rule) -> Violation:
    return Violation(
        kind=broken.kind,
        rule=broken.rule,
        row=_line(raw, row),
        column=broken.column,
        value=_value(raw, row, broken.column),
    )


def _value(raw: RawBars, row: int, column: str) -> str:
    text = raw.texts.get((row, column))
    if text is not None:
        return repr(text[:40])
    if column == "timestamp":
        if raw.stamps is not None:
            return repr(raw.stamps[row][:40])
        return str(raw.timestamps[row])
    return "it" if column == "row" else str(getattr(raw, column)[row])


def _line(raw: RawBars, row: int) -> int:
    if raw.lines is None or row >= raw.lines.size:
        return row + 1
    return int(raw.lines[row])


def _drop(raw: RawBars, masks: list[Rule], clipped: Mask) -> CheckedRows:
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
        notes=_notes(raw, kept, clipped),
    )


def _counts(raw: RawBars, masks: list[Rule]) -> tuple[Dropped, ...]:
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
