"""Routes of a run's report: the page, its charts, its columns as CSV."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Blueprint as FlaskBlueprint
from flask import Response

from orchestrator.deadline import Deadline
from orchestrator.ledger.values import RUN_ID_PATTERN
from orchestrator.reports import render_chart, render_run
from orchestrator.services import Services
from orchestrator.settings import Settings
from orchestrator.web.backtest.routes import DATA_PROBLEMS
from orchestrator.web.blueprints import Blueprint, path_parameter
from orchestrator.web.pages.pages import CSV, HTML, SVG, page

_RUN_ID = path_parameter("run_id", "The `run_id` of an answer", RUN_ID_PATTERN)
_TEXT: dict[str, Any] = {"type": "string"}


def reports_blueprint(services: Services, settings: Settings) -> Blueprint:
    """Return the routes of reports."""
    blp = Blueprint("Reports", __name__, description="What was run, to look at")
    reports = services.reports

    def deadline() -> Deadline:
        return Deadline.after(settings.work_budget)

    @blp.route("/runs/<run_id>/report", methods=["GET"], parameters=_RUN_ID)
    @blp.doc(operationId="showRun")
    @blp.response(HTTPStatus.OK, _TEXT, content_type=HTML)
    @blp.problems(*DATA_PROBLEMS)
    def show_run(run_id: str) -> Response:
        """Show a run as a page that stands on its own.

        Verdict and reasons first, then each condition, how much of it could be luck,
        charts with their tables, trades, costs, data and assumptions. The run is made
        again on its data; if that has changed, the page says so and shows what was
        recorded, alone. Nothing is recorded.
        """
        links = {
            "home": "/",
            "The answer as JSON": f"/runs/{run_id}",
            "Verify it: run it again and compare": f"/runs/{run_id}/verify",
            "Equity as CSV": f"/runs/{run_id}/equity.csv",
            "Trades as CSV": f"/runs/{run_id}/trades.csv",
        }
        return page(render_run(reports.run(run_id, deadline=deadline()), links=links))

    @blp.route("/runs/<run_id>/equity.csv", methods=["GET"], parameters=_RUN_ID)
    @blp.doc(operationId="exportEquity")
    @blp.response(HTTPStatus.OK, _TEXT, content_type=CSV)
    @blp.problems(*DATA_PROBLEMS)
    def export_equity(run_id: str) -> Response:
        """Export equity and position of every bar; a 404 if the data has changed."""
        return _file(reports.equity_csv(run_id, deadline=deadline()), "equity", run_id)

    @blp.route("/runs/<run_id>/trades.csv", methods=["GET"], parameters=_RUN_ID)
    @blp.doc(operationId="exportTrades")
    @blp.response(HTTPStatus.OK, _TEXT, content_type=CSV)
    @blp.problems(*DATA_PROBLEMS)
    def export_trades(run_id: str) -> Response:
        """Export the closed trades; a 404 if the data has changed."""
        return _file(reports.trades_csv(run_id, deadline=deadline()), "trades", run_id)

    return blp


def charts_blueprint(services: Services, settings: Settings) -> FlaskBlueprint:
    """Return the route of charts: for people, and in no OpenAPI.

    Generators of clients know no type of pictures.
    """
    blp = FlaskBlueprint("Charts", __name__)

    @blp.get("/runs/<run_id>/charts/<name>.svg")
    def draw_run(run_id: str, name: str) -> Response:
        deadline = Deadline.after(settings.work_budget)
        chart = services.reports.chart(run_id, name, deadline=deadline)
        return page(render_chart(chart), mimetype=SVG)

    return blp


def _file(lines: Iterator[str], what: str, run_id: str) -> Response:
    name = f"{what}-{run_id}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(lines, mimetype=CSV, headers=headers)
