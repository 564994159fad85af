"""Declaring parameters: fields that carry their description and bounds."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any, ClassVar, Protocol

from orchestrator.parameters.refuse import refusal

STRATEGY_PARAMS = "/strategy_params"
HOOK_PARAMS = "/params"


class Parameters(Protocol):
    """A dataclass whose fields are made by `parameter`."""

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


def parameter(
    default: Any = MISSING,
    *,
    description: str,
    minimum: float | None = None,
    maximum: float | None = None,
    exclusive_minimum: float | None = None,
    max_length: int | None = None,
    schema: Mapping[str, object] | None = None,
    loader: Callable[[object], object] | None = None,
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
    loader : callable, optional
        How to read the value from decoded JSON, for a type of its own; it raises
        `InvalidRequestError` itself.
    """
    metadata = {
        "description": description,
        "minimum": minimum,
        "maximum": maximum,
        "exclusive_minimum": exclusive_minimum,
        "max_length": max_length,
        "schema": schema,
        "loader": loader,
    }
    kept = {name: value for name, value in metadata.items() if value is not None}
    return field(default=default, metadata=kept)


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
