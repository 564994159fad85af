"""A history of signals as columns, and how it is read from JSON."""

from __future__ import annotations

from collections.abc import Mapping
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
    sides : ndarray of int8
        +1 a buy, -1 a sell.
    quantities : ndarray of float64
        Units; NaN where the signal gives none.
    """

    timestamps: NDArray[np.datetime64]
    sides: NDArray[np.int8]
    quantities: NDArray[np.float64]

    def __post_init__(self) -> None:
        for column in (self.timestamps, self.sides, self.quantities):
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
        return cls(
            timestamps=_timestamps(cells),
            sides=_sides(cells),
            quantities=_quantities(cells),
        )

    def to_json(self) -> dict[str, list[object]]:
        """Return the signals as columns that `from_json` reads back."""
        sides = {step: name for name, step in _STEPS.items()}
        return {
            "timestamp": [
                f"{text}Z" for text in np.datetime_as_string(self.timestamps)
            ],
            "side": [sides[int(step)] for step in self.sides],
            "quantity": [
                None if np.isnan(quantity) else float(quantity)
                for quantity in self.quantities
            ],
        }


def _timestamps(cells: Cells) -> NDArray[np.datetime64]:
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
