"""Parameters of strategies and hooks: declared once, checked, described, loaded.

Parameters are frozen dataclasses whose fields come from `parameter`, which keeps
the description and the bounds beside the default.  From that one declaration

* `check_bounds` refuses a value out of bounds (each ``__post_init__`` calls it);
* `json_schema` describes the parameters to clients;
* `load` builds them from decoded JSON, strictly: no unknown name, no string for a
  number, no number that is not finite.

Errors point into the request: a strategy's parameters stand under
`STRATEGY_PARAMS`; a hook's stand under `HOOK_PARAMS` of an entry of a list, whose
own pointer `placed_under` prefixes.
"""

from __future__ import annotations

import math
import types
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import MISSING, Field, field, fields
from difflib import get_close_matches
from enum import StrEnum
from functools import cache
from typing import (
    Any,
    ClassVar,
    Protocol,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

from orchestrator.errors import InvalidRequestError, Place

STRATEGY_PARAMS = "/strategy_params"
HOOK_PARAMS = "/params"

_JSON_TYPES = {int: "integer", float: "number", str: "string", bool: "boolean"}
_BOUNDS = {
    "minimum": "minimum",
    "maximum": "maximum",
    "exclusive_minimum": "exclusiveMinimum",
    "max_length": "maxLength",
}
_WORDS = {
    int: "a whole number",
    float: "a number",
    str: "a string",
    bool: "true or false",
}


class Parameters(Protocol):
    """A dataclass whose fields are made by `parameter`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


ParametersT = TypeVar("ParametersT", bound=Parameters)


def parameter(
    default: Any = MISSING,
    *,
    description: str,
    minimum: float | None = None,
    maximum: float | None = None,
    exclusive_minimum: float | None = None,
    max_length: int | None = None,
    schema: Mapping[str, object] | None = None,
) -> Any:
    """Return a dataclass field that carries its description and bounds.

    Parameters
    ----------
    default : object, optional
        Without one the parameter is required.
    description : str
        One sentence for the documentation.
    minimum, maximum, exclusive_minimum : float, optional
        Bounds of a number, in the words of JSON Schema.
    max_length : int, optional
        Longest string allowed.
    schema : Mapping, optional
        The JSON Schema to publish instead of the one derived from the type.
    """
    metadata = {
        "description": description,
        "minimum": minimum,
        "maximum": maximum,
        "exclusive_minimum": exclusive_minimum,
        "max_length": max_length,
        "schema": schema,
    }
    kept = {name: value for name, value in metadata.items() if value is not None}
    return field(default=default, metadata=kept)


def refusal(name: str, detail: str, *, under: str) -> InvalidRequestError:
    """Return the error that refuses parameter `name` of those at pointer `under`."""
    place = Place(f"{under}/{name}", detail)
    return InvalidRequestError(f"{name}: {detail}", places=(place,))


@contextmanager
def placed_under(prefix: str) -> Iterator[None]:
    """Prefix the pointers of an `InvalidRequestError` raised inside."""
    try:
        yield
    except InvalidRequestError as error:
        error.places = tuple(
            Place(prefix + place.pointer, place.detail) for place in error.places
        )
        raise


def check_bounds(params: Parameters, *, under: str) -> None:
    """Refuse a value that is not finite or out of the bounds of its field.

    Raises
    ------
    InvalidRequestError
        Naming the first parameter at fault, its value and the rule.
    """
    for declared in fields(params):
        value = getattr(params, declared.name)
        if isinstance(value, (int, float)):
            _check_number(declared, value, under)
        elif isinstance(value, str):
            longest = declared.metadata.get("max_length")
            if longest is not None and len(value) > longest:
                raise refusal(
                    declared.name,
                    f"is {len(value)} characters long; at most {longest} are allowed",
                    under=under,
                )


def _check_number(declared: Field[Any], value: float, under: str) -> None:
    broken = _broken_rule(declared.metadata, value)
    if broken is not None:
        raise refusal(declared.name, f"{value!r} is {broken}", under=under)


def _broken_rule(rules: Mapping[str, Any], value: float) -> str | None:
    if not math.isfinite(value):
        return "not a finite number"
    if value < rules.get("minimum", -math.inf):
        return f"under {rules['minimum']!r}"
    if value > rules.get("maximum", math.inf):
        return f"over {rules['maximum']!r}"
    if value <= rules.get("exclusive_minimum", -math.inf):
        return f"not over {rules['exclusive_minimum']!r}"
    return None


@cache
def _types_of(params_type: type[Parameters]) -> Mapping[str, tuple[type, bool]]:
    hints = get_type_hints(params_type)
    return {
        declared.name: _plain_type(hints[declared.name])
        for declared in fields(params_type)
    }


def _plain_type(hint: Any) -> tuple[Any, bool]:
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
        declared.name: _field_schema(declared, *_types_of(params_type)[declared.name])
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


def load(params_type: type[ParametersT], raw: object, *, under: str) -> ParametersT:
    """Return parameters from decoded JSON that stood at pointer `under`.

    A type with a ``from_json`` classmethod is loaded by that.

    Raises
    ------
    InvalidRequestError
        Naming the first parameter at fault and the rule it breaks.
    """
    own_loader = getattr(params_type, "from_json", None)
    if own_loader is not None:
        loaded: ParametersT = own_loader(raw)
        return loaded
    values = _values(params_type, raw_object(raw, under=under), under)
    return params_type(**values)


def raw_object(raw: object, *, under: str) -> Mapping[str, object]:
    """Return decoded JSON that must be an object.

    Raises
    ------
    InvalidRequestError
        If it is anything else.
    """
    if isinstance(raw, Mapping):
        return raw
    detail = "parameters are an object of names and values"
    raise InvalidRequestError(detail, places=(Place(under, detail),))


def refuse_unknown(
    raw: Mapping[str, object], known: tuple[str, ...], *, under: str
) -> None:
    """Refuse the first name that is not known, suggesting the nearest.

    Raises
    ------
    InvalidRequestError
        Naming it.
    """
    for name in raw:
        if name not in known:
            detail = f"is not a parameter{nearest(name, known)}"
            raise refusal(name, detail, under=under)


def nearest(name: str, known: tuple[str, ...]) -> str:
    """Return ``"; did you mean 'x'?"``, or what is known when nothing is near."""
    close = get_close_matches(name.lower(), known, n=1, cutoff=0.6)
    if close:
        return f"; did you mean {close[0]!r}?"
    return f"; known: {', '.join(known)}" if known else "; there are none"


def _values(
    params_type: type[Parameters], raw: Mapping[str, object], under: str
) -> dict[str, object]:
    kinds = _types_of(params_type)
    refuse_unknown(raw, tuple(kinds), under=under)
    values: dict[str, object] = {}
    for declared in fields(params_type):
        name = declared.name
        if name in raw:
            try:
                values[name] = _value(raw[name], *kinds[name])
            except ValueError as error:
                raise refusal(name, str(error), under=under) from None
        elif declared.default is MISSING and declared.default_factory is MISSING:
            raise refusal(name, "is required", under=under)
    return values


def _value(value: object, kind: Any, nullable: bool) -> object:
    if value is None and nullable:
        return None
    if issubclass(kind, StrEnum):
        if isinstance(value, str) and value in tuple(kind):
            return kind(value)
        raise ValueError(f"{value!r} is none of {', '.join(kind)}")
    if isinstance(value, bool) is not (kind is bool):
        raise ValueError(f"{value!r} is not {_WORDS[kind]}")
    if kind is float and isinstance(value, (int, float)):
        return _as_float(value)
    # JSON Schema counts 5.0 as an integer.
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, kind):
        return value
    raise ValueError(f"{value!r} is not {_WORDS[kind]}")


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf  # refused by `check_bounds`
