"""Where a door that is no server asks: the service in this process, or one at a URL.

Both give the documents that HTTP gives, so that a door does not know which it has.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Protocol

import orjson
import requests

from orchestrator.bootstrap import build_services, create_embedded
from orchestrator.clients.failures import ServiceError
from orchestrator.deadline import Deadline
from orchestrator.ledger.values import RunFilter
from orchestrator.reports import render_run
from orchestrator.schemas.answers import dump
from orchestrator.schemas.backtest.request import request_schema
from orchestrator.services import Answer, Asked, Services
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery
from orchestrator.strategies.registry import STRATEGIES

_SECONDS = 90.0
Json = dict[str, Any]


class Client(Protocol):
    """What a door may ask for, each answer as HTTP has it."""

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

    def checked(self, body: Json) -> Json:
        """Return whether a strategy looks ahead on its data."""
        ...

    def report(self, run_id: str) -> str:
        """Return the report of a run as a page."""
        ...

    def policies(self) -> Json:
        """Return the policies a gate may name."""
        ...

    def strategies(self) -> Json:
        """Return the strategies there are."""
        ...


def open_client(
    url: str | None, *, caller: str = "command-line", seconds: float | None = None
) -> Client:
    """Return the client of the service at `url`, of this process where it is None.

    Parameters
    ----------
    url : str or None
    caller : str
        Whose trials are counted.
    seconds : float, optional
        How long an answer may take; by default the work budget of the settings.
    """
    if url is not None:
        return ServiceClient(url, caller, seconds or _SECONDS)
    return LocalClient(caller, seconds)


class LocalClient:
    """The service in this process, on the settings of the environment."""

    def __init__(self, caller: str, seconds: float | None) -> None:
        self._settings = Settings.from_environ(os.environ)
        self._caller = caller
        self._seconds = seconds or self._settings.work_budget
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
            owner=self._caller, deadline=self._deadline(), after=None, limit=500
        )
        return _plain(page)

    def detail(self, query: BarQuery) -> Json:
        """Return how a file was read, and what was found in it."""
        return _plain(self._services.data.detail(query, self._deadline()))

    def checked(self, body: Json) -> Json:
        """Return whether a strategy looks ahead on its data."""
        asked = self._schema.load_body(body)
        return dict(
            self._services.backtests.validated(
                asked.spec, caller=self._caller, deadline=self._deadline()
            )
        )

    def report(self, run_id: str) -> str:
        """Return the report of a run as a page."""
        return render_run(self._services.reports.run(run_id, deadline=self._deadline()))

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
        return Asked(caller=self._caller, document=document)

    def _deadline(self) -> Deadline:
        return Deadline.after(self._seconds)


class ServiceClient:
    """A running service.

    Parameters
    ----------
    url : str
        Its base URL.
    caller : str
        The name it is asked under.
    seconds : float
        How long an answer may take.
    """

    def __init__(self, url: str, caller: str, seconds: float) -> None:
        self._url = url.rstrip("/")
        self._timeout = (5.0, seconds)
        self._session = requests.Session()
        self._session.headers["X-Agent-Id"] = caller

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

    def checked(self, body: Json) -> Json:
        """Return whether a strategy looks ahead on its data."""
        return self._ask("POST", "/strategies/validate", json=body)

    def report(self, run_id: str) -> str:
        """Return the report of a run as a page."""
        response = self._sent("GET", f"/runs/{run_id}/report")
        if not response.ok:
            self._document(response)
        return response.text

    def policies(self) -> Json:
        """Return the policies a gate may name."""
        return self._ask("GET", "/policies")

    def strategies(self) -> Json:
        """Return the strategies there are."""
        return self._ask("GET", "/strategies")

    def _ask(self, method: str, path: str, **sent: Any) -> Json:
        return self._document(self._sent(method, path, **sent))

    def _sent(self, method: str, path: str, **sent: Any) -> requests.Response:
        try:
            return self._session.request(
                method, self._url + path, timeout=self._timeout, **sent
            )
        except requests.Timeout as error:
            raise ServiceError(
                f"{self._url} did not answer in time: ask again, or for fewer bars",
                "no_answer",
            ) from error
        except (requests.RequestException, ValueError) as error:
            raise ServiceError(
                f"there is no service at {self._url}: start one with `make serve`, or "
                "leave --url out"
            ) from error

    def _document(self, response: requests.Response) -> Json:
        """Return what a service answered; a problem is raised."""
        try:
            document: Json = response.json()
        except requests.JSONDecodeError as error:
            raise ServiceError(
                f"{self._url} is no backtest gate: it answers {response.status_code} "
                "without JSON"
            ) from error
        if not response.ok:
            detail = str(document.get("detail", response.reason))
            raise ServiceError(detail, str(document.get("code", "error")))
        return document


def _read(body: bytes) -> Json:
    document: Json = orjson.loads(body)
    return document


def _plain(value: object) -> Json:
    return _read(orjson.dumps(dump(value), option=orjson.OPT_UTC_Z))
