"""What every request carries: an id for the log, a caller for the ledger."""

from __future__ import annotations

import os
import re

from flask import Flask, Response, g, request

from orchestrator.errors import InvalidRequestError, Place

REQUEST_ID_HEADER = "X-Request-ID"
AGENT_HEADER = "X-Agent-Id"
_REQUEST_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", re.ASCII)
_AGENT = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:@/-]{0,63}", re.ASCII)


def register_request_ids(app: Flask) -> None:
    """Give each request of `app` an id, its own if it sends a plain one."""

    @app.before_request
    def begin() -> None:
        sent = request.headers.get(REQUEST_ID_HEADER, "")
        g.request_id = sent if _REQUEST_ID.fullmatch(sent) else os.urandom(8).hex()

    @app.after_request
    def end(response: Response) -> Response:
        response.headers[REQUEST_ID_HEADER] = g.request_id
        return response


def caller() -> str:
    """Return who asks: the agent's own name, else the address it calls from.

    Raises
    ------
    InvalidRequestError
        If the name sent is not a plain one: a try must not be counted for nobody.
    """
    sent = request.headers.get(AGENT_HEADER)
    if sent is None:
        return request.remote_addr or "unknown"
    if not _AGENT.fullmatch(sent):
        detail = "must be 1 to 64 letters, digits and . _ : @ / -, no sign first"
        raise InvalidRequestError(
            f"{AGENT_HEADER} {detail}", places=(Place("", f"{AGENT_HEADER} {detail}"),)
        )
    return sent
