"""What may be asked for: strategies and metrics."""

from __future__ import annotations

from dataclasses import asdict
from http import HTTPStatus

import orjson
from flask import Response

from backtesting.metrics import CATALOGUE
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.blueprints import Blueprint, json_response
from orchestrator.web.strategies.schemas import MetricListSchema, StrategyListSchema


def catalogue_blueprint() -> Blueprint:
    """Return the routes that list what may be asked for."""
    blp = Blueprint("Catalogue", __name__, description="What may be asked for")
    strategies = orjson.dumps(
        {
            "strategies": [
                {
                    "name": definition.name,
                    "description": definition.description,
                    "parameters": definition.schema(),
                    "default_fill": definition.default_fill,
                }
                for definition in STRATEGIES.values()
            ]
        }
    )
    metrics = orjson.dumps(
        {
            "metrics": [
                {**asdict(metric), "undefined": metric.undefined}
                for metric in CATALOGUE
            ]
        }
    )

    @blp.route("/strategies", methods=["GET"])
    @blp.doc(operationId="listStrategies")
    @blp.response(200, StrategyListSchema)
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
    def list_strategies() -> Response:
        """List the strategies, with the JSON Schema of their parameters."""
        return json_response(strategies)

    @blp.route("/metrics-catalogue", methods=["GET"])
    @blp.doc(operationId="listMetrics")
    @blp.response(200, MetricListSchema)
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY)
    def list_metrics() -> Response:
        """List every metric: unit, direction, definition, undefined case, source."""
        return json_response(metrics)

    return blp
