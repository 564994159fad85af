"""Fields that mean exactly what JSON Schema says, and say so in the OpenAPI.

marshmallow's own fields convert: ``"5"`` to 5, 5.7 to 5, ``"yes"`` to True.  These
refuse.  Each carries its JSON Schema in `declared`, which `openapi` publishes.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import marshmallow as ma

from orchestrator.parameters import did_you_mean

LARGEST = 1e15
INSTANT_PATTERN = (
    "^(?:1[7-9]|2[01])[0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
    "(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?"
    "(?:Z|[+-](?:[01][0-9]|2[0-3]):?[0-5][0-9])?)?$"
)
"""RFC 3339 and its common spellings, as signals have them: a space for the T, no
seconds, nanoseconds, an offset without a colon."""
_INSTANT = re.compile(INSTANT_PATTERN, re.ASCII)


class Declared(ma.fields.Field[Any]):
    """A field whose JSON Schema is the mapping `declared`."""

    def __init__(
        self,
        declared: Mapping[str, Any],
        *,
        description: str,
        example: Any = None,
        published_default: Any = ma.missing,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            metadata={"description": description},
            error_messages={"null": "must not be null", "required": "is required"},
            **kwargs,
        )
        self.declared = dict(declared)
        if example is not None:
            self.declared["examples"] = [example]
        default = self.load_default
        if published_default is not ma.missing:
            default = published_default
        if default is not ma.missing:
            self.declared["default"] = (
                list(default) if isinstance(default, tuple) else default
            )


class Number(Declared):
    """A finite JSON number in a range; never a string or a boolean."""

    def __init__(
        self,
        *,
        minimum: float | None = None,
        above: float | None = None,
        maximum: float = LARGEST,
        **kwargs: Any,
    ) -> None:
        bounds = {"minimum": minimum, "exclusiveMinimum": above, "maximum": maximum}
        present = {name: value for name, value in bounds.items() if value is not None}
        super().__init__({"type": "number", **present}, **kwargs)
        self._minimum, self._above, self._maximum = minimum, above, maximum

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> float:
        if type(value) is not float and type(value) is not int:
            raise ma.ValidationError("must be a number")
        if value != value or value > self._maximum:  # noqa: PLR0124 -- NaN
            raise ma.ValidationError(f"must be at most {self._maximum:.15g}")
        if self._minimum is not None and value < self._minimum:
            raise ma.ValidationError(f"must be at least {self._minimum:.15g}")
        if self._above is not None and value <= self._above:
            raise ma.ValidationError(f"must be above {self._above:.15g}")
        number = float(value)
        if not math.isfinite(number):
            raise ma.ValidationError("must be a finite number")
        return number


class Integer(Declared):
    """A JSON integer in a range: 5 and 5.0, never 5.7, ``"5"`` or true."""

    def __init__(self, *, minimum: int, maximum: int, **kwargs: Any) -> None:
        declared = {"type": "integer", "minimum": minimum, "maximum": maximum}
        super().__init__(declared, **kwargs)
        self._minimum, self._maximum = minimum, maximum

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> int:
        whole = type(value) is int or (type(value) is float and value.is_integer())
        if not whole:
            raise ma.ValidationError("must be an integer")
        if not self._minimum <= value <= self._maximum:
            raise ma.ValidationError(f"must be from {self._minimum} to {self._maximum}")
        return int(value)


class Flag(Declared):
    """true or false; never a word or a number."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "boolean"}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise ma.ValidationError("must be true or false")
        return value


class Text(Declared):
    """A string of bounded length, without NUL, that matches `pattern` if given."""

    def __init__(
        self,
        *,
        pattern: str | None = None,
        rule: str = "has a character or form that is not allowed",
        minimum: int = 1,
        maximum: int,
        **kwargs: Any,
    ) -> None:
        declared = {"type": "string", "minLength": minimum, "maxLength": maximum}
        if pattern is not None:
            declared["pattern"] = pattern
        super().__init__(declared, **kwargs)
        self._pattern = None if pattern is None else re.compile(pattern, re.ASCII)
        self._rule, self._minimum, self._maximum = rule, minimum, maximum

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str):
            raise ma.ValidationError("must be a string")
        if not self._minimum <= len(value) <= self._maximum:
            raise ma.ValidationError(
                f"must have from {self._minimum} to {self._maximum} characters"
            )
        # "$" also matches before a final newline: fullmatch does not.
        if self._pattern is not None and not self._pattern.fullmatch(value):
            raise ma.ValidationError(self._rule)
        return value


class Choice(Declared):
    """One of a few texts; `component` names the few in the OpenAPI.

    Members of an enumeration are loaded from their values.
    """

    def __init__(self, members: type[StrEnum], **kwargs: Any) -> None:
        super().__init__({}, **kwargs)
        self.component = members.__name__
        self.members: Mapping[str, str] = {str(member): member for member in members}

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if not isinstance(value, str) or value not in self.members:
            names = tuple(self.members)
            hint = did_you_mean(value, names) if isinstance(value, str) else ""
            raise ma.ValidationError(f"must be one of {', '.join(names)}{hint}")
        return self.members[value]


class Constant(Declared):
    """The one string a branch of a union is told apart by."""

    def __init__(self, value: str, **kwargs: Any) -> None:
        super().__init__({"type": "string", "enum": [value]}, **kwargs)
        self._value = value

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        if value != self._value:
            raise ma.ValidationError(f"must be {self._value}")
        return self._value


class Instant(Declared):
    """A date or a date-time, as an aware UTC datetime; finer than 1 us is cut off."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "pattern": INSTANT_PATTERN}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> datetime:
        if not isinstance(value, str) or not _INSTANT.fullmatch(value):
            raise ma.ValidationError(
                "must be a date such as 2024-01-31 or a date-time such as "
                "2024-01-31T14:30:00Z, from 1700 to 2199"
            )
        try:
            instant = datetime.fromisoformat(value)
        except ValueError:
            raise ma.ValidationError("is not a day of the calendar") from None
        if instant.tzinfo is None:
            return instant.replace(tzinfo=UTC)
        return instant.astimezone(UTC)


class Many(Declared):
    """An array of at most `maximum` items, each checked by `item`."""

    def __init__(self, item: Declared, *, maximum: int, **kwargs: Any) -> None:
        super().__init__({"type": "array", "maxItems": maximum}, **kwargs)
        self.item = item
        self._maximum = maximum

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ma.ValidationError("must be an array")
        if len(value) > self._maximum:
            raise ma.ValidationError(f"must have at most {self._maximum} items")
        items: list[Any] = []
        wrong: dict[int, Any] = {}
        for position, item in enumerate(value):
            try:
                items.append(self.item.deserialize(item))
            except ma.ValidationError as error:
                wrong[position] = error.messages
        if wrong:
            raise ma.ValidationError(wrong)
        return tuple(items)
