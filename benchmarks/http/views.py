"""The service, and beside it views that do less: what gunicorn serves here.

Each baseline is an application of its own, so that none pays for the hooks of
another; the answer it gives is one the service gave, so that sizes are equal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import orjson
from flask import Flask, Response, jsonify, request
from flask_smorest import Api, Blueprint

from benchmarks.http.cases import cases
from orchestrator.schemas.backtest.request import request_schema
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.backtest.answers import BacktestAnswerSchema
from wsgi import app as service

Application = Callable[..., Iterable[bytes]]


def answers() -> dict[tuple[str | None, int], bytes]:
    """Return what the service answers, by strategy and number of bytes asked with."""
    client = service.test_client()
    known = {}
    for case in cases():
        body = case.bodies(1)[0]
        response = client.post("/backtest", data=body, content_type="application/json")
        if response.status_code != 200:
            raise RuntimeError(f"{case.name}: {response.get_data(as_text=True)}")
        known[case.body.get("strategy_type"), len(body)] = response.get_data()
    return known


ENCODED = answers()
DECODED = {key: orjson.loads(answer) for key, answer in ENCODED.items()}


def key_of(body: dict[str, Any]) -> tuple[str | None, int]:
    """Return which answer belongs to the request that is being served."""
    return body.get("strategy_type"), int(request.headers["Content-Length"])


def bare() -> Flask:
    """Return views of Flask alone: parse the body, return JSON of the same size."""
    app = Flask("bare")

    @app.post("/bench/bare")
    def answer() -> Response:
        return jsonify(DECODED[key_of(request.get_json())])

    @app.post("/bench/bare-encoded")
    def encoded() -> Response:
        known = ENCODED[key_of(request.get_json())]
        return Response(known, mimetype="application/json")

    return app


def smorest() -> Flask:
    """Return a view of flask-smorest with the service's schemas and no work."""
    app = Flask("smorest")
    app.config.update(API_TITLE="bench", API_VERSION="1", OPENAPI_VERSION="3.1.0")
    blp = Blueprint("bench", "bench")
    body = request_schema(STRATEGIES).branches["buy_and_hold"]

    @blp.route("/bench/smorest", methods=["POST"])
    @blp.arguments(body)
    @blp.response(200, BacktestAnswerSchema())
    def answer(spec: object) -> dict[str, Any]:  # noqa: ARG001 - it does no work
        return DECODED[None, int(request.headers["Content-Length"])]  # type: ignore[no-any-return]

    Api(app).register_blueprint(blp)
    return app


BARE, SMOREST = bare(), smorest()


def app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Serve the baselines under ``/bench``, and the service elsewhere."""
    path = environ["PATH_INFO"]
    if path == "/bench/smorest":
        return SMOREST(environ, start_response)
    if path.startswith("/bench/"):
        return BARE(environ, start_response)
    return service(environ, start_response)
