"""Unions of schemas, told apart by one field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from orchestrator.errors import (
    InvalidRequestError,
    UnknownStrategyError,
    reference_token,
)
from orchestrator.parameters import nearest
from orchestrator.schemas.validation import refusal_of

MOST_FIELDS = 200
"""No object of a request has so many fields: what has more is refused at once."""


def _check_count(pointer: str, value: Mapping[str, Any]) -> None:
    if len(value) > MOST_FIELDS:
        detail = f"has {len(value)} fields, and at most {MOST_FIELDS} are read"
        raise InvalidRequestError.at(pointer, detail, subject=pointer or "the body")


class UnionSchema(ma.Schema):
    """Base of unions; a subclass names its branches.

    A body is loaded by the branch its discriminator names, or by `default` when it
    names none.  Branches are built once and reused by every request.
    """

    discriminator: str
    branches: Mapping[str, ma.Schema]
    default: str | None = None

    def load_body(self, body: Mapping[str, Any]) -> Any:
        """Return what the branch makes of `body`.

        Raises
        ------
        InvalidRequestError
            If no branch has the name, or the branch refuses the body.
        """
        _check_count("", body)
        for field, value in body.items():
            if isinstance(value, Mapping):
                _check_count(f"/{reference_token(field)}", value)
        name = body.get(self.discriminator, self.default)
        branch = self.branches.get(name) if isinstance(name, str) else None
        if branch is None:
            raise self._no_branch(name)
        try:
            return branch.load(body)
        except ma.ValidationError as error:
            raise refusal_of(error, branch) from None

    def _no_branch(self, name: object) -> InvalidRequestError:
        pointer = f"/{self.discriminator}"
        known = ", ".join(self.branches)
        if not isinstance(name, str):
            detail = f"must be one of {known}"
            return InvalidRequestError.at(pointer, detail, subject=self.discriminator)
        hint = nearest(name, tuple(self.branches))
        detail = f"{name[:100]!r} is not registered{hint}"
        return UnknownStrategyError.at(pointer, detail, subject=self.discriminator)
