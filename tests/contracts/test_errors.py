"""Every deliberate error has one status, and every status is documented."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import pytest
from flask import Flask

from orchestrator import errors
from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app
from orchestrator.web.errors import STATUS_OF
from orchestrator.web.problems import CODE_OF

# As the README publishes them; clients branch on these.
PUBLISHED = {
    "validation_error": 422,
    "unknown_strategy": 422,
    "answer_too_large": 422,
    "policy_too_lax": 422,
    "idempotency_conflict": 422,
    "data_not_found": 404,
    "data_invalid": 422,
    "data_source_failed": 502,
    "data_source_timeout": 504,
    "data_source_suspended": 503,
    "data_folder_unavailable": 503,
    "data_source_not_configured": 503,
    "run_not_found": 404,
    "ledger_unavailable": 503,
    "uploads_disabled": 403,
    "overloaded": 503,
    "work_budget_exceeded": 503,
}
ABSTRACT = {errors.OrchestratorError, errors.DataError}


def every(
    base: type[errors.OrchestratorError],
) -> Iterator[type[errors.OrchestratorError]]:
    yield base
    for subclass in base.__subclasses__():
        yield from every(subclass)


RAISED = sorted(
    {
        cls
        for cls in every(errors.OrchestratorError)
        if cls.__module__ == errors.__name__
    }
    - ABSTRACT,
    key=lambda cls: cls.__name__,
)


@pytest.fixture(scope="module")
def app() -> Flask:
    settings = Settings(ledger=LedgerMode.OFF)
    app = create_app(build_services(settings), settings)

    @app.get("/raise/<name>")
    def fail(name: str) -> None:
        cls = getattr(errors, name, None)
        if cls is None:
            raise RuntimeError("secret: a bug")
        raise cls(
            "what and why", places=(errors.Place("/symbol", "why"),), retry_after=1.2
        )

    return app


class TestError:
    @pytest.mark.parametrize("cls", RAISED, ids=lambda cls: cls.__name__)
    def test_has_a_status(self, cls: type[errors.OrchestratorError]) -> None:
        assert STATUS_OF[cls] == PUBLISHED[cls.code]

    @pytest.mark.parametrize("cls", RAISED, ids=lambda cls: cls.__name__)
    def test_is_answered_as_a_problem(
        self, app: Flask, cls: type[errors.OrchestratorError]
    ) -> None:
        response = app.test_client().get(f"/raise/{cls.__name__}")

        assert response.status_code == PUBLISHED[cls.code]
        assert response.mimetype == "application/problem+json"
        assert response.headers["Retry-After"] == "2"
        assert response.json == {
            "type": "about:blank",
            "title": HTTPStatus(PUBLISHED[cls.code]).phrase,
            "status": PUBLISHED[cls.code],
            "code": cls.code,
            "detail": "what and why",
            "errors": [{"pointer": "/symbol", "detail": "why"}],
            "request_id": response.headers["X-Request-ID"],
        }

    def test_that_nobody_meant_is_logged_and_says_nothing(
        self, app: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        response = app.test_client().get("/raise/bug")

        assert response.status_code == 500
        assert response.mimetype == "application/problem+json"
        assert response.json["code"] == "internal_error"
        assert b"secret" not in response.data
        assert "secret: a bug" in caplog.text
        assert response.headers["X-Request-ID"] in caplog.text


class TestThePage:
    """docs/errors.md: every code once, with the status it is served with."""

    def test_has_each_code_with_its_status(self) -> None:
        page = (Path(__file__).parents[2] / "docs/errors.md").read_text()
        rows = re.findall(r"^\| `([a-z_]+)` \| ([0-9]{3}) \|", page, re.MULTILINE)
        of_http = {code: int(status) for status, code in CODE_OF.items()}
        other = {
            "unreadable_body": 400,
            "expectation_failed": 417,
            "not_ready": 503,
            "internal_error": 500,
        }

        assert len(rows) == len({code for code, _ in rows})
        assert {code: int(status) for code, status in rows} == (
            PUBLISHED | of_http | other
        )
