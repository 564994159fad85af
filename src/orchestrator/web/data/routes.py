"""Routes of data: listing and uploading."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from orchestrator.deadline import Deadline
from orchestrator.errors import InvalidRequestError
from orchestrator.loaders.files.uploads import StoredCsv
from orchestrator.loaders.listing import DataDetail, DataList
from orchestrator.schemas.answers import answer_schema
from orchestrator.schemas.data import (
    DataQuerySchema,
    SymbolQuerySchema,
    UploadQuerySchema,
)
from orchestrator.services import Services
from orchestrator.settings import Settings
from orchestrator.spec import SYMBOL_PATTERN, BarQuery, is_symbol
from orchestrator.web.backtest.routes import DATA_PROBLEMS
from orchestrator.web.blueprints import Blueprint, answered, path_parameter
from orchestrator.web.headers import AGENT
from orchestrator.web.requests import caller

CSV_TYPES = frozenset({"text/csv", "application/octet-stream", "application/gzip"})
_CHUNK = 64 * 1024
_SYMBOL = path_parameter("symbol", "A symbol that `GET /data` lists", SYMBOL_PATTERN)
_BODY: dict[str, Any] = {
    "required": True,
    "description": "A CSV file with a header, plain or packed by gzip; sent as "
    "`text/csv` or `application/gzip` too",
    # The one type of these that client generators know how to send.
    "content": {
        "application/octet-stream": {"schema": {"type": "string", "format": "binary"}}
    },
}


def data_blueprint(services: Services, settings: Settings) -> Blueprint:
    """Return the routes of ``/data``."""
    blp = Blueprint("Data", __name__, description="What can be asked for")

    @blp.route("/data", methods=["GET"])
    @blp.doc(operationId="listData")
    @blp.request_headers(AGENT)
    @blp.arguments(DataQuerySchema, location="query")
    @blp.response(200, answer_schema(DataList))
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
    def list_data(query: dict[str, Any]) -> Response:
        """List what can be asked for: symbol, source, first, last, bars."""
        deadline = Deadline.after(settings.work_budget)
        return answered(services.data.page(owner=caller(), deadline=deadline, **query))

    @blp.route("/data/<path:symbol>", methods=["GET"], parameters=_SYMBOL)
    @blp.doc(operationId="getData")
    @blp.request_headers(AGENT)
    @blp.arguments(SymbolQuerySchema, location="query")
    @blp.response(200, answer_schema(DataDetail))
    @blp.problems(*DATA_PROBLEMS)
    def get_data(query: dict[str, Any], symbol: str) -> Response:
        """Tell how a symbol's bars were read, and what was found in them."""
        if not is_symbol(symbol):
            detail = f"{symbol[:40]!r} is not a symbol"
            raise InvalidRequestError.at("/symbol", detail)
        asked = BarQuery(symbol=symbol.upper(), owner=caller(), **query)
        return answered(
            services.data.detail(asked, Deadline.after(settings.work_budget))
        )

    @blp.route("/data/csv", methods=["POST"])
    @blp.doc(operationId="uploadCsv", requestBody=_BODY)
    @blp.request_headers(AGENT)
    @blp.arguments(UploadQuerySchema, location="query")
    @blp.response(201, answer_schema(StoredCsv))
    @blp.problems(
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    def upload_csv(query: dict[str, Any]) -> Response:
        """Store a CSV file under a symbol, once its bars have been checked.

        Refused unless the operator has set `ORCHESTRATOR_UPLOADS=on`. The file is the
        caller's own: others do not see it, unless the operator shares uploads, and it
        never stands before a file of the operator. One that is there already is
        replaced only with `replace=true`.
        """
        if request.mimetype not in CSV_TYPES:
            sent = request.mimetype or "none"
            raise UnsupportedMediaType(
                f"send the file as text/csv; its Content-Type is {sent}"
            )
        replace = query.pop("replace")
        stored = services.data.store_csv(
            BarQuery(owner=caller(), **query),
            _chunks(),
            replace=replace,
            deadline=Deadline.after(settings.work_budget),
        )
        return answered(stored, status=201)

    return blp


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(_CHUNK):
        yield chunk
