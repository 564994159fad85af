"""Headers of requests and answers, for the documentation."""

from __future__ import annotations

from typing import Any

from orchestrator.web.requests import (
    AGENT_HEADER,
    AGENT_PATTERN,
    KEY_HEADER,
    KEY_PATTERN,
)

AGENT: dict[str, Any] = {
    "name": AGENT_HEADER,
    "in": "header",
    "description": "Who asks, such as `desk-7`: trials are counted for this name; for "
    "the address you call from without it",
    "schema": {"type": "string", "pattern": AGENT_PATTERN},
}
KEY: dict[str, Any] = {
    "name": KEY_HEADER,
    "in": "header",
    "description": "Repeat a request under its key, and within 24 hours you get its "
    "first answer; the key with another body is a 422",
    "schema": {"type": "string", "pattern": KEY_PATTERN},
}
HELD: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "description": "The `ETag` of an answer you hold: a 304, without running "
    "anything, if it still stands",
    "schema": {"type": "string"},
}
ETAG: dict[str, Any] = {
    "ETag": {
        "description": "Changes whenever the answer to the same request would",
        "schema": {"type": "string"},
    }
}
