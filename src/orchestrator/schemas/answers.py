"""Answers: dumped, and documented, by the fields of the values they are made of.

A name in the JSON is the name of a field made by `orchestrator.described.described`;
other fields of the same value stay inside.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import Field, fields, is_dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from typing import Any, get_args, get_origin, get_type_hints

import marshmallow as ma

from orchestrator.parameters.describe import plain_type
from orchestrator.schemas.fields import Choice, Declared

_JSON: Mapping[type, dict[str, Any]] = {
    int: {"type": "integer", "minimum": 0},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    str: {"type": "string"},
    datetime: {"type": "string", "format": "date-time"},
}


class AnswerSchema(ma.Schema):
    """Base of answers: fields may be added later."""

    class Meta:
        """Fields may be added later."""

        unknown = ma.EXCLUDE


def dump(value: Any) -> Any:
    """Return what an answer holds of `value`: dicts, lists and what JSON has itself."""
    write = _writer(type(value))  # type: ignore[arg-type]
    return value if write is None else write(value)


@cache
def answer_schema(kind: type) -> type[AnswerSchema]:
    """Return the schema of an answer, for the documentation."""
    hints = get_type_hints(kind)
    declared = {one.name: _field(hints[one.name], one) for one in _described(kind)}
    members = {"__doc__": kind.__doc__, "__module__": kind.__module__, **declared}
    return type(f"{kind.__name__}Schema", (AnswerSchema,), members)


@cache
def _writer(kind: type) -> Callable[[Any], Any] | None:
    """Return what dumps a `kind`; None for what JSON has itself."""
    if is_dataclass(kind):
        names = [(one.name, one.metadata["absent"]) for one in _described(kind)]
        return lambda value: {
            name: dump(inner)
            for name, absent in names
            if (inner := getattr(value, name)) is not None or not absent
        }
    if issubclass(kind, tuple | list):
        return lambda value: [dump(item) for item in value]
    if issubclass(kind, Mapping):
        return lambda value: {name: dump(item) for name, item in value.items()}
    return None


def _described(kind: type) -> list[Field[Any]]:
    return [one for one in fields(kind) if "absent" in one.metadata]


def _field(hint: Any, declared: Field[Any]) -> ma.fields.Field[Any]:
    kind, nullable = plain_type(hint)
    absent, extra = declared.metadata["absent"], declared.metadata["schema"]
    description, required = declared.metadata["description"], not absent
    nested: dict[str, Any] = {
        "required": required,
        "metadata": {"description": description},
    }
    if is_dataclass(kind):
        return ma.fields.Nested(answer_schema(kind), **nested)  # type: ignore[arg-type]
    item = next((one for one in get_args(kind)[::-1] if is_dataclass(one)), None)
    if item is not None:
        inner = ma.fields.Nested(answer_schema(item))  # type: ignore[arg-type]
        if get_origin(kind) is Mapping:
            return ma.fields.Dict(values=inner, **nested)
        return ma.fields.List(inner, **nested)
    if isinstance(kind, type) and issubclass(kind, StrEnum) and "type" not in extra:
        return Choice(kind, description=description, required=required)
    return Declared(
        extra if "type" in extra else {**_json(kind), **extra},
        description=description,
        required=required,
        allow_none=nullable and required,
    )


def _json(kind: Any) -> dict[str, Any]:
    if kind in _JSON:
        return _JSON[kind]
    if get_origin(kind) is Mapping:
        values = get_args(kind)[1]
        others = True if values is object else _json(values)
        return {"type": "object", "additionalProperties": others}
    return {"type": "array", "items": _json(get_args(kind)[0])}
