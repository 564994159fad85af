"""Bars sent in the body."""

from __future__ import annotations

from typing import Any

import marshmallow as ma
import numpy as np

from backtesting.bars import COLUMNS, PRICE_COLUMNS, BarContractError, Bars
from orchestrator.web.components import Component
from orchestrator.web.fields import INSTANT_PATTERN
from orchestrator.web.series import SeriesError, columns_of, instants, numbers

MOST_BARS = 100_000
_PRICE = {"type": "number", "exclusiveMinimum": 0, "maximum": 1e15}
_FIELDS: dict[str, dict[str, Any]] = {
    "timestamp": {
        "type": "string",
        "pattern": INSTANT_PATTERN,
        "description": "A date or an RFC 3339 date-time; UTC unless it has an offset",
    },
    "open": {**_PRICE, "description": "First price"},
    "high": {**_PRICE, "description": "Highest price"},
    "low": {**_PRICE, "description": "Lowest price"},
    "close": {**_PRICE, "description": "Last price"},
    "volume": {
        "type": "number",
        "minimum": 0,
        "maximum": 1e300,
        "description": "Units traded",
    },
}
_REQUIRED = ["timestamp", *PRICE_COLUMNS]
ROW = {
    "type": "object",
    "description": "One bar",
    "properties": _FIELDS,
    "required": _REQUIRED,
    "additionalProperties": False,
}
BAR_COLUMNS = {
    "type": "object",
    "description": "Bars as columns of one length",
    "properties": {
        name: {
            "type": "array",
            "description": schema["description"],
            "items": schema,
            "minItems": 1,
            "maxItems": MOST_BARS,
        }
        for name, schema in _FIELDS.items()
    },
    "required": _REQUIRED,
    "additionalProperties": False,
}


INLINE_BARS = {
    "anyOf": [
        {"$ref": "#/components/schemas/BarColumns"},
        {
            "type": "array",
            "items": {"$ref": "#/components/schemas/BarRow"},
            "minItems": 1,
            "maxItems": MOST_BARS,
        },
    ],
    "description": "Bars as columns (smaller and faster) or as rows; timestamps rise, "
    "and low <= open, close <= high. Volume may be left out",
}


_PARTS = {"BarRow": ROW, "BarColumns": BAR_COLUMNS}


class InlineBars(Component):
    """Bars as columns or as rows, checked as a whole."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("InlineBars", INLINE_BARS, parts=_PARTS, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Bars:
        rows = isinstance(value, list)
        try:
            return _bars_of(value)
        except SeriesError as error:
            raise ma.ValidationError(_placed(error, rows=rows)) from None


def _bars_of(value: object) -> Bars:
    columns = columns_of(
        value, required=_REQUIRED, optional=["volume"], maximum=MOST_BARS
    )
    if not columns.get("timestamp"):
        raise SeriesError("", "must have at least one bar")
    timestamps = instants(columns.pop("timestamp"), "/timestamp")
    arrays = {name: numbers(column, f"/{name}") for name, column in columns.items()}
    return _checked(timestamps, arrays)


def _checked(
    timestamps: np.ndarray[Any, Any], arrays: dict[str, np.ndarray[Any, Any]]
) -> Bars:
    volume = arrays.pop("volume", np.zeros(timestamps.size))
    try:
        return Bars.checked(timestamps=timestamps, volume=volume, **arrays)
    except BarContractError as error:
        column = error.column if error.column in COLUMNS else "timestamp"
        pointer = "" if error.row is None else f"/{column}/{error.row}"
        detail = f"{error.value} breaks the rule {error.rule!r}"
        raise SeriesError(pointer, detail) from None


def _placed(error: SeriesError, *, rows: bool) -> Any:
    """Return the place as marshmallow nests it: rows name the row first."""
    steps = error.place.pointer.split("/")[1:]
    if rows and len(steps) == 2 and steps[1].isdigit():
        steps.reverse()
    message: Any = [error.place.detail]
    for step in reversed(steps):
        message = {step: message}
    return message
