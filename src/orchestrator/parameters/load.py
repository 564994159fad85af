"""Loading parameters from decoded JSON, strictly."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import MISSING, fields
from enum import StrEnum
from typing import Any, TypeVar

from orchestrator.errors import InvalidRequestError
from orchestrator.parameters.declare import Parameters
from orchestrator.parameters.describe import types_of
from orchestrator.parameters.refuse import nearest, refusal, shown

ParametersT = TypeVar("ParametersT", bound=Parameters)

_WORDS = {
    int: "a whole number",
    float: "a number",
    str: "a string",
    bool: "true or false",
}


def load(params_type: type[ParametersT], raw: object, *, under: str) -> ParametersT:
    """Return parameters from decoded JSON that stood at pointer `under`.

    Raises
    ------
    InvalidRequestError
        Naming the first parameter at fault and the rule it breaks.
    """
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
    raise InvalidRequestError.at(under, detail)


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


def _values(
    params_type: type[Parameters], raw: Mapping[str, object], under: str
) -> dict[str, object]:
    kinds = types_of(params_type)
    refuse_unknown(raw, tuple(kinds), under=under)
    values: dict[str, object] = {}
    for declared in fields(params_type):
        name = declared.name
        loader = declared.metadata.get("loader")
        if name in raw and loader is not None:
            values[name] = loader(raw[name])
        elif name in raw:
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
        raise ValueError(f"{shown(value)} is none of {', '.join(kind)}")
    if isinstance(value, bool) is not (kind is bool):
        raise ValueError(f"{shown(value)} is not {_WORDS[kind]}")
    if kind is float and isinstance(value, (int, float)):
        return _as_float(value)
    # JSON Schema counts 5.0 as an integer.
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, kind):
        return value
    raise ValueError(f"{shown(value)} is not {_WORDS[kind]}")


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf  # refused by `check_bounds`
