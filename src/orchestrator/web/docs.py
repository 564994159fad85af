"""The OpenAPI document and Swagger UI, with no other host involved."""

from __future__ import annotations

from copy import deepcopy
from importlib import resources

import orjson
from flask import Blueprint, Flask, Response, redirect, send_from_directory
from werkzeug.wrappers import Response as BaseResponse

from orchestrator.web.openapi import ProblemApi
from orchestrator.web.openapi_parts import with_parts

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Backtest gate</title>
<link rel="icon" href="/docs/assets/favicon-32x32.png">
<link rel="stylesheet" href="/docs/assets/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/assets/swagger-ui-bundle.js"></script>
<script src="/docs/assets/start.js"></script>
</body>
</html>
"""
_START = """window.onload = function () {
  window.ui = SwaggerUIBundle({
    url: "/openapi.json", dom_id: "#swagger-ui", validatorUrl: null,
    deepLinking: true, displayRequestDuration: true, defaultModelsExpandDepth: 0
  });
};
"""
_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "frame-ancestors 'none'"
)


def document_bytes(api: ProblemApi) -> bytes:
    """Return the OpenAPI document as it is served and committed."""
    return orjson.dumps(
        with_parts(deepcopy(api.spec.to_dict())),
        option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE,
    )


def register_docs(app: Flask, api: ProblemApi) -> None:
    """Serve ``/openapi.json``, ``/docs`` with what it needs, and ``/llms.txt``."""
    document = document_bytes(api)
    guides = resources.files("orchestrator.web")
    for_models = guides.joinpath("llms.txt").read_bytes()
    assets = resources.files("flask_swagger_ui") / "dist"
    blp = Blueprint("docs", __name__)

    @blp.get("/openapi.json")
    def openapi() -> Response:
        return Response(document, mimetype="application/json")

    @blp.get("/llms.txt")
    def guide() -> Response:
        return Response(for_models, mimetype="text/plain")

    @blp.get("/docs")
    def docs() -> Response:
        headers = {"Content-Security-Policy": _POLICY}
        return Response(_PAGE, mimetype="text/html", headers=headers)

    @blp.get("/docs/")
    def docs_slash() -> BaseResponse:
        return redirect("/docs")

    @blp.get("/docs/assets/start.js")
    def start() -> Response:
        return Response(_START, mimetype="text/javascript")

    @blp.get("/docs/assets/<path:name>")
    def asset(name: str) -> Response:
        return send_from_directory(str(assets), name, max_age=86_400)

    app.register_blueprint(blp)
