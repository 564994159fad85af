"""Judging several requests at once, each by itself."""

from __future__ import annotations

from typing import Any

import orjson

from orchestrator.deadline import Deadline
from orchestrator.errors import InvalidRequestError, OrchestratorError
from orchestrator.schemas.backtest.request import BacktestRequestSchema
from orchestrator.services import Asked, Services
from orchestrator.web.errors import document_of
from orchestrator.web.gate.schemas import MOST_REQUESTS


def requests_of(raw: dict[str, Any]) -> list[Any]:
    """Return the requests of a batch.

    Raises
    ------
    InvalidRequestError
        If there are none or too many, or the batch has another field.
    """
    for name in raw:
        if name != "requests":
            raise _refused(f"/{name}", "is not a known field")
    requests = raw.get("requests")
    if not isinstance(requests, list):
        raise _refused("/requests", "must be an array of requests")
    if not 1 <= len(requests) <= MOST_REQUESTS:
        raise _refused("/requests", f"must have from 1 to {MOST_REQUESTS} requests")
    return requests


class Batch:
    """Judge requests one after the other under one deadline.

    Parameters
    ----------
    services : Services
    body : BacktestRequestSchema
    """

    def __init__(self, services: Services, body: BacktestRequestSchema) -> None:
        self._services = services
        self._body = body

    def answer(self, requests: list[Any], *, caller: str, deadline: Deadline) -> bytes:
        """Return the encoded answer: a verdict or a problem for every request."""
        results = [self._result(raw, caller, deadline) for raw in requests]
        return orjson.dumps({"results": results})

    def _result(self, raw: Any, caller: str, deadline: Deadline) -> dict[str, Any]:
        try:
            deadline.check("this request of the batch")
            return {"verdict": self._verdict(raw, caller, deadline)}
        except OrchestratorError as error:
            return {"problem": document_of(error)}

    def _verdict(self, raw: Any, caller: str, deadline: Deadline) -> orjson.Fragment:
        if not isinstance(raw, dict):
            raise _refused("", "must be an object")
        request = self._body.load_body(raw)
        asked = Asked(caller=caller, document=request.document)
        answer = self._services.backtests.verdict(
            request.spec, asked, deadline=deadline
        )
        return orjson.Fragment(answer.body)


def _refused(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError.at(pointer, detail, subject=pointer or "the request")
