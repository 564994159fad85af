"""Errors as they leave: RFC 9457 ``application/problem+json``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Any

import marshmallow as ma
import orjson
from flask import Response, g

from orchestrator.errors import Place

PROBLEM_TYPE = "application/problem+json"
CODE_OF = {
    HTTPStatus.BAD_REQUEST: "bad_request",
    HTTPStatus.NOT_FOUND: "route_not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "body_too_large",
    HTTPStatus.REQUEST_URI_TOO_LONG: "url_too_long",
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE: "headers_too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
}
"""The codes of problems that HTTP itself knows; all others are of `errors`."""
MOST_PLACES = 50
_LONGEST = 500
_CURE = "send an HTTP request as RFC 9112 has it"


class ProblemErrorSchema(ma.Schema):
    """One thing wrong with a request, and where."""

    class Meta:
        """Fields may be added later."""

        unknown = ma.EXCLUDE

    pointer = ma.fields.String(
        required=True,
        metadata={
            "description": "JSON pointer (RFC 6901) into the body, or `/` and the "
            "name of a query parameter; empty for the whole",
            "examples": ["/strategy_params/fast"],
        },
    )
    detail = ma.fields.String(
        required=True,
        metadata={
            "description": "What is wrong there",
            "examples": ["must be a number"],
        },
    )


class ProblemSchema(ma.Schema):
    """An error (RFC 9457)."""

    class Meta:
        """Fields may be added later."""

        unknown = ma.EXCLUDE

    type = ma.fields.String(
        required=True,
        metadata={"description": "Always `about:blank`: read `code` instead"},
    )
    title = ma.fields.String(
        required=True, metadata={"description": "The status in words"}
    )
    status = ma.fields.Integer(
        required=True, metadata={"description": "The HTTP status"}
    )
    code = ma.fields.String(
        required=True,
        metadata={
            "description": "Stable name of the error, to branch on",
            "examples": ["validation_error"],
        },
    )
    detail = ma.fields.String(
        required=True,
        metadata={"description": "What went wrong and what would cure it"},
    )
    errors = ma.fields.List(
        ma.fields.Nested(ProblemErrorSchema),
        metadata={"description": f"Each thing wrong, the first {MOST_PLACES} of them"},
    )
    request_id = ma.fields.String(
        required=True,
        metadata={"description": "Also in the header `X-Request-ID` and in the log"},
    )


def problem_document(
    status: int, code: str, detail: str, places: Iterable[Place] = ()
) -> dict[str, Any]:
    """Return the problem without what belongs to one request."""
    document: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "code": code,
        "detail": printable(detail),
    }
    errors = [
        {"pointer": printable(place.pointer), "detail": printable(place.detail)}
        for place in list(places)[:MOST_PLACES]
    ]
    return document | ({"errors": errors} if errors else {})


def problem_response(
    document: Mapping[str, Any], headers: Mapping[str, str] | None = None
) -> Response:
    """Return `document` as the answer to the current request."""
    body = {**document, "request_id": g.request_id}
    return Response(
        orjson.dumps(body),
        status=document["status"],
        mimetype=PROBLEM_TYPE,
        headers=None if headers is None else dict(headers),
    )


def refusal(status: HTTPStatus, detail: str) -> bytes:
    """Return the whole HTTP answer to a head that is no request."""
    code = CODE_OF.get(status, status.name.lower())
    problem = problem_document(status, code, detail or f"{status.phrase}: {_CURE}")
    body = orjson.dumps({**problem, "request_id": os.urandom(8).hex()})
    head = (
        f"HTTP/1.1 {status.value} {status.phrase}\r\nConnection: close\r\n"
        f"Content-Type: {PROBLEM_TYPE}\r\nX-Content-Type-Options: nosniff\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    )
    return head.encode("ascii") + body


def printable(text: str) -> str:
    """Return `text` cut to a bounded length, with nothing UTF-8 cannot carry."""
    cut = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return cut.encode("utf-8", "backslashreplace").decode()
