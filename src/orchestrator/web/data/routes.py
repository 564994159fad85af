"""Routes of data: listing and uploading."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

import orjson
from flask import Response, request
from werkzeug.exceptions import UnsupportedMediaType

from orchestrator.deadline import Deadline
from orchestrator.schemas.data import DataQuerySchema, UploadQuerySchema
from orchestrator.services import Services
from orchestrator.settings import Settings
from orchestrator.web.blueprints import Blueprint, json_response
from orchestrator.web.data.schemas import (
    DataListSchema,
    StoredCsvSchema,
)

CSV_TYPES = frozenset({"text/csv", "application/octet-stream", "application/gzip"})
_CHUNK = 64 * 1024
_OPTIONS = orjson.OPT_UTC_Z
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
    @blp.arguments(DataQuerySchema, location="query")
    @blp.response(200, DataListSchema)
    @blp.problems(HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.SERVICE_UNAVAILABLE)
    def list_data(query: dict[str, Any]) -> Response:
        """List what can be asked for: symbol, source, first, last, bars."""
        deadline = Deadline.after(settings.work_budget)
        page = services.data.page(deadline=deadline, **query)
        document = {
            "entries": [asdict(entry) for entry in page.entries],
            "after": page.after,
            "warnings": [asdict(warning) for warning in page.warnings],
        }
        return json_response(orjson.dumps(document, option=_OPTIONS))

    @blp.route("/data/csv", methods=["POST"])
    @blp.doc(operationId="uploadCsv", requestBody=_BODY)
    @blp.arguments(UploadQuerySchema, location="query")
    @blp.response(201, StoredCsvSchema)
    @blp.problems(
        HTTPStatus.FORBIDDEN,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        HTTPStatus.SERVICE_UNAVAILABLE,
    )
    def upload_csv(query: dict[str, Any]) -> Response:
        """Store a CSV file under a symbol, once its bars have been checked.

        Refused unless the operator has set `ORCHESTRATOR_UPLOADS=on`. A file that is
        there already is replaced only with `replace=true`.
        """
        if request.mimetype not in CSV_TYPES:
            sent = request.mimetype or "none"
            raise UnsupportedMediaType(
                f"send the file as text/csv; its Content-Type is {sent}"
            )
        stored = services.data.store_csv(
            query["symbol"],
            _chunks(),
            replace=query["replace"],
            deadline=Deadline.after(settings.work_budget),
        )
        return json_response(orjson.dumps(asdict(stored), option=_OPTIONS), status=201)

    return blp


def _chunks() -> Iterator[bytes]:
    while chunk := request.stream.read(_CHUNK):
        yield chunk
