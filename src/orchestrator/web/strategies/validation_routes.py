"""The route that checks a caller's strategy for look-ahead."""

from __future__ import annotations

import orjson
from flask import Response

from orchestrator.deadline import Deadline
from orchestrator.schemas.answers import AnswerSchema
from orchestrator.schemas.backtest.request import BacktestRequestSchema, Request
from orchestrator.services import Services
from orchestrator.settings import Settings
from orchestrator.web.answers import column, count, flag, one, text
from orchestrator.web.backtest.examples import RULES_EXAMPLES
from orchestrator.web.backtest.routes import BODY_PROBLEMS, DATA_PROBLEMS
from orchestrator.web.blueprints import Blueprint, json_response
from orchestrator.web.requests import caller


class LookaheadDifferenceSchema(AnswerSchema):
    """A decision that changed because bars after it did."""

    cut_point = count("Position of the last bar that was left as it was")
    bar = count("Position of the first decision that changed")
    perturbation = text("Which change of the later bars changed it")


class StrategyValidationSchema(AnswerSchema):
    """What changing later bars did to the decisions before them."""

    strategy_type = text("The strategy checked")
    symbol = text("Whose bars it was checked on")
    data_sha256 = text("Hash of those bars")
    lookahead_found = flag(
        "Whether a decision changed; false is no proof that none could"
    )
    bars = count("Bars of the data")
    cut_points = count("Bars after which the later ones were changed")
    perturbations = column("The ways they were changed", {"type": "string"})
    target_changes = count("Changes of the target: without any, little was tested")
    difference = one(
        LookaheadDifferenceSchema, "The first look-ahead found", required=False
    )


def validation_blueprint(
    services: Services, settings: Settings, body: BacktestRequestSchema
) -> Blueprint:
    """Return the route that checks strategies."""
    blp = Blueprint("Validation", __name__, description="Is a strategy sound?")

    @blp.route("/strategies/validate", methods=["POST"])
    @blp.doc(operationId="validateStrategy")
    @blp.arguments(body, examples=RULES_EXAMPLES)
    @blp.response(200, StrategyValidationSchema)
    @blp.problems(*BODY_PROBLEMS, *DATA_PROBLEMS)
    def validate_strategy(asked: Request) -> Response:
        """Check a strategy, its parameters and its rules on its data.

        Takes the body of `POST /backtest`. Rules that cannot be read are a 422 that
        names the position. The bars after some bars are then replaced, shuffled and
        cut off, and every decision up to there must stay the same. It is no trial:
        nothing is recorded.
        """
        deadline = Deadline.after(settings.work_budget)
        found = services.backtests.validated(
            asked.spec, caller=caller(), deadline=deadline
        )
        return json_response(orjson.dumps(found))

    return blp
