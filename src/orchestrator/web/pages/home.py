"""The first page: newest decisions, what data there is, and a form that judges."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus
from importlib.metadata import version
from typing import Any
from urllib.parse import urlencode, urlsplit

import orjson
from flask import Blueprint, Response, redirect, request
from werkzeug.wrappers import Response as BaseResponse

from orchestrator.deadline import Deadline
from orchestrator.errors import InvalidRequestError, OrchestratorError
from orchestrator.ledger.values import RunFilter, RunSummary
from orchestrator.loaders.dataset import utc_now
from orchestrator.loaders.listing import DataEntry
from orchestrator.reports import render_home
from orchestrator.reports.home import (
    DataRow,
    DecisionRow,
    Form,
    Home,
    PolicyRow,
    StrategyRow,
)
from orchestrator.schemas.backtest.request import BacktestRequestSchema
from orchestrator.schemas.runs import HomeQuerySchema
from orchestrator.services import Asked, Services
from orchestrator.settings import Settings
from orchestrator.spec import DataSource
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.errors import STATUS_OF
from orchestrator.web.pages.pages import page
from orchestrator.web.query import load_query
from orchestrator.web.requests import caller
from orchestrator.web.strict_json import UnreadableBodyError, parse_object

_COOKIE = "gate_form"
_DECISIONS, _FILES = 25, 12
_LISTING_SECONDS = 5.0
_FILTERS = ("symbol", "strategy", "verdict", "caller")


def home_blueprint(
    services: Services, settings: Settings, body: BacktestRequestSchema
) -> Blueprint:
    """Return the routes of the first page."""
    blp = Blueprint("Home", __name__)
    builder = _Pages(services)

    @blp.get("/")
    def home() -> Response:
        return _answered(builder, Form(policy=services.policies.default))

    home.takes_query = True  # type: ignore[attr-defined]

    @blp.post("/")
    def judge() -> BaseResponse:
        form = _form()
        try:
            _check_token()
            asked = body.load_body(_body_of(form))
            answer = services.backtests.verdict(
                asked.spec,
                Asked(caller=caller(), document=asked.document),
                deadline=Deadline.after(settings.work_budget),
            )
        except OrchestratorError as error:
            refused = replace(form, problems=tuple(_problems(error)))
            return _answered(builder, refused, STATUS_OF[type(error)])
        if not services.ledger.records(judged=True):
            short = orjson.loads(answer.body)
            said = (f"{short['verdict']}: nothing is recorded here", *short["reasons"])
            return _answered(builder, replace(form, problems=said))
        return redirect(f"/runs/{answer.run_id}/report", HTTPStatus.SEE_OTHER)

    return blp


def _answered(builder: _Pages, form: Form, status: int = 200) -> Response:
    """Return the page with a token for its form, which a cookie holds too."""
    token = request.cookies.get(_COOKIE, "")
    if not _is_token(token):
        token = secrets.token_urlsafe(24)
    filters: dict[str, Any] = {}
    refused: tuple[str, ...] = ()
    if request.method == "GET":
        try:
            filters = load_query(HomeQuerySchema())
        except InvalidRequestError as error:
            refused, status = (error.detail,), HTTPStatus.UNPROCESSABLE_ENTITY
    home = builder.home(filters, form, token, refused)
    response = page(render_home(home), status=status)
    response.set_cookie(
        _COOKIE,
        token,
        httponly=True,
        samesite="Strict",
        secure=request.is_secure,
        path="/",
    )
    return response


class _Pages:
    """Fill the first page from the services."""

    def __init__(self, services: Services) -> None:
        self._services = services
        book = services.policies
        self._policies = tuple(
            PolicyRow(
                name=name,
                version=policy.version,
                description=policy.description,
                allowed=book.allows(name),
            )
            for name, policy in book.policies.items()
        )
        self._strategies = tuple(
            StrategyRow(name=each.name, description=each.description)
            for each in STRATEGIES.values()
        )
        self._sources = tuple(
            name for name in services.data.loaders if name != DataSource.INLINE
        )

    def home(
        self,
        query: dict[str, Any],
        form: Form,
        token: str,
        refused: tuple[str, ...],
    ) -> Home:
        trouble = list(refused)
        filters = {name: query[name] for name in _FILTERS if query.get(name)}
        rows, cursor = self._decisions(filters, query.get("cursor"), trouble)
        data, more = self._files(trouble)
        return Home(
            decisions=rows,
            filters=filters,
            older=None
            if cursor is None
            else "/?" + urlencode({**filters, "cursor": cursor}),
            data=data,
            more_data=more,
            policies=self._policies,
            strategies=self._strategies,
            sources=self._sources,
            token=token,
            version=version("quant-orchestrator"),
            trouble=tuple(trouble),
            form=form,
        )

    def _decisions(
        self, filters: dict[str, Any], cursor: str | None, trouble: list[str]
    ) -> tuple[tuple[DecisionRow, ...], str | None]:
        try:
            found = self._services.runs.page(
                RunFilter(**filters), cursor=cursor, limit=_DECISIONS
            )
        except OrchestratorError as error:
            trouble.append(error.detail)
            return (), None
        return tuple(map(_decision, found.runs)), found.next_cursor

    def _files(self, trouble: list[str]) -> tuple[tuple[DataRow, ...], bool]:
        try:
            found = self._services.data.page(
                owner=caller(),
                deadline=Deadline.after(_LISTING_SECONDS),
                after=None,
                limit=_FILES,
            )
        except OrchestratorError as error:
            trouble.append(error.detail)
            return (), False
        trouble.extend(warning.detail for warning in found.warnings)
        now = utc_now()
        rows = tuple(_row(entry, now) for entry in found.entries)
        return rows, found.after is not None


def _decision(run: RunSummary) -> DecisionRow:
    return DecisionRow(
        time=run.time.strftime("%Y-%m-%d %H:%M:%S"),
        symbol=run.symbol,
        strategy=run.strategy,
        verdict=run.verdict or "none",
        reasons=run.reasons,
        caller=run.caller,
        run_id=run.run_id,
    )


def _row(entry: DataEntry, now: datetime) -> DataRow:
    days = None if entry.last is None else (now - entry.last).days
    return DataRow(
        symbol=entry.symbol,
        source=entry.source,
        bars="" if entry.bars is None else f"{entry.bars:,}",
        first="" if entry.first is None else entry.first.date().isoformat(),
        last="" if entry.last is None else entry.last.date().isoformat(),
        age="" if days is None else f"{days:,} days",
        problem=entry.problem or "",
    )


def _form() -> Form:
    sent = request.form
    return Form(
        symbol=sent.get("symbol", "").strip(),
        source=sent.get("source", "").strip(),
        strategy=sent.get("strategy", "").strip(),
        params=sent.get("params", "").strip(),
        conditions=sent.get("conditions", "").strip(),
        policy=sent.get("policy", "").strip(),
    )


def _body_of(form: Form) -> dict[str, Any]:
    """Return the body of a request that asks for what stands in the form."""
    body: dict[str, Any] = {
        "symbol": form.symbol,
        "strategy_type": form.strategy,
        "gate": {
            "conditions": [
                line.strip() for line in form.conditions.splitlines() if line.strip()
            ]
        },
    }
    if form.source:
        body["data_source"] = form.source
    if form.policy:
        body["gate"]["policy"] = form.policy
    if form.params:
        try:
            body["strategy_params"] = parse_object(form.params.encode())
        except (UnreadableBodyError, InvalidRequestError) as error:
            detail = (
                f'must be a JSON object such as {{"fast": 10, "slow": 30}}: {error}'
            )
            raise InvalidRequestError.at("/strategy_params", detail) from None
    return body


def _problems(error: OrchestratorError) -> Iterator[str]:
    if not error.places:
        yield error.detail
    for place in error.places:
        yield f"{place.pointer.lstrip('/')} {place.detail}".strip()


def _check_token() -> None:
    """Refuse a form that another site sent.

    Raises
    ------
    InvalidRequestError
        If it does not send back what its page was given, or comes from elsewhere.
    """
    kept, sent = request.cookies.get(_COOKIE, ""), request.form.get("token", "")
    origin = request.headers.get("Origin")
    is_own = origin is None or urlsplit(origin).netloc == request.host
    if not (
        is_own and _is_token(kept) and hmac.compare_digest(kept.encode(), sent.encode())
    ):
        detail = "the form is not of this page, or is too old: it is here again"
        raise InvalidRequestError.at("", detail)


def _is_token(text: str) -> bool:
    return len(text) == 32 and text.isascii()
