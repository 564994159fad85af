"""Which status each deliberate error becomes: the whole table, in one place."""

from __future__ import annotations

import logging
import math
from http import HTTPStatus

from flask import Flask, Response, g, request
from gunicorn.http.errors import NoMoreData, ParseException
from werkzeug.exceptions import (
    ClientDisconnected,
    HTTPException,
    MethodNotAllowed,
)

from orchestrator import errors
from orchestrator.web.problems import CODE_OF, problem_document, problem_response
from orchestrator.web.strict_json import UnreadableBodyError

_LONGEST = 300
logger = logging.getLogger(__name__)

STATUS_OF: dict[type[errors.OrchestratorError], HTTPStatus] = {
    errors.InvalidRequestError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.UnknownStrategyError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.AnswerTooLargeError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.PolicyTooLaxError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.IdempotencyConflictError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DataNotFoundError: HTTPStatus.NOT_FOUND,
    errors.DataInvalidError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DataFolderError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DataSourceError: HTTPStatus.BAD_GATEWAY,
    errors.DataSourceTimeoutError: HTTPStatus.GATEWAY_TIMEOUT,
    errors.DataSourceSuspendedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DataSourceNotConfiguredError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.RunNotFoundError: HTTPStatus.NOT_FOUND,
    errors.LedgerUnavailableError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.OverloadedError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.UploadsDisabledError: HTTPStatus.FORBIDDEN,
    errors.BudgetExceededError: HTTPStatus.SERVICE_UNAVAILABLE,
}


def register_error_handlers(app: Flask) -> None:
    """Make every error of `app` a problem."""
    app.register_error_handler(errors.OrchestratorError, _deliberate)
    app.register_error_handler(UnreadableBodyError, _unreadable)
    app.register_error_handler(HTTPException, _http)
    for broken in (ParseException, NoMoreData):
        app.register_error_handler(broken, _broken_body)
    app.register_error_handler(Exception, _unexpected)


def document_of(error: errors.OrchestratorError) -> dict[str, object]:
    """Return the problem of a deliberate error."""
    status = STATUS_OF[type(error)]
    return problem_document(status, error.code, error.detail, error.places)


def _deliberate(error: errors.OrchestratorError) -> Response:
    if type(error) not in STATUS_OF:
        return _unexpected(error)
    headers = {}
    if error.retry_after is not None:
        headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return problem_response(document_of(error), headers)


def _unreadable(error: UnreadableBodyError) -> Response:
    status = HTTPStatus.BAD_REQUEST
    return problem_response(problem_document(status, "unreadable_body", str(error)))


def _broken_body(error: Exception) -> Response:
    """Refuse a body whose chunks are none; gunicorn closes the connection."""
    detail = f"the chunks of the body cannot be read: {error}"[:_LONGEST]
    status = HTTPStatus.BAD_REQUEST
    return problem_response(problem_document(status, "unreadable_body", detail))


def _http(error: HTTPException) -> Response:
    if error.response is not None and error.code is None:
        return _unexpected(error)
    status = HTTPStatus(error.code or 500)
    if status < HTTPStatus.BAD_REQUEST:  # a redirect to a route's own form
        return error.get_response()  # type: ignore[return-value]
    code = CODE_OF.get(status, status.name.lower())
    headers = {
        name: value
        for name, value in error.get_headers()
        if name.lower() not in {"content-type", "content-length"}
    }
    detail = error.description or status.phrase
    if isinstance(error, ClientDisconnected):
        detail = (
            "the connection ended before the body did, or the body stopped coming for "
            "ten seconds: send it whole"
        )
    if status is HTTPStatus.NOT_FOUND:
        detail = f"there is no {request.path}: see /docs"
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        detail = (
            f"the body has more than {request.max_content_length} bytes, the most "
            "taken here: send fewer bars or signals, send them as columns, or let "
            "the service load them by data_source csv or data_service"
        )
    if isinstance(error, MethodNotAllowed):
        detail = f"{request.method} is not allowed here: use {headers['Allow']}"
    return problem_response(problem_document(status, code, detail), headers)


def _unexpected(error: Exception) -> Response:
    logger.error(
        "%s %s failed, request %s",
        request.method,
        request.path,
        g.request_id,
        exc_info=error,
    )
    return problem_response(
        problem_document(
            HTTPStatus.INTERNAL_SERVER_ERROR,
            "internal_error",
            "the service failed; its log names the cause under this request_id",
        )
    )
