"""Gate routes: HTTP is 200 for every verdict."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import orjson
from flask import Response

from orchestrator.deadline import Deadline
from orchestrator.schemas.backtest.request import BacktestRequestSchema, Request
from orchestrator.services import Services
from orchestrator.settings import Settings
from orchestrator.web.backtest.examples import GATE_EXAMPLES
from orchestrator.web.backtest.responder import Responder
from orchestrator.web.backtest.routes import BODY_PROBLEMS, DATA_PROBLEMS
from orchestrator.web.blueprints import Blueprint, json_response
from orchestrator.web.gate.batch import Batch, requests_of
from orchestrator.web.gate.schemas import (
    BatchAnswerSchema,
    PolicyListSchema,
    ShortVerdictSchema,
    batch_schema,
)
from orchestrator.web.headers import AGENT, ETAG, KEY
from orchestrator.web.requests import caller


def gate_blueprint(
    services: Services,
    settings: Settings,
    responder: Responder,
    body: BacktestRequestSchema,
) -> Blueprint:
    """Return the routes of verdicts and policies."""
    blp = Blueprint("Gate", __name__, description="May I act on it?")
    batch = Batch(services, body)
    book = services.policies
    policies = orjson.dumps(
        {
            "policies": [
                policy.to_json() | {"allowed": book.allows(name)}
                for name, policy in book.policies.items()
            ],
            "default": book.default,
            "floor": book.floor,
        }
    )

    @blp.route("/gate", methods=["POST"])
    @blp.doc(operationId="judgeBacktest")
    @blp.request_headers(AGENT, KEY)
    @blp.arguments(body, examples=GATE_EXAMPLES)
    @blp.response(200, ShortVerdictSchema, headers=ETAG)
    @blp.problems(*BODY_PROBLEMS, *DATA_PROBLEMS)
    def judge_backtest(asked: Request) -> Response:
        """Judge a backtest, and answer with the verdict alone.

        Takes the body of `POST /backtest` with a `gate`, and answers in under a
        kilobyte: `omitted` counts what was left out for that, and all of it was
        judged. The whole answer is kept under `GET /runs/{run_id}`.
        """
        return responder.verdict(asked)

    @blp.route("/gate/batch", methods=["POST"])
    @blp.doc(operationId="judgeBacktests")
    @blp.request_headers(AGENT)
    @blp.arguments(batch_schema(body))
    @blp.response(200, BatchAnswerSchema)
    @blp.problems(*BODY_PROBLEMS, *DATA_PROBLEMS)
    def judge_backtests(raw: dict[str, Any]) -> Response:
        """Judge up to 100 backtests, each by itself.

        A request that cannot be judged has a problem in its place and does not
        disturb the others.
        """
        deadline = Deadline.after(settings.work_budget)
        requests = requests_of(raw)
        return json_response(batch.answer(requests, caller=caller(), deadline=deadline))

    @blp.route("/policies", methods=["GET"])
    @blp.doc(operationId="listPolicies")
    @blp.response(200, PolicyListSchema)
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
    def list_policies() -> Response:
        """List the policies a gate may name, with every rule."""
        return json_response(policies)

    return blp
