"""Lists of hooks in a body."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from orchestrator.errors import InvalidRequestError, Place
from orchestrator.hooks.base import HookDefinition, HookKind
from orchestrator.hooks.loading import MAX_HOOKS, load_hooks
from orchestrator.hooks.registry import hooks_of
from orchestrator.schemas.components import Component
from orchestrator.schemas.fields import Declared
from orchestrator.schemas.validation import nested
from orchestrator.spec import HookSpec

_DESCRIPTIONS = {
    HookKind.ADVISORS: "What may change a signal before it becomes an order, in order",
    HookKind.VALIDATORS: "What may refuse or cut an order, in order",
    HookKind.OBSERVERS: "What watches the trades",
}


class HooksField(Component):
    """A list of hooks of one kind."""

    def __init__(self, kind: HookKind, **kwargs: Any) -> None:
        one = kind.value.removesuffix("s").capitalize()
        hooks = hooks_of(kind).values()
        branches = {_component(hook, one): hook for hook in hooks}
        union = {
            "description": f"One of the {kind.value}",
            "oneOf": [_ref(name) for name in branches],
            "discriminator": {
                "propertyName": "type",
                "mapping": {h.name: _ref(n)["$ref"] for n, h in branches.items()},
            },
        }
        published = {"type": "array", "items": _ref(one), "maxItems": MAX_HOOKS}
        parts = {
            **{hook.params.__name__: hook.schema() for hook in hooks},
            **{name: _branch(hook) for name, hook in branches.items()},
            one: union,
        }
        name = kind.value.capitalize()
        super().__init__(name, published, parts=parts, **kwargs)
        self._kind = kind

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> tuple[HookSpec, ...]:
        prefix = f"/{self._kind.value}"
        try:
            return load_hooks(self._kind, value)
        except InvalidRequestError as error:
            places = tuple(
                Place(place.pointer.removeprefix(prefix), place.detail)
                for place in error.places
            )
            raise ma.ValidationError(nested(places, error.detail)) from None


def hook_fields() -> dict[str, Declared]:
    """Return the fields `advisors`, `validators` and `observers`."""
    return {
        kind.value: HooksField(kind, load_default=(), description=_DESCRIPTIONS[kind])
        for kind in HookKind
    }


def _component(hook: HookDefinition, suffix: str) -> str:
    words = "".join(word.capitalize() for word in hook.name.split("_"))
    return f"{words}{suffix}"


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _branch(hook: HookDefinition) -> dict[str, Any]:
    needed = hook.schema().get("required")
    return {
        "type": "object",
        "description": hook.description,
        "properties": {
            "type": {
                "type": "string",
                "enum": [hook.name],
                "description": "Which hook",
            },
            "params": {
                **_ref(hook.params.__name__),
                "description": "Parameters of the hook",
            },
        },
        "required": ["type", "params"] if needed else ["type"],
        "additionalProperties": False,
    }
