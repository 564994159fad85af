"""Fields whose JSON Schema is a component of the OpenAPI, by name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import marshmallow as ma

from orchestrator.errors import InvalidRequestError, Place
from orchestrator.parameters import Parameters, json_schema, load
from orchestrator.schemas.fields import Declared
from orchestrator.schemas.validation import nested


class Component(Declared):
    """A field whose schema is the component `component` of the OpenAPI.

    `parts` are further components that its schema refers to.
    """

    def __init__(
        self,
        component: str,
        published: Mapping[str, Any],
        *,
        parts: Mapping[str, Mapping[str, Any]] | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__({}, **kwargs)
        self.component = component
        self.parts = dict(parts or {})
        self.published = dict(published)


class Params(Component):
    """The parameters of a strategy or a hook, loaded by their own declaration."""

    def __init__(self, params: type[Parameters], **kwargs: Any) -> None:
        super().__init__(params.__name__, json_schema(params), **kwargs)
        self._params = params

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> Any:
        under = f"/{self.name}"
        try:
            return load(self._params, value, under=under)
        except InvalidRequestError as error:
            places = tuple(
                Place(place.pointer.removeprefix(under), place.detail)
                for place in error.places
            )
            raise ma.ValidationError(nested(places, error.detail)) from None
