"""How a page leaves: typed, under a policy that loads nothing, kept by nobody."""

from __future__ import annotations

from flask import Response

from orchestrator.reports import content_policy

HTML, SVG, CSV = "text/html", "image/svg+xml", "text/csv"


def page(text: str, *, mimetype: str = HTML, status: int = 200) -> Response:
    """Return a rendered page, or a chart."""
    response = Response(text, status=status, mimetype=mimetype)
    response.headers["Content-Security-Policy"] = content_policy()
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Cache-Control"] = "private, no-cache"
    return response
