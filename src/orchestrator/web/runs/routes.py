"""Routes of runs: what the ledger remembers."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from itertools import chain
from typing import Any

from flask import Response

from orchestrator.deadline import Deadline
from orchestrator.ledger.values import RUN_ID_PATTERN, RunFilter, RunPage
from orchestrator.schemas.answers import answer_schema
from orchestrator.schemas.backtest.request import BacktestRequestSchema
from orchestrator.schemas.runs import RunFilterSchema, RunQuerySchema
from orchestrator.services import Services, Verification
from orchestrator.settings import Settings
from orchestrator.web.backtest.answers import BacktestAnswerSchema
from orchestrator.web.backtest.routes import DATA_PROBLEMS
from orchestrator.web.blueprints import (
    Blueprint,
    answered,
    json_response,
    path_parameter,
)

_RUN_ID = path_parameter("run_id", "The `run_id` of an answer", RUN_ID_PATTERN)


def runs_blueprint(
    services: Services, settings: Settings, body: BacktestRequestSchema
) -> Blueprint:
    """Return the routes of ``/runs``."""
    blp = Blueprint("Runs", __name__, description="What was run and decided, and why")
    runs = services.runs

    @blp.route("/runs", methods=["GET"])
    @blp.doc(operationId="listRuns")
    @blp.arguments(RunQuerySchema, location="query")
    @blp.response(200, answer_schema(RunPage))
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
    def list_runs(query: dict[str, Any]) -> Response:
        """List recorded runs, newest first, page by page."""
        cursor, limit = query.pop("cursor"), query.pop("limit")
        return answered(runs.page(RunFilter(**query), cursor=cursor, limit=limit))

    @blp.route("/runs.csv", methods=["GET"])
    @blp.doc(operationId="exportRuns")
    @blp.arguments(RunFilterSchema, location="query")
    @blp.response(200, {"type": "string"}, content_type="text/csv")
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
    def export_runs(query: dict[str, Any]) -> Response:
        """Export recorded runs as CSV, oldest first."""
        return Response(
            _begun(runs.export(RunFilter(**query))),
            mimetype="text/csv",
            headers={"Content-Disposition": 'attachment; filename="runs.csv"'},
        )

    @blp.route("/runs/<run_id>", methods=["GET"], parameters=_RUN_ID)
    @blp.doc(operationId="getRun")
    @blp.response(200, BacktestAnswerSchema)
    @blp.problems(
        HTTPStatus.NOT_FOUND,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    def get_run(run_id: str) -> Response:
        """Return the newest answer of a run, as it was given.

        Where the operator's floor would refuse its policy today, `refused` says so
        first, and no verdict in it is `pass`.
        """
        return json_response(runs.answer(run_id))

    @blp.route("/runs/<run_id>/verify", methods=["GET"], parameters=_RUN_ID)
    @blp.doc(operationId="verifyRun")
    @blp.response(200, answer_schema(Verification))
    @blp.problems(*DATA_PROBLEMS)
    def verify_run(run_id: str) -> Response:
        """Run a recorded request again on today's data, and compare.

        Nothing is recorded. The answer is `same`, `data_changed` or `differs`, with
        every metric that differs.
        """
        stored = runs.get(run_id)
        spec = body.reload(stored.request)
        deadline = Deadline.after(settings.work_budget)
        return answered(runs.verify(stored, spec, deadline=deadline))

    return blp


def _begun(lines: Iterator[str]) -> Iterator[str]:
    """Return `lines` with the first one read, so that a failure still has a status."""
    first = next(lines, "")
    return chain([first], lines)
