"""Between HTTP and the main use case: who asks, and what they hold already."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

import orjson
from flask import Response, request

from orchestrator.services import Answer, Asked, Unchanged
from orchestrator.web.blueprints import json_response
from orchestrator.web.requests import caller


def asked(document: Mapping[str, object]) -> Asked:
    """Return who asks for what: the ledger keeps `document` as canonical JSON."""
    return Asked(
        caller=caller(),
        document=orjson.dumps(document, option=orjson.OPT_SORT_KEYS),
        etags=frozenset(request.if_none_match),
    )


def answered(answer: Answer | Unchanged) -> Response:
    """Return the response to an answer, or to a caller who holds it."""
    if isinstance(answer, Unchanged):
        response = Response(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = json_response(answer.body)
    response.set_etag(answer.etag)
    return response
