"""Fields of answers, for the documentation: answers leave already encoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from orchestrator.schemas.fields import Declared


def text(description: str, *, required: bool = True, **declared: Any) -> Declared:
    """Return a string field."""
    return Declared(
        {"type": "string", **declared}, description=description, required=required
    )


def number(description: str, *, required: bool = True, **declared: Any) -> Declared:
    """Return a finite number field."""
    return Declared(
        {"type": "number", **declared}, description=description, required=required
    )


def count(description: str, *, required: bool = True) -> Declared:
    """Return a field of a count."""
    return Declared(
        {"type": "integer", "minimum": 0}, description=description, required=required
    )


def flag(description: str, *, required: bool = True) -> Declared:
    """Return a boolean field."""
    return Declared({"type": "boolean"}, description=description, required=required)


def optional_text(description: str, *, required: bool = True) -> Declared:
    """Return a string or null field."""
    return Declared(
        {"type": ["string", "null"]}, description=description, required=required
    )


def optional_count(description: str, *, required: bool = True) -> Declared:
    """Return a count or null field."""
    return Declared(
        {"type": ["integer", "null"], "minimum": 0},
        description=description,
        required=required,
    )


def optional_number(description: str, *, required: bool = True) -> Declared:
    """Return a number or null field."""
    return Declared(
        {"type": ["number", "null"]}, description=description, required=required
    )


def mapping(
    description: str,
    values: Mapping[str, Any] | None = None,
    *,
    required: bool = False,
) -> Declared:
    """Return an object of any names; its values have the schema `values` if given."""
    others = True if values is None else dict(values)
    schema = {"type": "object", "additionalProperties": others}
    return Declared(schema, description=description, required=required)


def column(
    description: str, item: Mapping[str, Any], *, required: bool = True
) -> Declared:
    """Return a field of one column of a long series."""
    return Declared(
        {"type": "array", "items": dict(item)},
        description=description,
        required=required,
    )


def one(
    schema: type[ma.Schema], description: str, *, required: bool = True
) -> ma.fields.Field[Any]:
    """Return a field that holds one `schema`."""
    return ma.fields.Nested(
        schema, required=required, metadata={"description": description}
    )


def many(
    schema: type[ma.Schema], description: str, *, required: bool = True
) -> ma.fields.Field[Any]:
    """Return a field that holds a list of `schema`."""
    return ma.fields.List(
        ma.fields.Nested(schema),
        required=required,
        metadata={"description": description},
    )


def by_name(
    schema: type[ma.Schema], description: str, *, required: bool = True
) -> ma.fields.Field[Any]:
    """Return a field that holds one `schema` under each of many names."""
    return ma.fields.Dict(
        values=ma.fields.Nested(schema),
        required=required,
        metadata={"description": description},
    )
