"""The OpenAPI of the service: fields publish what they declare, errors are problems.

flask-smorest and apispec write the document; this module teaches them the three
things they do not know: fields with a JSON Schema of their own, unions told apart by
a discriminator, and ``application/problem+json``.
"""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import marshmallow as ma
from apispec.ext.marshmallow import MarshmallowPlugin
from apispec.ext.marshmallow.openapi import OpenAPIConverter
from flask import Flask
from flask_smorest import Api

from orchestrator.schemas.components import Component
from orchestrator.schemas.fields import Choice, Declared, Many
from orchestrator.schemas.unions import UnionSchema
from orchestrator.web.problems import PROBLEM_TYPE, ProblemSchema


class Converter(OpenAPIConverter):
    """apispec's converter, with our fields and our unions."""

    def field2property(self, field: ma.fields.Field[Any]) -> dict[str, Any]:
        """Return the JSON Schema of `field`."""
        if not isinstance(field, Declared):
            published: dict[str, Any] = super().field2property(field)
            return published
        schema = self._schema_of(field)
        if field.allow_none:
            schema = _nullable(schema)
        return schema | {"description": field.metadata["description"]}

    def schema2jsonschema(self, schema: ma.Schema) -> dict[str, Any]:
        """Return the JSON Schema of `schema`."""
        if isinstance(schema, UnionSchema):
            references = {
                name: self.resolve_nested_schema(branch)  # type: ignore[no-untyped-call]
                for name, branch in schema.branches.items()
            }
            mapping = {name: ref["$ref"] for name, ref in references.items()}
            return {
                "oneOf": list(references.values()),
                "discriminator": {
                    "propertyName": schema.discriminator,
                    "mapping": mapping,
                },
            }
        described: dict[str, Any] = super().schema2jsonschema(schema)  # type: ignore[no-untyped-call]
        text = schema.__doc__
        if text and type(schema).__module__.startswith("orchestrator."):
            described["description"] = " ".join(text.split("\n\n", 1)[0].split())
        return described

    def _schema_of(self, field: Declared) -> dict[str, Any]:
        schema = dict(field.declared)
        if isinstance(field, Choice):
            named = {"type": "string", "enum": list(field.members)}
            return schema | self._component(field.component, named)
        if isinstance(field, Component):
            for name, part in field.parts.items():
                self._component(name, dict(part))
            return schema | self._component(field.component, field.published)
        if isinstance(field, Many):
            return schema | {"items": self.field2property(field.item)}
        return schema

    def _component(self, name: str, schema: dict[str, Any]) -> dict[str, Any]:
        if name not in self.spec.components.schemas:
            self.spec.components.schema(name, schema)
        return {"$ref": f"#/components/schemas/{name}"}


def _nullable(schema: dict[str, Any]) -> dict[str, Any]:
    if "type" in schema and "enum" not in schema:
        return schema | {"type": [schema["type"], "null"]}
    examples = schema.pop("examples", None)
    either: dict[str, Any] = {"anyOf": [schema, {"type": "null"}]}
    if "anyOf" in schema:
        either = {"anyOf": [*schema["anyOf"], {"type": "null"}]}
    return either | ({} if examples is None else {"examples": examples})


class Plugin(MarshmallowPlugin):
    """apispec's marshmallow plugin with our converter."""

    Converter = Converter


class ProblemApi(Api):
    """flask-smorest's Api whose errors are RFC 9457 problems."""

    ERROR_SCHEMA = ProblemSchema
    # Every status is documented by name: a default would hide one that is not.
    DEFAULT_ERROR_RESPONSE_NAME = None

    def _register_responses(self) -> None:
        for status in HTTPStatus:
            response: dict[str, Any] = {"description": status.phrase}
            if status >= HTTPStatus.BAD_REQUEST:
                response["content"] = {PROBLEM_TYPE: {"schema": self.ERROR_SCHEMA}}
            self.spec.components.response(status.name, response, lazy=True)

    def _register_etag_headers(self) -> None:
        """Leave out: routes document their own headers."""

    def _register_pagination_header(self) -> None:
        """Leave out: pages are found by cursor."""

    def _register_error_handlers(self) -> None:
        """Leave errors to `orchestrator.web.errors`."""


def open_api(app: Flask, *, title: str, version: str, description: str) -> ProblemApi:
    """Return the documented API of `app`, without blueprints yet."""
    app.config.update(
        API_TITLE=title,
        API_VERSION=version,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": description, "license": {"name": "MIT"}},
        },
    )
    return ProblemApi(app, spec_kwargs={"marshmallow_plugin": Plugin()})
