"""From marshmallow's nested messages to one refusal with JSON pointers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import marshmallow as ma

from orchestrator.errors import InvalidRequestError, Place, reference_token
from orchestrator.parameters import nearest

_UNKNOWN = "is not a known field"
_SHAPES = {
    "/sizing": '{"rule": "all_in"}',
    "/costs": '{"commission_bps": 1}',
    "/exits": '{"stop_loss_pct": 5}',
}
"""An example of each object that is asked for."""
_HINTED = 20
"""How many unknown fields are told what was meant."""


def refusal_of(
    error: ma.ValidationError, schema: ma.Schema | None = None
) -> InvalidRequestError:
    """Return the deliberate error for what a schema refused.

    An unknown field is told the nearest that `schema` has in its place.
    """
    found = tuple(_places(error.messages, ""))
    places = tuple(_hinted(place, schema) for place in found[:_HINTED])
    places += found[_HINTED:]
    first = places[0]
    more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    name = first.pointer or "the request"
    return InvalidRequestError(f"{name} {first.detail}{more}", places=places)


def _hinted(place: Place, schema: ma.Schema | None) -> Place:
    if place.detail != _UNKNOWN or schema is None:
        return place
    *path, name = [_unescape(step) for step in place.pointer.split("/")[1:]]
    for step in path:
        field = None if schema is None else schema.fields.get(step)
        schema = field.schema if isinstance(field, ma.fields.Nested) else None
    if schema is None:
        return place
    return Place(place.pointer, place.detail + nearest(name, tuple(schema.fields)))


def nested(places: tuple[Place, ...], detail: str) -> dict[str, Any] | list[str]:
    """Return the places of a refusal as marshmallow nests its messages."""
    messages: dict[str, Any] = {}
    for place in places:
        steps = [_unescape(step) for step in place.pointer.split("/")[1:]]
        if not steps:
            return [place.detail]
        branch = messages
        for step in steps[:-1]:
            branch = branch.setdefault(step, {})
        branch.setdefault(steps[-1], []).append(place.detail)
    return messages or [detail]


def _places(messages: Any, pointer: str) -> Iterator[Place]:
    if isinstance(messages, dict):
        for key, inner in messages.items():
            here = pointer if key == "_schema" else f"{pointer}/{reference_token(key)}"
            yield from _places(inner, here)
    elif isinstance(messages, list):
        for inner in messages:
            yield from _places(inner, pointer)
    else:
        text = str(messages)
        if text == "Unknown field.":
            text = _UNKNOWN
        elif text == "Invalid input type.":
            shape = _SHAPES.get(pointer)
            text = f"must be an object{f', such as {shape}' if shape else ''}"
        yield Place(pointer, text)


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
