"""A history of signals as columns, and how it is read from JSON."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self, cast

import numpy as np
from numpy.typing import NDArray

from orchestrator.parameters import nearest
from orchestrator.parameters.refuse import shown
from orchestrator.strategies.signals.cells import (
    COLUMNS,
    MAX_SIGNALS,
    Cells,
    from_columns,
    from_rows,
    refused,
)
from orchestrator.strategies.signals.instants import (
    INSTANT_SCHEMA,
    InstantError,
    Instants,
    parse_instants,
)

MAX_QUANTITY = 1e12

_STEPS = {"buy": 1, "sell": -1}
_SIDE_SCHEMA = {"type": "string", "enum": list(_STEPS)}
_QUANTITY_SCHEMA = {
    "type": ["number", "null"],
    "exclusiveMinimum": 0.0,
    "maximum": MAX_QUANTITY,
    "description": "Units of this signal; needs sizing rule fixed",
}
_CELLS = (INSTANT_SCHEMA, _SIDE_SCHEMA, _QUANTITY_SCHEMA)

SCHEMA: Mapping[str, object] = {
    "oneOf": [
        {
            "title": "Rows",
            "type": "array",
            "minItems": 1,
            "maxItems": MAX_SIGNALS,
            "items": {
                "type": "object",
                "properties": dict(zip(COLUMNS, _CELLS, strict=True)),
                "required": ["timestamp", "side"],
                "additionalProperties": False,
            },
        },
        {
            "title": "Columns",
            "type": "object",
            "properties": {
                name: {
                    "type": "array",
                    "minItems": 1,
                    "maxItems": MAX_SIGNALS,
                    "items": cell,
                }
                for name, cell in zip(COLUMNS, _CELLS, strict=True)
            },
            "required": ["timestamp", "side"],
            "additionalProperties": False,
        },
    ]
}


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Signals:
    """Signals in the order they were given; build them with `from_json`.

    Parameters
    ----------
    timestamps : ndarray of datetime64[ns]
        UTC.
    days : ndarray of datetime64[D]
        The date of a signal that is a date or a midnight of its own zone, else NaT.
    dated : ndarray of bool
        Whether it is spelled as a date, without a time.
    sides : ndarray of int8
        +1 a buy, -1 a sell.
    quantities : ndarray of float64
        Units; NaN where the signal gives none.
    """

    timestamps: NDArray[np.datetime64]
    days: NDArray[np.datetime64]
    dated: NDArray[np.bool_]
    sides: NDArray[np.int8]
    quantities: NDArray[np.float64]

    def __post_init__(self) -> None:
        columns = (self.days, self.dated, self.sides, self.quantities)
        for column in (self.timestamps, *columns):
            if column.shape != (len(self),):
                raise refused("", "the columns are not of one length")
            column.flags.writeable = False

    def __len__(self) -> int:
        return int(self.timestamps.size)

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return signals from rows or columns of decoded JSON.

        Raises
        ------
        InvalidRequestError
            Pointing at the first value that is refused.
        """
        cells = from_rows(raw) if isinstance(raw, list) else from_columns(raw)
        instants = _instants(cells)
        return cls(
            timestamps=instants.moments,
            days=instants.days,
            dated=instants.dated,
            sides=_sides(cells),
            quantities=_quantities(cells),
        )

    def to_json(self) -> dict[str, list[object]]:
        """Return the signals as columns that `from_json` reads back."""
        sides = {step: name for name, step in _STEPS.items()}
        return {
            "timestamp": list(self._spelled()),
            "side": [sides[int(step)] for step in self.sides],
            "quantity": [
                None if np.isnan(quantity) else float(quantity)
                for quantity in self.quantities
            ],
        }

    def _spelled(self) -> Iterator[str]:
        """Yield the times as they are read back: dates, and midnights of a zone."""
        texts = np.datetime_as_string(self.timestamps).tolist()
        ahead = self.days.astype("datetime64[m]") - self.timestamps.astype(
            "datetime64[m]"
        )
        columns = zip(
            texts,
            self.days.astype(str).tolist(),
            self.dated.tolist(),
            ahead.astype(np.int64).tolist(),
            np.isnat(self.days).tolist(),
            strict=True,
        )
        for text, day, is_date, minutes, is_time in columns:
            if is_date:
                yield day
            elif is_time or minutes == 0:
                yield f"{text}Z"
            else:
                hours, rest = divmod(abs(minutes), 60)
                sign = "+" if minutes > 0 else "-"
                yield f"{day}T00:00:00{sign}{hours:02}:{rest:02}"


def _instants(cells: Cells) -> Instants:
    try:
        return parse_instants(cells.timestamps)
    except InstantError as error:
        raise refused(cells.pointer(error.row, "timestamp"), str(error)) from None


def _sides(cells: Cells) -> NDArray[np.int8]:
    for row, side in enumerate(cells.sides):
        if not isinstance(side, str) or side not in _STEPS:
            hint = nearest(str(side)[:20], tuple(_STEPS))
            raise refused(
                cells.pointer(row, "side"), f"{shown(side)} is not a side{hint}"
            )
    return np.array([_STEPS[str(side)] for side in cells.sides], dtype=np.int8)


def _quantities(cells: Cells) -> NDArray[np.float64]:
    if cells.quantities is None:
        return np.full(len(cells.timestamps), np.nan)
    values = np.full(len(cells.timestamps), np.nan)
    for row, quantity in enumerate(cells.quantities):
        if quantity is None:
            continue
        is_number = isinstance(quantity, (int, float)) and not isinstance(
            quantity, bool
        )
        if not (is_number and 0.0 < cast("float", quantity) <= MAX_QUANTITY):
            detail = (
                f"{shown(quantity)} is not a number over 0 and up to {MAX_QUANTITY:g}"
            )
            raise refused(cells.pointer(row, "quantity"), detail)
        values[row] = cast("float", quantity)
    return values
