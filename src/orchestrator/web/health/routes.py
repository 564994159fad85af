"""Health routes: liveness touches nothing, readiness asks every check."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

import orjson
from flask import Response

from orchestrator.errors import Place
from orchestrator.services import Services
from orchestrator.web.blueprints import Blueprint, json_response
from orchestrator.web.health.schemas import HealthSchema, ReadinessSchema
from orchestrator.web.problems import problem_document, problem_response


def health_blueprint(services: Services) -> Blueprint:
    """Return the routes of health."""
    blp = Blueprint("Health", __name__, description="Is the service able to answer?")

    @blp.route("/health", methods=["GET"])
    @blp.doc(operationId="getHealth")
    @blp.response(200, HealthSchema)
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
    def get_health() -> Response:
        """Say that the process is alive."""
        return json_response(b'{"status":"ok"}')

    @blp.route("/health/ready", methods=["GET"])
    @blp.doc(operationId="getReadiness")
    @blp.response(200, ReadinessSchema)
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
    def get_readiness() -> Response:
        """Say whether the process can answer, and if not, why.

        Looks at the engine, the data folder and the ledger.
        """
        readiness = services.ready()
        if readiness.ok:
            checks = [asdict(check) for check in readiness.checks]
            return json_response(orjson.dumps({"status": "ready", "checks": checks}))
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
