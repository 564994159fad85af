"""Answers declared where their values are made: fields that say what they hold.

A frozen dataclass whose fields come from `described` is a part of an answer.
`orchestrator.schemas.answers` dumps it, and derives the OpenAPI from the same fields.
"""

from __future__ import annotations

from dataclasses import MISSING, field
from typing import Any


def described(
    description: str, *, default: Any = MISSING, absent: bool = False, **schema: Any
) -> Any:
    """Return a dataclass field of an answer.

    Parameters
    ----------
    description : str
        One sentence for the documentation.
    default : object, optional
        Without one the field must be given.
    absent : bool, default=False
        Whether the field, None unless given, is left out of the answer where it is
        None; otherwise None leaves as ``null``.
    **schema
        Keywords of JSON Schema beside those of the field's type; `type` among them
        replaces those.
    """
    metadata = {"description": description, "absent": absent, "schema": schema}
    return field(default=None if absent else default, metadata=metadata)
