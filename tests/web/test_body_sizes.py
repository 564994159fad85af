"""Bodies over the limit: a 413 that says how many bytes are taken and what to do."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app

CHUNKED = {"HTTP_TRANSFER_ENCODING": "chunked", "wsgi.input_terminated": True}


@pytest.fixture(scope="module")
def small(data_dir: Path) -> FlaskClient:
    settings = Settings(data_dir=data_dir, ledger=LedgerMode.OFF, max_body_bytes=1_000)
    return create_app(build_services(settings), settings).test_client()


class TestABody:
    def test_over_8_mebibytes_is_413(self, client: FlaskClient) -> None:
        body = b'{"symbol": "' + b"A" * 8 * 1024 * 1024 + b'"}'

        response = client.post("/backtest", data=body, content_type="application/json")

        assert response.status_code == 413
        assert response.json["code"] == "body_too_large"
        assert "8388608 bytes" in response.json["detail"]
        assert "send fewer bars" in response.json["detail"]

    @pytest.mark.parametrize("size", [999, 1_000, 1_001, 100_000])
    @pytest.mark.parametrize("announced", [True, False])
    def test_over_the_operators_limit_is_413_with_and_without_a_length(
        self, small: FlaskClient, size: int, announced: bool
    ) -> None:
        # Cut after a thousand bytes it would be an empty object: a valid request.
        body = b"{}" + b" " * (size - 2)

        response = small.post(
            "/backtest",
            input_stream=io.BytesIO(body),
            content_type="application/json",
            environ_overrides={"CONTENT_LENGTH": str(size)} if announced else CHUNKED,
        )

        assert response.status_code == (413 if size > 1_000 else 200)
        if size > 1_000:
            assert "1000 bytes" in response.json["detail"]
