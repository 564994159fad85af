"""Rows as a source gave them, in columns, not yet checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from backtesting.bars import COLUMNS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.loaders.checks.labels import Labels

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RawBars:
    """Columns of unchecked rows: NaT and NaN stand where nothing was readable.

    `lines` numbers each row as a person counts them in the source (a file's
    header is line 1); `texts` keeps what stood in an unreadable cell; `by_row` says
    that the source lists rows, not columns.  `broken` tells rows that are no rows,
    by the rule `broken_rule`; `stamps` are the texts of the timestamps, `strays`
    those that had a clock where all others had none, `splits` the ratio of shares
    after a split to those before, where the source names them.
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
    broken: Flags | None = None
    broken_rule: str = "one cell a column"
    stamps: Sequence[str] | None = None
    strays: Flags | None = None
    splits: Floats | None = None
    by_row: bool = False

    @classmethod
    def of(
        cls,
        timestamps: NDArray[np.datetime64],
        numbers: Mapping[str, Floats],
        *,
        lines: NDArray[np.int64] | None = None,
        texts: Mapping[tuple[int, str], str] | None = None,
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
            splits=numbers.get("splits"),
            by_row=by_row,
        )

    @classmethod
    def labelled(
        cls, labels: Labels, numbers: Mapping[str, Floats], *, by_row: bool = False
    ) -> RawBars:
        """Return rows by their labels, strays among them known."""
        raw = cls.of(labels.labels, numbers, by_row=by_row)
        return replace(raw, strays=labels.strays)

    def turned(self) -> RawBars:
        """Return the rows in the other order."""
        last = self.timestamps.size - 1
        texts = {(last - row, name): text for (row, name), text in self.texts.items()}
        return replace(
            self,
            timestamps=self.timestamps[::-1],
            open=self.open[::-1],
            high=self.high[::-1],
            low=self.low[::-1],
            close=self.close[::-1],
            volume=self.volume[::-1],
            adjusted=None if self.adjusted is None else self.adjusted[::-1],
            lines=None if self.lines is None else self.lines[::-1],
            texts=texts,
            broken=None if self.broken is None else self.broken[::-1],
            stamps=None if self.stamps is None else self.stamps[::-1],
            strays=None if self.strays is None else self.strays[::-1],
            splits=None if self.splits is None else self.splits[::-1],
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
