"""The Flask application: routes, errors, documentation, nothing else."""

from __future__ import annotations

from importlib.metadata import version

from flask import Flask

from orchestrator.schemas.backtest.request import request_schema
from orchestrator.services import Services
from orchestrator.settings import Settings
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.admission import register_admission
from orchestrator.web.backtest.responder import Responder
from orchestrator.web.backtest.routes import backtest_blueprint
from orchestrator.web.data.routes import data_blueprint
from orchestrator.web.docs import register_docs
from orchestrator.web.errors import register_error_handlers
from orchestrator.web.gate.routes import gate_blueprint
from orchestrator.web.health.routes import health_blueprint
from orchestrator.web.openapi import ProblemApi, open_api
from orchestrator.web.packed import register_encoding_check
from orchestrator.web.pages.home import home_blueprint
from orchestrator.web.query import register_query_check
from orchestrator.web.requests import register_request_ids
from orchestrator.web.runs.report_routes import charts_blueprint, reports_blueprint
from orchestrator.web.runs.routes import runs_blueprint
from orchestrator.web.strategies.routes import catalogue_blueprint
from orchestrator.web.strategies.validation_routes import validation_blueprint

_DESCRIPTION = """\
Would this signal have been profitable, and may I act on it?

`POST /backtest` runs one strategy over one symbol and answers with its metrics. A
metric that is not defined is absent from `metrics`, and `undefined_metrics` says why:
read metrics with a default that fails your own gate, or let `gate` judge on the server.

Percentages are percent (12.5 means 12.5 %), drawdowns are positive, costs are basis
points, times are UTC and windows half-open. Errors are `application/problem+json`
with a stable `code`.
"""


def create_app(services: Services, settings: Settings) -> Flask:
    """Return the application over `services`.

    Parameters
    ----------
    services : Services
        The use cases; shared by every thread of the process.
    settings : Settings
        Limits of requests: the body's size and the work's time.
    """
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = settings.max_body_bytes
    app.url_map.merge_slashes = False
    register_request_ids(app)
    register_error_handlers(app)
    register_encoding_check(app)
    register_admission(
        app, settings.max_body_bytes, services.turns, settings.work_budget
    )
    register_query_check(app)
    api = open_api(
        app,
        title="Backtest gate",
        version=version("quant-orchestrator"),
        description=_DESCRIPTION,
    )
    responder, body = Responder(services, settings), request_schema(STRATEGIES)
    for blueprint in (
        backtest_blueprint(responder, body),
        gate_blueprint(services, settings, responder, body),
        runs_blueprint(services, settings, body),
        reports_blueprint(services, settings),
        catalogue_blueprint(),
        validation_blueprint(services, settings, body),
        data_blueprint(services, settings),
        health_blueprint(services),
    ):
        api.register_blueprint(blueprint)
    app.register_blueprint(home_blueprint(services, settings, body))
    app.register_blueprint(charts_blueprint(services, settings))
    register_docs(app, api)
    return app


def api_of(app: Flask) -> ProblemApi:
    """Return the documented API of an application made here."""
    api: ProblemApi = app.extensions["flask-smorest"]["apis"][""]["ext_obj"]
    return api
