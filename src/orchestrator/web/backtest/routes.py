"""Backtest routes."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from flask import Response, g

from orchestrator.budget import Budget
from orchestrator.services import Services
from orchestrator.settings import Settings
from orchestrator.spec import BacktestSpec
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.backtest.answers import BacktestAnswerSchema
from orchestrator.web.backtest.asking import answered, asked
from orchestrator.web.backtest.examples import EXAMPLES
from orchestrator.web.backtest.flat import BacktestQuerySchema
from orchestrator.web.backtest.schemas import request_schema
from orchestrator.web.blueprints import Blueprint

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


def backtest_blueprint(services: Services, settings: Settings) -> Blueprint:
    """Return the routes of ``/backtest``."""
    blp = Blueprint("Backtest", __name__, description="Run one strategy on one symbol")
    body = request_schema(STRATEGIES)

    def run(spec: BacktestSpec, document: dict[str, Any]) -> Response:
        budget = Budget.of(settings.work_budget)
        answer = services.backtests.answer(spec, asked(document), budget=budget)
        return answered(answer)

    @blp.route("/backtest", methods=["POST"])
    @blp.doc(operationId="runBacktest")
    @blp.arguments(body, examples=EXAMPLES)
    @blp.response(200, BacktestAnswerSchema)
    @blp.problems(*BODY_PROBLEMS, *DATA_PROBLEMS)
    def run_backtest(spec: BacktestSpec) -> Response:
        """Run a backtest.

        Loads the bars, lets the strategy decide, simulates its orders and answers
        with metrics, the assumptions they rest on and the data they were made from.
        Equal requests on equal data give equal answers.
        """
        return run(spec, g.body)

    @blp.route("/backtest", methods=["GET"])
    @blp.doc(operationId="runBacktestFromQuery")
    @blp.arguments(BacktestQuerySchema, location="query")
    @blp.response(200, BacktestAnswerSchema)
    @blp.problems(*DATA_PROBLEMS)
    def run_backtest_from_query(query: dict[str, Any]) -> Response:
        """Run a backtest described by the query.

        Takes the flat fields of the body; strategies run with their default
        parameters.
        """
        return run(body.load_body(query), query)

    return blp
