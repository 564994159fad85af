"""How a caller's file is to be read: names of columns, zone, format of dates."""

from __future__ import annotations

import zoneinfo
from functools import cache
from typing import Any

import marshmallow as ma

from orchestrator.loaders.files.csv_names import MAPPABLE
from orchestrator.schemas.components import Component
from orchestrator.schemas.fields import Declared, Text

MOST_NAME = 100
_MEANINGS = {
    "timestamp": "Date, or date and time",
    "open": "First price",
    "high": "Highest price",
    "low": "Lowest price",
    "close": "Last price",
    "volume": "Units traded",
    "adjusted": "Adjusted close",
    "symbol": "Symbol, in a file of several",
}
COLUMN_NAMES = {
    "type": "object",
    "description": "What columns are called in the file, where that is unusual",
    "properties": {
        column: {
            "type": "string",
            "minLength": 1,
            "maxLength": MOST_NAME,
            "description": f"Name of the column of: {_MEANINGS[column]}",
        }
        for column in MAPPABLE
    },
    "additionalProperties": False,
    "minProperties": 1,
    "examples": [{"timestamp": "Day", "close": "Px"}],
}


class ColumnNames(Component):
    """A mapping of columns to their names in a file, loaded as sorted pairs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__("ColumnNames", COLUMN_NAMES, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        if not isinstance(value, dict) or not value:
            raise ma.ValidationError(
                'must be an object such as {"timestamp": "Day", "close": "Px"}'
            )
        return _pairs(value)


class ColumnPairs(Declared):
    """The same in a query: ``timestamp:Day,close:Px``."""

    def __init__(self, **kwargs: Any) -> None:
        declared = {"type": "string", "minLength": 3, "maxLength": 1000}
        super().__init__(declared, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        parts = [part.partition(":") for part in str(value)[:1001].split(",")]
        if len(str(value)) > 1000 or not all(mark and name for _, mark, name in parts):
            raise ma.ValidationError("must be pairs such as timestamp:Day,close:Px")
        return _pairs({column: name for column, _, name in parts})


def _pairs(value: dict[Any, Any]) -> tuple[tuple[str, str], ...]:
    errors: dict[str, list[str]] = {}
    for column, name in value.items():
        if column not in MAPPABLE:
            errors[str(column)[:MOST_NAME]] = [
                f"is no column; there are {', '.join(MAPPABLE)}"
            ]
        elif not isinstance(name, str) or not 1 <= len(name) <= MOST_NAME:
            errors[column] = [f"must be a name of 1 to {MOST_NAME} characters"]
    if errors:
        raise ma.ValidationError(errors)
    return tuple(sorted(value.items()))


@cache
def _zones() -> set[str]:
    """Return the zones there are: listing them reads many files."""
    return zoneinfo.available_timezones()


class ZoneField(Declared):
    """The name of a time zone in the IANA database."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "minLength": 1, "maxLength": 64}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or value not in _zones():
            raise ma.ValidationError(
                "must be the name of a time zone, such as America/New_York or UTC"
            )
        return value


def zone_field() -> ZoneField:
    """Return the field of a file's time zone."""
    return ZoneField(
        load_default=None,
        allow_none=True,
        description="Time zone of timestamps in a file that carry no offset; UTC by "
        "default. Dates stay dates. Only with data_source `csv`",
        example="America/New_York",
    )


def date_format_field() -> Text:
    """Return the field of a file's format of dates."""
    return Text(
        pattern="[^%]*(?:%[a-zA-Z%][^%]*)+",
        rule="must be a format of strptime, such as %d/%m/%Y %H:%M",
        maximum=64,
        load_default=None,
        allow_none=True,
        description="Format of every timestamp in a file, in the signs of strptime; "
        "recognised by default. Only with data_source `csv`",
        example="%d/%m/%Y",
    )
