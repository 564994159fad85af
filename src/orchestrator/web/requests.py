"""What every request carries beside its body: headers, read strictly."""

from __future__ import annotations

import os
import re

from flask import Flask, Response, g, request

from orchestrator.errors import InvalidRequestError

REQUEST_ID_HEADER = "X-Request-ID"
AGENT_HEADER = "X-Agent-Id"
KEY_HEADER = "Idempotency-Key"
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
AGENT_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._:@/-]{0,63}$"
_AGENT = re.compile(AGENT_PATTERN, re.ASCII)
KEY_PATTERN = "^[!-~]{1,255}$"
_KEY = re.compile(KEY_PATTERN, re.ASCII)
_TAG = re.compile(r'(?:W/)?"([!#-~]{1,200})"', re.ASCII)


def register_request_ids(app: Flask) -> None:
    """Give each request of `app` an id, its own if it sends a plain one.

    Answers carry it, and are what their type says: no browser may guess another.
    """

    @app.before_request
    def begin() -> None:
        sent = request.headers.get(REQUEST_ID_HEADER, "")
        g.request_id = sent if _REQUEST_ID.fullmatch(sent) else os.urandom(8).hex()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = g.request_id
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def caller() -> str:
    """Return who asks: the agent's own name, else the address it calls from.

    Names are compared in lower case: other letters make no other agent.

    Raises
    ------
    InvalidRequestError
        If the name sent is not a plain one: a trial must not be counted for nobody.
    """
    sent = request.headers.get(AGENT_HEADER)
    if sent is None:
        return request.remote_addr or "unknown"
    if not _AGENT.fullmatch(sent):
        raise _refused(
            AGENT_HEADER,
            "must be 1 to 64 letters, digits and . _ : @ / -",
        )
    return sent.lower()


def idempotency_key() -> str | None:
    """Return the key the request may be repeated under, if it has one.

    Raises
    ------
    InvalidRequestError
        If it is not 1 to 255 visible ASCII characters.
    """
    sent = request.headers.get(KEY_HEADER)
    if sent is not None and not _KEY.fullmatch(sent):
        raise _refused(KEY_HEADER, "must be 1 to 255 visible ASCII characters")
    return sent


def held_etags() -> frozenset[str]:
    """Return the tags of the answers the caller holds already."""
    sent = request.headers.get("If-None-Match")
    return frozenset() if sent is None else frozenset(_TAG.findall(sent[:10_000]))


def _refused(header: str, rule: str) -> InvalidRequestError:
    detail = f"{header} {rule}"
    return InvalidRequestError.at("", detail)
