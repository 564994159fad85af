"""A look-back period such as ``6mo``."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from orchestrator.period import PATTERN, Period
from orchestrator.schemas.fields import Declared


class PeriodField(Declared):
    """A period, by its text; `max` and an absent one are not the same."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__({"type": "string", "pattern": PATTERN}, **kwargs)

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Period:
        if not isinstance(value, str):
            raise ma.ValidationError("must be a string")
        try:
            return Period.parse(value[:20])
        except ValueError as error:
            raise ma.ValidationError(str(error)) from None
