"""Health, readiness, request ids and routes that do not exist."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app


class TestHealth:
    def test_is_ok(self, client: FlaskClient) -> None:
        response = client.get("/health")

        assert response.status_code == 200
        assert response.json == {"status": "ok"}


class TestReadiness:
    def test_is_ready_with_its_data(self, client: FlaskClient) -> None:
        response = client.get("/health/ready")

        assert response.status_code == 200
        assert response.json["status"] == "ready"
        assert all(check["ok"] for check in response.json["checks"])

    def test_says_what_is_missing(self, tmp_path: Path) -> None:
        folder = tmp_path / "gone"
        folder.mkdir()
        settings = Settings(data_dir=folder, ledger=LedgerMode.OFF)
        client = create_app(build_services(settings), settings).test_client()
        folder.rmdir()

        response = client.get("/health/ready")

        assert response.status_code == 503
        assert response.json["code"] == "not_ready"
        assert response.json["errors"][0]["pointer"] == "/data_dir"
        assert "ORCHESTRATOR_DATA_DIR" in response.json["detail"]
        assert client.get("/health").status_code == 200


class TestRequestId:
    def test_is_the_one_sent(self, client: FlaskClient) -> None:
        response = client.get("/health", headers={"X-Request-ID": "abc-1.2_3"})

        assert response.headers["X-Request-ID"] == "abc-1.2_3"

    @pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "\u00e9", "<script>", "-a"])
    def test_is_a_new_one_if_the_one_sent_is_not_plain(
        self, client: FlaskClient, sent: str
    ) -> None:
        response = client.get("/health", headers={"X-Request-ID": sent})

        assert response.headers["X-Request-ID"] != sent
        assert len(response.headers["X-Request-ID"]) == 16


class TestUnknownRoute:
    @pytest.mark.parametrize("path", ["/nope", "/backtest/", "/health/", "/x//health"])
    def test_is_a_404_problem(self, client: FlaskClient, path: str) -> None:
        response = client.get(path)

        assert response.status_code == 404
        assert response.mimetype == "application/problem+json"
        assert response.json["code"] == "route_not_found"

    @pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE"])
    def test_method_is_a_405_problem_that_allows_others(
        self, client: FlaskClient, method: str
    ) -> None:
        response = client.open("/backtest", method=method)

        assert response.status_code == 405
        assert response.mimetype == "application/problem+json"
        allowed = set(response.headers["Allow"].split(", "))
        assert allowed == {"GET", "HEAD", "OPTIONS", "POST"}
