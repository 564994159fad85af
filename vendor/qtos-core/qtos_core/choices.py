"""Fields that take a member of an enumeration, or the string that is its value."""

from __future__ import annotations

from enum import Enum
from typing import Any


def settle_choice(owner: object, field: str, choices: type[Enum]) -> None:
    """Put a member of `choices` where a field of a frozen value holds its string.

    Code compares members by identity; a string that is only equal to one would
    silently take the other branch.

    Parameters
    ----------
    owner : object
        The value, while it is made.
    field : str
        The name of the field.
    choices : type of Enum
        What the field may be.

    Raises
    ------
    ValueError
        Naming field, choices and what was given, if it is none of them.
    """
    given: Any = getattr(owner, field)
    if isinstance(given, choices):
        return
    try:
        member = choices(given)
    except ValueError:
        known = ", ".join(str(choice.value) for choice in choices)
        raise ValueError(f"{field} must be one of {known}, not {given!r}") from None
    object.__setattr__(owner, field, member)
