"""Backtest routes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response

from orchestrator.schemas.backtest.flat import BacktestQuerySchema
from orchestrator.schemas.backtest.request import BacktestRequestSchema, Request
from orchestrator.web.backtest.answers import BacktestAnswerSchema
from orchestrator.web.backtest.examples import EXAMPLES
from orchestrator.web.backtest.responder import Responder
from orchestrator.web.blueprints import Blueprint
from orchestrator.web.headers import AGENT, ETAG, HELD, KEY

DATA_PROBLEMS = (
    HTTPStatus.NOT_FOUND,
    HTTPStatus.UNPROCESSABLE_ENTITY,
    HTTPStatus.BAD_GATEWAY,
    HTTPStatus.SERVICE_UNAVAILABLE,
    HTTPStatus.GATEWAY_TIMEOUT,
)
BODY_PROBLEMS = (
    HTTPStatus.BAD_REQUEST,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
)


def backtest_blueprint(responder: Responder, body: BacktestRequestSchema) -> Blueprint:
    """Return the routes of ``/backtest``."""
    blp = Blueprint("Backtest", __name__, description="Run one strategy on one symbol")

    @blp.route("/backtest", methods=["POST"])
    @blp.doc(operationId="runBacktest")
    @blp.request_headers(AGENT, KEY, HELD)
    @blp.arguments(body, examples=EXAMPLES)
    @blp.response(200, BacktestAnswerSchema, headers=ETAG)
    @blp.unchanged()
    @blp.problems(*BODY_PROBLEMS, *DATA_PROBLEMS)
    def run_backtest(asked: Request) -> Response:
        """Run a backtest.

        Loads the bars, lets the strategy decide, simulates its orders and answers
        with metrics, the assumptions they rest on and the data they were made from.
        Equal requests on equal data give equal answers.
        """
        return responder.answer(asked)

    @blp.route("/backtest", methods=["GET"])
    @blp.doc(operationId="runBacktestFromQuery")
    @blp.request_headers(AGENT, HELD)
    @blp.arguments(BacktestQuerySchema, location="query")
    @blp.response(200, BacktestAnswerSchema, headers=ETAG)
    @blp.unchanged()
    @blp.problems(*DATA_PROBLEMS)
    def run_backtest_from_query(query: dict[str, Any]) -> Response:
        """Run a backtest described by the query.

        Takes the flat fields of the body; strategies run with their default
        parameters.
        """
        return responder.answer(body.load_body(query))

    return blp
