"""Describing parameters to clients, in JSON Schema."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from enum import StrEnum
from functools import cache
from typing import Any, Union, get_args, get_origin, get_type_hints

from orchestrator.parameters.declare import Parameters

_JSON_TYPES = {int: "integer", float: "number", str: "string", bool: "boolean"}
_BOUNDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "max_length": "maxLength",
}


@cache
def types_of(params_type: type[Parameters]) -> Mapping[str, tuple[Any, bool]]:
    """Return each field's type without ``None``, and whether ``None`` is allowed."""
    hints = get_type_hints(params_type)
    return {
        declared.name: plain_type(hints[declared.name])
        for declared in fields(params_type)
    }


def plain_type(hint: Any) -> tuple[Any, bool]:
    """Return a hint without ``None``, and whether ``None`` was allowed."""
    if get_origin(hint) in {Union, types.UnionType}:
        members = [member for member in get_args(hint) if member is not type(None)]
        return members[0], True
    return hint, False


def json_schema(params_type: type[Parameters]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of the parameters.

    A default is published; a parameter without one is required; a name that is
    not listed is refused.
    """
    properties = {
        declared.name: _field_schema(declared, *types_of(params_type)[declared.name])
        for declared in fields(params_type)
    }
    required = [
        declared.name
        for declared in fields(params_type)
        if declared.default is MISSING and declared.default_factory is MISSING
    ]
    schema = {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }
    return schema | ({"required": required} if required else {})


def _field_schema(declared: Field[Any], kind: Any, nullable: bool) -> dict[str, Any]:
    described = {"description": declared.metadata["description"]}
    published = declared.metadata.get("schema")
    if published is not None:
        return {**published, **described}
    schema: dict[str, Any] = {}
    if issubclass(kind, StrEnum):
        schema["enum"] = [member.value for member in kind]
        name = "string"
    else:
        name = _JSON_TYPES[kind]
    schema["type"] = [name, "null"] if nullable else name
    for ours, theirs in _BOUNDS.items():
        if ours in declared.metadata:
            schema[theirs] = declared.metadata[ours]
    if declared.default is not MISSING:
        schema["default"] = declared.default
    return schema | described
