"""Between HTTP and the backtest service: tags, idempotency keys, callers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from flask import Response, request

from orchestrator.deadline import Deadline
from orchestrator.ledger.values import KeyedAnswer, KeyedRequest
from orchestrator.schemas.backtest.request import Request
from orchestrator.services import Answer, Asked, Services, Unchanged
from orchestrator.settings import Settings
from orchestrator.spec import BacktestSpec
from orchestrator.web.blueprints import json_response
from orchestrator.web.requests import AGENT_HEADER, caller, held_etags, idempotency_key

# A verdict is the caller's own: a cache between keeps none and asks before each use.
_OWN = {"Vary": AGENT_HEADER, "Cache-Control": "private, no-cache"}

UseCase = Callable[[BacktestSpec, Asked, Deadline], Answer | Unchanged]


class Responder:
    """Put requests to use cases and answers into responses.

    Parameters
    ----------
    services : Services
    settings : Settings
    """

    def __init__(self, services: Services, settings: Settings) -> None:
        self._services = services
        self._seconds = settings.work_budget

    def answer(self, asked: Request) -> Response:
        """Return the whole answer of a run."""
        return self._respond(asked, self._answer)

    def verdict(self, asked: Request) -> Response:
        """Return the verdict alone."""
        return self._respond(asked, self._verdict)

    def _answer(
        self, spec: BacktestSpec, asked: Asked, deadline: Deadline
    ) -> Answer | Unchanged:
        return self._services.backtests.answer(spec, asked, deadline=deadline)

    def _verdict(
        self, spec: BacktestSpec, asked: Asked, deadline: Deadline
    ) -> Answer | Unchanged:
        return self._services.backtests.verdict(spec, asked, deadline=deadline)

    def _respond(self, asked: Request, use_case: UseCase) -> Response:
        who = Asked(caller=caller(), document=asked.document, etags=held_etags())
        deadline = Deadline.after(self._seconds)
        key = idempotency_key() if request.method == "POST" else None
        if key is None:
            return _response(use_case(asked.spec, who, deadline))
        ledger = self._services.ledger
        sha256 = hashlib.sha256(request.path.encode() + b"\n" + asked.document)
        keyed = KeyedRequest(
            caller=who.caller,
            key=key,
            body_sha256=sha256.hexdigest(),
            policies=self._services.policies.hash_for(asked.spec.gate),
        )
        kept = ledger.recall(keyed)
        if kept is None:
            # A first answer is whole: there is none yet that the caller could hold.
            fresh = Asked(caller=who.caller, document=who.document)
            answer = use_case(asked.spec, fresh, deadline)
            if isinstance(answer, Unchanged):
                raise AssertionError("nothing was held, so nothing is unchanged")
            kept = ledger.keep(
                keyed,
                KeyedAnswer(
                    status=200, body=answer.body, headers={"ETag": quoted(answer.etag)}
                ),
            )
        return json_response(
            kept.body, status=kept.status, headers={**kept.headers, **_OWN}
        )


def quoted(etag: str) -> str:
    """Return a tag as a header has it."""
    return f'"{etag}"'


def _response(answer: Answer | Unchanged) -> Response:
    headers = {"ETag": quoted(answer.etag), **_OWN}
    if isinstance(answer, Unchanged):
        return Response(status=304, headers=headers)
    return json_response(answer.body, headers=headers)
