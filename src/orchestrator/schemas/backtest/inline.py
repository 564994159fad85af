"""Bars sent in the body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from backtesting.bars import HIGHEST_PRICE, LARGEST_VOLUME, PRICE_COLUMNS, Bars
from orchestrator.errors import Place
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.rows import BadRowsError, Notes, Violation, check_rows
from orchestrator.schemas.components import Component
from orchestrator.schemas.fields import INSTANT_PATTERN
from orchestrator.schemas.series import SeriesError, columns_of, instants, numbers
from orchestrator.schemas.validation import nested
from orchestrator.spec import OnBadData

MOST_BARS = 100_000
_MOST = dict.fromkeys(PRICE_COLUMNS, HIGHEST_PRICE) | {"volume": LARGEST_VOLUME}


def _number(name: str) -> dict[str, Any]:
    """Return a number's schema: what is not above 0 can still be dropped."""
    bounds = {"minimum": -_MOST[name], "maximum": _MOST[name]}
    return {"type": ["number", "null"], **bounds}


_FIELDS: dict[str, dict[str, Any]] = {
    "timestamp": {
        "type": ["string", "null"],
        "pattern": INSTANT_PATTERN,
        "description": "A date or an RFC 3339 date-time; UTC unless it has an offset",
    },
    "open": {**_number("open"), "description": "First price, above 0"},
    "high": {**_number("high"), "description": "Highest price"},
    "low": {**_number("low"), "description": "Lowest price, from 1e-15"},
    "close": {**_number("close"), "description": "Last price, above 0"},
    "volume": {**_number("volume"), "description": "Units traded, from 0"},
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
    "and low <= open, close <= high. Volume may be left out. A row that breaks a rule "
    "or holds null, a missing value, is a 422; with on_bad_data `drop` it is left out "
    "and counted",
}


_PARTS = {"BarRow": ROW, "BarColumns": BAR_COLUMNS}


class InlineBars(Component):
    """Bars as columns or as rows, checked as a whole.

    Under on_bad_data `drop` they stay raw: the loader drops, and counts what it drops.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("InlineBars", INLINE_BARS, parts=_PARTS, **kwargs)

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 -- marshmallow's signature
        data: Mapping[str, Any] | None,
        **_: Any,
    ) -> Bars | RawBars:
        by_row = isinstance(value, list)
        try:
            raw = _raw_of(value, by_row=by_row)
            return raw if _may_drop(data) else _checked(raw)
        except SeriesError as error:
            raise ma.ValidationError(_placed(error, by_row=by_row)) from None


def _may_drop(body: Mapping[str, Any] | None) -> bool:
    return body is not None and body.get("on_bad_data") == OnBadData.DROP


def _raw_of(value: object, *, by_row: bool) -> RawBars:
    columns = columns_of(
        value, required=_REQUIRED, optional=["volume"], maximum=MOST_BARS
    )
    if not columns.get("timestamp"):
        raise SeriesError("", "must have at least one bar")
    labels = instants(columns.pop("timestamp"), "/timestamp")
    arrays = {
        name: numbers(column, f"/{name}", most=_MOST[name])
        for name, column in columns.items()
    }
    return RawBars.labelled(labels, arrays, by_row=by_row)


def _checked(raw: RawBars) -> Bars | RawBars:
    """Return the bars, raw where there is something to tell of them."""
    try:
        rows = check_rows(raw, OnBadData.RAISE)
        return rows.bars if rows.notes == Notes() else raw
    except BadRowsError as error:
        places = [
            Place(f"/{found.column}/{found.row - 1}", _words(found))
            for found in error.violations
        ]
        raise SeriesError.of(places) from None


def _words(found: Violation) -> str:
    if found.kind in {"missing_values", "unreadable_timestamps"}:
        return "must not be null, unless on_bad_data is drop"
    return f"{found.value} breaks the rule {found.rule!r}"


def _placed(error: SeriesError, *, by_row: bool) -> Any:
    """Return the places as marshmallow nests them: rows name the row first."""
    return nested(tuple(_turned(p) if by_row else p for p in error.places), "")


def _turned(place: Place) -> Place:
    steps = place.pointer.split("/")[1:]
    if len(steps) == 2 and steps[1].isdigit():
        return Place(f"/{steps[1]}/{steps[0]}", place.detail)
    return place
