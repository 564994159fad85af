"""Lists of hooks in a request: read strictly, and described."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from orchestrator.errors import InvalidRequestError, reference_token
from orchestrator.hooks.base import HookDefinition, HookKind
from orchestrator.hooks.registry import hooks_of
from orchestrator.parameters import HOOK_PARAMS, load, nearest, placed_under
from orchestrator.parameters.refuse import shown
from orchestrator.spec import HookSpec

MAX_HOOKS = 10
"""Hooks of one kind in one request."""

_NAMES = ("type", "params")


def load_hooks(kind: HookKind, raw: object) -> tuple[HookSpec, ...]:
    """Return the hooks of a decoded list ``[{type, params?}]``.

    Raises
    ------
    InvalidRequestError
        Pointing at what is refused, ``/advisors/0/params/bars`` say.
    """
    if not isinstance(raw, list):
        raise _refused(f"/{kind.value}", "is a list of hooks")
    if len(raw) > MAX_HOOKS:
        detail = f"holds {len(raw)} hooks; at most {MAX_HOOKS} are taken"
        raise _refused(f"/{kind.value}", detail)
    specs = []
    for row, entry in enumerate(raw):
        with placed_under(f"/{kind.value}/{row}"):
            specs.append(_load_hook(kind, entry))
    return tuple(specs)


def list_schema(kind: HookKind) -> dict[str, Any]:
    """Return the JSON Schema of a list of hooks of a kind."""
    return {
        "type": "array",
        "maxItems": MAX_HOOKS,
        "items": {"oneOf": [_entry_schema(hook) for hook in hooks_of(kind).values()]},
    }


def _load_hook(kind: HookKind, entry: object) -> HookSpec:
    if not isinstance(entry, Mapping):
        raise _refused("", "is an object with type and params")
    for name in entry:
        if name not in _NAMES:
            hint = nearest(name, _NAMES)
            raise _refused(f"/{reference_token(name)}", f"is not part of a hook{hint}")
    name = entry.get("type")
    known = hooks_of(kind)
    if not isinstance(name, str) or name not in known:
        hint = nearest(name if isinstance(name, str) else "", tuple(known))
        raise _refused("/type", f"{shown(name)} is none of the {kind.value}{hint}")
    params = load(known[name].params, entry.get("params", {}), under=HOOK_PARAMS)
    return HookSpec(type=name, params=params)


def _entry_schema(hook: HookDefinition) -> dict[str, Any]:
    params = hook.schema()
    required = ["type", "params"] if params.get("required") else ["type"]
    return {
        "title": hook.name,
        "description": hook.description,
        "type": "object",
        "properties": {
            "type": {"type": "string", "enum": [hook.name]},
            "params": params,
        },
        "required": required,
        "additionalProperties": False,
    }


def _refused(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError.at(pointer, detail)
