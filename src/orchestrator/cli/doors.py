"""Where a command asks: the service in this process, or one at a URL.

Both give the documents that HTTP gives, so that a command does not know which it has.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

import orjson
import requests

from orchestrator.bootstrap import build_services, create_embedded
from orchestrator.cli.failures import ServiceError
from orchestrator.deadline import Deadline
from orchestrator.ledger.values import RunFilter
from orchestrator.schemas.answers import dump
from orchestrator.schemas.backtest.request import request_schema
from orchestrator.services import Answer, Asked, Services
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery
from orchestrator.strategies.registry import STRATEGIES

CALLER = "command-line"
"""Whose trials are counted."""

Json = dict[str, Any]


class Door(Protocol):
    """What a command may ask for, each answer as HTTP has it."""

    def backtest(self, body: Json) -> Json:
        """Return the whole answer of a run."""
        ...

    def verdict(self, body: Json) -> Json:
        """Return the short verdict on a run."""
        ...

    def runs(self, filters: Mapping[str, str], limit: int) -> Json:
        """Return a page of recorded runs."""
        ...

    def run(self, run_id: str) -> Json:
        """Return the newest answer of a run."""
        ...

    def verified(self, run_id: str) -> Json:
        """Return a recorded run beside itself run again."""
        ...

    def data(self) -> Json:
        """Return what can be asked for."""
        ...

    def policies(self) -> Json:
        """Return the policies a gate may name."""
        ...

    def strategies(self) -> Json:
        """Return the strategies there are."""
        ...


def open_door(url: str | None) -> Door:
    """Return the door a command was told to take."""
    return LocalDoor() if url is None else ServiceDoor(url)


class LocalDoor:
    """The service in this process, on the settings of the environment."""

    def __init__(self) -> None:
        self._settings = Settings.from_environ(os.environ)
        create_embedded(self._settings)
        self._services: Services = build_services(self._settings)
        self._schema = request_schema(STRATEGIES)

    def backtest(self, body: Json) -> Json:
        """Return the whole answer of a run."""
        asked = self._schema.load_body(body)
        answer = self._services.backtests.answer(
            asked.spec, self._asked(asked.document), deadline=self._deadline()
        )
        assert isinstance(answer, Answer)  # noqa: S101 -- no tag was held
        return _read(answer.body)

    def verdict(self, body: Json) -> Json:
        """Return the short verdict on a run."""
        asked = self._schema.load_body(body)
        answer = self._services.backtests.verdict(
            asked.spec, self._asked(asked.document), deadline=self._deadline()
        )
        return _read(answer.body)

    def runs(self, filters: Mapping[str, str], limit: int) -> Json:
        """Return a page of recorded runs."""
        wanted = RunFilter(
            symbol=filters.get("symbol"),
            verdict=filters.get("verdict"),
            caller=filters.get("caller"),
        )
        return _plain(self._services.runs.page(wanted, limit=limit))

    def run(self, run_id: str) -> Json:
        """Return the newest answer of a run."""
        return _read(self._services.runs.answer(run_id))

    def verified(self, run_id: str) -> Json:
        """Return a recorded run beside itself run again."""
        stored = self._services.runs.get(run_id)
        spec = self._schema.reload(stored.request)
        found = self._services.runs.verify(stored, spec, deadline=self._deadline())
        return _plain(found)

    def data(self) -> Json:
        """Return what can be asked for."""
        page = self._services.data.page(
            owner=CALLER, deadline=self._deadline(), after=None, limit=500
        )
        return _plain(page)

    def detail(self, query: BarQuery) -> Json:
        """Return how a file was read, and what was found in it."""
        return _plain(self._services.data.detail(query, self._deadline()))

    def policies(self) -> Json:
        """Return the policies a gate may name."""
        book = self._services.policies
        return {
            "policies": [
                policy.to_json() | {"allowed": book.allows(name)}
                for name, policy in book.policies.items()
            ],
            "default": book.default,
            "floor": book.floor,
        }

    def strategies(self) -> Json:
        """Return the strategies there are."""
        return {
            "strategies": [
                {
                    "name": one.name,
                    "description": one.description,
                    "parameters": one.schema(),
                    "default_fill": one.default_fill,
                }
                for one in STRATEGIES.values()
            ]
        }

    def _asked(self, document: bytes) -> Asked:
        return Asked(caller=CALLER, document=document)

    def _deadline(self) -> Deadline:
        return Deadline.after(self._settings.work_budget)


class ServiceDoor:
    """A running service.

    Parameters
    ----------
    url : str
        Its base URL.
    """

    def __init__(self, url: str) -> None:
        self._url = url.rstrip("/")
        self._session = requests.Session()
        self._session.headers["X-Agent-Id"] = CALLER

    def backtest(self, body: Json) -> Json:
        """Return the whole answer of a run."""
        return self._ask("POST", "/backtest", json=body)

    def verdict(self, body: Json) -> Json:
        """Return the short verdict on a run."""
        return self._ask("POST", "/gate", json=body)

    def runs(self, filters: Mapping[str, str], limit: int) -> Json:
        """Return a page of recorded runs."""
        return self._ask("GET", "/runs", params={**filters, "limit": str(limit)})

    def run(self, run_id: str) -> Json:
        """Return the newest answer of a run."""
        return self._ask("GET", f"/runs/{run_id}")

    def verified(self, run_id: str) -> Json:
        """Return a recorded run beside itself run again."""
        return self._ask("GET", f"/runs/{run_id}/verify")

    def data(self) -> Json:
        """Return what can be asked for."""
        return self._ask("GET", "/data")

    def policies(self) -> Json:
        """Return the policies a gate may name."""
        return self._ask("GET", "/policies")

    def strategies(self) -> Json:
        """Return the strategies there are."""
        return self._ask("GET", "/strategies")

    def _ask(self, method: str, path: str, **sent: Any) -> Json:
        try:
            response = self._session.request(
                method, self._url + path, timeout=(5.0, 90.0), **sent
            )
        except (requests.ConnectionError, ValueError) as error:
            raise ServiceError(
                f"there is no service at {self._url}: start one with `make serve`, or "
                "leave --url out"
            ) from error
        try:
            document: Json = response.json()
        except requests.JSONDecodeError as error:
            raise ServiceError(
                f"{self._url} is no backtest gate: it answers {response.status_code} "
                "without JSON"
            ) from error
        if not response.ok:
            raise ServiceError(str(document.get("detail", response.reason)))
        return document


def _read(body: bytes) -> Json:
    document: Json = orjson.loads(body)
    return document


def _plain(value: object) -> Json:
    return _read(orjson.dumps(dump(value), option=orjson.OPT_UTC_Z))
