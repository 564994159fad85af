"""Bring the parts of an engine back to how they were before its first run."""

from __future__ import annotations

import copy
import types
from collections.abc import Iterable
from typing import Any


class Rewinder:
    """Remember the state of objects, and restore it in place.

    The objects stay the same, so that whoever holds a strategy or an observer can
    ask it after a run; what they hold becomes a fresh copy of what it was.  The
    owner of a bound method is restored, and objects that refer to each other still
    do.  Variables a function closes over are out of reach and are not restored.
    """

    def __init__(self, parts: Iterable[object]) -> None:
        owners = (_owner(part) for part in parts)
        self._owners = list({id(owner): owner for owner in owners}.values())
        self._saved: list[dict[str, Any]] | None = None
        self._obstacle: Exception | None = None

    def rewind(self) -> None:
        """Remember the state on the first call, restore it on every later one.

        Raises
        ------
        TypeError
            On a later call, if the state could not be copied.
        """
        if self._obstacle is not None:
            raise TypeError(
                "this engine cannot run twice: the state of its parts cannot be "
                f"copied ({self._obstacle})"
            ) from self._obstacle
        if self._saved is None:
            try:
                self._saved = self._copied([_state(part) for part in self._owners])
            except Exception as error:  # noqa: BLE001 -- copying runs the parts' own code
                self._obstacle = error
            return
        for owner, state in zip(self._owners, self._copied(self._saved), strict=True):
            _restore(owner, state)

    def _copied(self, states: list[dict[str, Any]]) -> list[dict[str, Any]]:
        memo: dict[int, Any] = {id(owner): owner for owner in self._owners}
        return copy.deepcopy(states, memo)


def _owner(part: object) -> object:
    return part.__self__ if isinstance(part, types.MethodType) else part


def _slots(part: object) -> list[str]:
    names: list[str] = []
    for base in type(part).__mro__:
        slots = base.__dict__.get("__slots__", ())
        names += [slots] if isinstance(slots, str) else slots
    return [name for name in names if name not in {"__dict__", "__weakref__"}]


def _state(part: object) -> dict[str, Any]:
    if isinstance(part, types.FunctionType | type):
        return {}
    state = dict(getattr(part, "__dict__", {}))
    state.update(
        {name: getattr(part, name) for name in _slots(part) if hasattr(part, name)}
    )
    return state


def _restore(part: object, state: dict[str, Any]) -> None:
    if isinstance(part, types.FunctionType | type):
        return
    for name in _state(part).keys() - state.keys():
        object.__delattr__(part, name)
    for name, value in state.items():
        object.__setattr__(part, name, value)
