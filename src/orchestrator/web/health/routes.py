"""Health routes: liveness touches nothing, readiness asks every check."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus

from flask import Response

from orchestrator.described import described
from orchestrator.errors import Place
from orchestrator.schemas.answers import answer_schema
from orchestrator.services import Readiness, Services
from orchestrator.web.blueprints import Blueprint, answered
from orchestrator.web.problems import problem_document, problem_response


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The process is alive."""

    status: str = described("Always `ok`", default="ok", enum=["ok"])


def health_blueprint(services: Services) -> Blueprint:
    """Return the routes of health."""
    blp = Blueprint("Health", __name__, description="Is the service able to answer?")

    @blp.route("/health", methods=["GET"])
    @blp.doc(operationId="getHealth")
    @blp.response(200, answer_schema(Health))
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
    def get_health() -> Response:
        """Say that the process is alive."""
        return answered(Health())

    @blp.route("/health/ready", methods=["GET"])
    @blp.doc(operationId="getReadiness")
    @blp.response(200, answer_schema(Readiness))
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
    def get_readiness() -> Response:
        """Say whether the process can answer, and if not, why.

        Looks at the engine, the data folder and the ledger.
        """
        readiness = services.ready()
        if readiness.ok:
            return answered(readiness)
        failed = [check for check in readiness.checks if not check.ok]
        return problem_response(
            problem_document(
                HTTPStatus.SERVICE_UNAVAILABLE,
                "not_ready",
                "; ".join(f"{check.name}: {check.detail}" for check in failed),
                [Place(f"/{check.name}", check.detail) for check in failed],
            )
        )

    return blp
