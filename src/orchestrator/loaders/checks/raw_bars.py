"""Rows as a source gave them, in columns, not yet checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from backtesting.bars import COLUMNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawBars:
    """Columns of unchecked rows: NaT and NaN stand where nothing was readable.

    `lines` numbers each row as a person counts them in the source (a file's
    header is line 1); `texts` keeps what stood in an unreadable cell; `by_row` says
    that the source lists rows, not columns.
    """

    timestamps: NDArray[np.datetime64]
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    adjusted: Floats | None = None
    lines: NDArray[np.int64] | None = None
    texts: Mapping[tuple[int, str], str] = field(default_factory=dict)
    broken: Mapping[int, str] = field(default_factory=dict)
    """Rows that are no rows, by position: the rule they break."""
    by_row: bool = False

    @classmethod
    def of(
        cls,
        timestamps: NDArray[np.datetime64],
        numbers: Mapping[str, Floats],
        *,
        lines: NDArray[np.int64] | None = None,
        texts: Mapping[tuple[int, str], str] | None = None,
        broken: Mapping[int, str] | None = None,
        by_row: bool = False,
    ) -> RawBars:
        """Return rows from columns by name; a missing volume is zero."""
        volume = numbers.get("volume")
        return cls(
            timestamps=timestamps,
            open=numbers["open"],
            high=numbers["high"],
            low=numbers["low"],
            close=numbers["close"],
            volume=np.zeros(timestamps.size) if volume is None else volume,
            adjusted=numbers.get("adjusted"),
            lines=lines,
            texts=texts or {},
            broken=broken or {},
            by_row=by_row,
        )

    def columns(self) -> dict[str, Floats]:
        """Return the columns of numbers by name."""
        names = COLUMNS if self.adjusted is None else (*COLUMNS, "adjusted")
        return {name: getattr(self, name) for name in names}

    def sha256(self) -> str:
        """Return the hash of every row, unreadable ones included."""
        digest = hashlib.sha256()
        for array in (self.timestamps, *self.columns().values()):
            digest.update(np.ascontiguousarray(array).view(np.uint8).data)
        return digest.hexdigest()

    def pointer(self, row: int, column: str) -> str:
        """Return the JSON pointer of a cell, its row counted from 0."""
        return f"/{row}/{column}" if self.by_row else f"/{column}/{row}"
