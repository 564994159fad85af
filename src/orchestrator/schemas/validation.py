"""From marshmallow's nested messages to one refusal with JSON pointers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import marshmallow as ma

from orchestrator.errors import InvalidRequestError, Place, reference_token

_WORDS = {"Unknown field.": "is not a known field"}


def refusal_of(error: ma.ValidationError) -> InvalidRequestError:
    """Return the deliberate error for what a schema refused."""
    places = tuple(_places(error.messages, ""))
    first = places[0]
    more = f" (and {len(places) - 1} more)" if len(places) > 1 else ""
    name = first.pointer or "the request"
    return InvalidRequestError(f"{name} {first.detail}{more}", places=places)


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
        yield Place(pointer, _WORDS.get(text, text))


def _unescape(step: str) -> str:
    return step.replace("~1", "/").replace("~0", "~")
