"""Headers that answers carry for whatever stands between us and the caller."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/health"),
        ("GET", "/backtest?csv_path=sp500.csv"),
        ("GET", "/openapi.json"),
        ("GET", "/docs"),
        ("GET", "/docs/assets/start.js"),
        ("GET", "/nowhere"),
        ("DELETE", "/health"),
        ("POST", "/backtest"),
    ],
    ids=" ".join,
)
def test_every_answer_forbids_guessing_its_type(
    client: FlaskClient, method: str, path: str
) -> None:
    response = client.open(path, method=method)

    assert response.headers["X-Content-Type-Options"] == "nosniff"


class TestTaggedAnswers:
    @pytest.mark.parametrize("key", [None, "key-1"], ids=["without key", "with a key"])
    def test_are_the_callers_own(self, recorder: FlaskClient, key: str | None) -> None:
        headers = {} if key is None else {"Idempotency-Key": key}
        body = {"csv_path": "sp500.csv"}

        for _ in range(2):
            response = recorder.post("/backtest", json=body, headers=headers)

            assert response.headers["Vary"] == "X-Agent-Id"
            assert response.headers["Cache-Control"] == "private, no-cache"

    def test_say_so_when_unchanged(self, client: FlaskClient) -> None:
        path = "/backtest?csv_path=sp500.csv"
        tag = client.get(path).headers["ETag"]

        response = client.get(path, headers={"If-None-Match": tag})

        assert response.status_code == 304
        assert response.headers["Vary"] == "X-Agent-Id"
        assert response.headers["Cache-Control"] == "private, no-cache"
