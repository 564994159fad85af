"""The document as generators of clients want it: small shared parts, no defaults.

Fields that every strategy's request has are written once, as components of their own.
A default is said in words: generators of TypeScript take a field with a ``default`` for
one that is always there, and would ask a caller for all of them.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from http import HTTPStatus
from importlib import resources
from typing import Any

from orchestrator.web.problems import PROBLEM_TYPE

Json = dict[str, Any]

_LONG = 110
"""Characters of a field that is worth a component."""


_NAMES = {"start": "WindowStart", "end": "WindowEnd", "columns": "FileColumns"}
"""Components whose field's name alone says too little."""


def with_parts(document: Json) -> Json:
    """Return the document with shared fields as components and defaults in words."""
    schemas: Json = document["components"]["schemas"]
    for name in _asked_for(document):
        _say_defaults(schemas[name])
    for union in [schema for schema in schemas.values() if "discriminator" in schema]:
        _share_fields(schemas, union)
    document["components"]["schemas"] = dict(sorted(schemas.items()))
    _show_answers(document)
    return document


def _show_answers(document: Json) -> None:
    """Put what the service answered beside what it may answer."""
    file = resources.files("orchestrator.web").joinpath("examples.json")
    shown = json.loads(file.read_text(encoding="utf-8"))
    for operation, answers in shown["answers"].items():
        method, path = operation.split(" ")
        for status, answer in answers.items():
            response = document["paths"][path][method]["responses"][status]
            response["content"]["application/json"]["example"] = answer
    for status, problems in shown["problems"].items():
        response = document["components"]["responses"].get(HTTPStatus(int(status)).name)
        if response is not None:
            response["content"][PROBLEM_TYPE]["examples"] = {
                code: {"value": problem} for code, problem in problems.items()
            }


def _asked_for(document: Json) -> Iterator[str]:
    """Yield the components that requests are made of."""
    schemas: Json = document["components"]["schemas"]
    bodies = [
        operation["requestBody"]
        for item in document["paths"].values()
        for operation in item.values()
        if isinstance(operation, dict) and "requestBody" in operation
    ]
    seen: set[str] = set()
    waiting = list(_references(bodies))
    while waiting:
        name = waiting.pop()
        if name not in seen and name in schemas:
            seen.add(name)
            waiting += _references(schemas[name])
            yield name


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("$ref")
        if isinstance(reference, str):
            yield reference.rsplit("/", 1)[-1]
        value = list(value.values())
    if isinstance(value, list):
        for item in value:
            yield from _references(item)


def _say_defaults(schema: Any) -> None:
    """Move the defaults of fields into their descriptions."""
    if not isinstance(schema, dict):
        return
    for field in schema.get("properties", {}).values():
        default = _taken(field)
        if default not in (None, [], {}) and "description" in field:
            field["description"] += f" (default {json.dumps(default)})"


def _taken(field: Json) -> Any:
    """Return a field's default, and take it off."""
    found = field.pop("default", None)
    for part in field.get("anyOf", ()):
        found = part.pop("default", None) if found is None else found
        part.pop("default", None)
    return found


def _share_fields(schemas: Json, union: Json) -> None:
    """Write the fields that all members of a union have as components."""
    members = [schemas[name] for name in _references(union["oneOf"])]
    first, *others = (member["properties"] for member in members)
    for field in list(first):
        schema = first[field]
        same = all(other.get(field) == schema for other in others)
        if same and len(json.dumps(schema)) >= _LONG:
            reference = {"$ref": _component(schemas, field, schema)}
            for member in members:
                member["properties"][field] = reference


def _component(schemas: Json, field: str, schema: Json) -> str:
    """Return where a field is described once; what only names a component is it."""
    if "$ref" in schema:
        whole = schemas[schema["$ref"].rsplit("/", 1)[-1]]
        whole.setdefault("description", schema.get("description", ""))
        return str(schema["$ref"])
    name = _NAMES.get(field) or "".join(w.capitalize() for w in field.split("_"))
    if name in schemas:
        name += "Field"
    schemas[name] = schema
    return f"#/components/schemas/{name}"
