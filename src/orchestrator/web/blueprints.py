"""Blueprints whose arguments are read strictly, and cheaply.

flask-smorest keeps the documentation; webargs, which costs a third of a
millisecond a request and lets unknown and repeated query parameters pass, is
replaced by `StrictParser`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial, wraps
from http import HTTPStatus
from typing import Any, TypeVar

import marshmallow as ma
import orjson
from flask import Response, request
from flask_smorest import Blueprint as SmorestBlueprint
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from orchestrator.schemas.answers import dump
from orchestrator.schemas.unions import UnionSchema
from orchestrator.schemas.validation import refusal_of
from orchestrator.web.admission import parsing
from orchestrator.web.packed import is_packed, unpacked
from orchestrator.web.query import load_query
from orchestrator.web.strict_json import parse_object

View = TypeVar("View", bound=Callable[..., Any])


def path_parameter(name: str, description: str, pattern: str) -> list[dict[str, Any]]:
    """Return what a route documents of the text in its path."""
    schema = {"type": "string", "pattern": pattern}
    where = {"name": name, "in": "path", "required": True}
    return [{**where, "description": description, "schema": schema}]


class StrictParser:
    """What flask-smorest asks of a webargs parser, for bodies and queries."""

    DEFAULT_VALIDATION_STATUS = HTTPStatus.UNPROCESSABLE_ENTITY.value

    def use_args(
        self, schema: ma.Schema | type[ma.Schema], *, location: str
    ) -> Callable[[View], View]:
        """Return a decorator that hands a view what `schema` makes of `location`."""
        built = schema() if isinstance(schema, type) else schema
        read = {"json": _load_body, "query": load_query}[location]

        def decorator(view: View) -> View:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return view(*args, read(built), **kwargs)

            wrapper.reads = partial(read, built)  # type: ignore[attr-defined]
            wrapper.location = location  # type: ignore[attr-defined]
            return wrapper  # type: ignore[return-value]

        return decorator


class Blueprint(SmorestBlueprint):
    """flask-smorest's blueprint with strict arguments and documented problems.

    Views answer with a `Response`.  Decorators document them, and only arguments
    are left to do at a request: the others' wrappers are taken off.
    """

    ARGUMENTS_PARSER = StrictParser()

    def add_url_rule(self, rule: str, *args: Any, **options: Any) -> None:
        """Register a view without the wrappers that documented it."""
        endpoint, view, *rest = args
        super().add_url_rule(rule, endpoint, _bare(view), *rest, **options)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._prepare_doc_cbks.append(_add_request_headers)

    def request_headers(self, *headers: dict[str, Any]) -> Callable[[View], View]:
        """Return a decorator that documents headers a view reads."""

        def decorator(view: View) -> View:
            @wraps(view)
            def wrapper(*args: Any, **kwargs: Any) -> Any:
                return view(*args, **kwargs)

            apidoc = {**getattr(view, "_apidoc", {}), "request_headers": headers}
            wrapper._apidoc = apidoc  # type: ignore[attr-defined]
            return wrapper  # type: ignore[return-value]

        return decorator

    def unchanged(self) -> Callable[[View], View]:
        """Return a decorator that documents a 304."""
        decorator: Callable[[View], View] = self.alt_response(
            304, success=True, description="The answer you hold still stands"
        )
        return decorator

    def problems(self, *statuses: HTTPStatus) -> Callable[[View], View]:
        """Return a decorator that documents the problems a view may answer with."""

        def decorator(view: View) -> View:
            for status in statuses:
                view = self.alt_response(status.value, response=status.name)(view)
            return view

        return decorator


def _add_request_headers(
    doc: dict[str, Any], doc_info: dict[str, Any], **_: Any
) -> dict[str, Any]:
    headers = doc_info.get("request_headers", ())
    if headers:
        doc["parameters"] = [*doc.get("parameters", []), *headers]
    return doc


def _bare(documented: Callable[..., Response]) -> Callable[..., Response]:
    """Return a view that reads its arguments and answers, and keeps the docs."""
    readers: list[Callable[[], Any]] = []
    locations: set[str] = set()
    view: Any = documented
    while hasattr(view, "__wrapped__"):
        if hasattr(view, "reads") and view.reads not in readers:
            readers.append(view.reads)
            locations.add(view.location)
        view = view.__wrapped__

    @wraps(documented)
    def bare(**path: Any) -> Response:
        response: Response = view(*[read() for read in readers], **path)
        return response

    if "query" in locations:
        bare.takes_query = True  # type: ignore[attr-defined]
    return bare


def json_response(
    body: bytes, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Return an encoded JSON document as a response."""
    return Response(
        body,
        status=status,
        mimetype="application/json",
        headers=None if headers is None else dict(headers),
    )


def answered(value: object, status: int = 200) -> Response:
    """Return a value of described fields as a response."""
    return json_response(orjson.dumps(dump(value), option=orjson.OPT_UTC_Z), status)


def read_body() -> bytes:
    """Return the current request's body, unpacked.

    Raises
    ------
    UnsupportedMediaType
        If the body does not call itself JSON.
    RequestEntityTooLarge
        If it has more bytes than are taken.
    UnreadableBodyError
        If it is a broken archive.
    """
    if not request.is_json:
        sent = request.mimetype or "none"
        raise UnsupportedMediaType(
            f"send the body as application/json; its Content-Type is {sent}"
        )
    return _whole_body()


def _whole_body() -> bytes:
    """Return the body; one without a length werkzeug cuts at the limit, unsaid."""
    body = request.get_data(cache=False)
    most = request.max_content_length
    cut = request.content_length is None and len(body) == most
    if cut and request.environ["wsgi.input"].read(1):
        raise RequestEntityTooLarge
    return unpacked(body, most) if is_packed() else body


def _load_body(schema: ma.Schema) -> Any:
    raw = read_body()
    with parsing(len(raw)):
        body = parse_object(raw)
        if isinstance(schema, UnionSchema):
            return schema.load_body(body)
        try:
            return schema.load(body)
        except ma.ValidationError as error:
            raise refusal_of(error) from None
