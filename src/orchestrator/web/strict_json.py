"""JSON bodies read strictly: one meaning for a body, or a refusal.

A body that is not one JSON document -- not UTF-8, cut short, nested deeper than
`DEEPEST`, with a number no float can hold, a lone surrogate or one key twice --
is unreadable (400).  A readable one whose top is no object, or that holds the
tokens NaN or Infinity, breaks a rule (422).
"""

from __future__ import annotations

import json
import math
import re
from typing import Any

from orchestrator.errors import InvalidRequestError, Place, reference_token
from orchestrator.schemas import json_pieces

DEEPEST = 32
_LONG = 1_000_000
"""Bytes of a body that is read again to say where a number is none."""
_NOT_FINITE = re.compile(rb"[-:,\[\s]*-?(?:NaN|Infinity|[0-9])")
_PLAIN_TYPES = frozenset({str, int, float, bool, type(None)})


class UnreadableBodyError(ValueError):
    """The body is not one JSON document."""


def parse_object(raw: bytes) -> dict[str, Any]:
    """Return the JSON object of `raw`.

    Raises
    ------
    UnreadableBodyError
        If `raw` is not one JSON document with unique keys.
    InvalidRequestError
        If its top is not an object, or a number in it is not finite.
    """
    try:
        document = json_pieces.loads(raw)
    except json_pieces.TooManyMembersError as error:
        raise InvalidRequestError.at("", str(error), subject="the body") from None
    except json_pieces.BrokenJsonError as error:
        if len(raw) <= _LONG:
            _refuse_what_is_not_finite(raw)
        elif _NOT_FINITE.match(raw, max(error.pos - 1, 0)):
            raise _not_a_number("", f"at character {error.pos}") from None
        raise UnreadableBodyError(f"the body is not JSON: {error}") from None
    if not isinstance(document, dict):
        raise InvalidRequestError(
            f"the body must be a JSON object, not {_kind(document)}",
            places=(Place("", "must be an object"),),
        )
    if json_pieces.colons(raw) != _count_keys(document, DEEPEST):
        raise UnreadableBodyError("the body names one key twice in the same object")
    return document


def _count_keys(value: Any, depth: int) -> int:
    """Return the number of keys under `value`: fewer than colons means a repeat."""
    if depth == 0:
        raise UnreadableBodyError(f"the body nests deeper than {DEEPEST} levels")
    if isinstance(value, dict):
        count = len(value)
        nested = value.values()
    else:
        count, nested = 0, value
    if _PLAIN_TYPES.issuperset(map(type, nested)):
        return count
    for item in nested:
        if type(item) not in _PLAIN_TYPES:
            count += _count_keys(item, depth - 1)
    return count


def _refuse_what_is_not_finite(raw: bytes) -> None:
    """Raise if the standard library reads `raw`, and finds NaN or an infinity."""
    try:
        document = json.loads(raw.decode())
    except (ValueError, RecursionError):
        return
    pointer = _not_finite(document, "", DEEPEST)
    if pointer is not None:
        raise _not_a_number(pointer, pointer or "the body")


def _not_a_number(pointer: str, where: str) -> InvalidRequestError:
    return InvalidRequestError(
        f"{where}: NaN, Infinity and numbers beyond a double are not JSON numbers",
        places=(Place(pointer, "must be a finite number"),),
    )


def _not_finite(value: Any, pointer: str, depth: int) -> str | None:
    if isinstance(value, float):
        return None if math.isfinite(value) else pointer
    if depth == 0 or not isinstance(value, dict | list):
        return None
    items = value.items() if isinstance(value, dict) else enumerate(value)
    for key, item in items:
        found = _not_finite(item, f"{pointer}/{reference_token(key)}", depth - 1)
        if found is not None:
            return found
    return None


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    if isinstance(value, str):
        return "a string"
    return "an array" if isinstance(value, list) else "a number"
