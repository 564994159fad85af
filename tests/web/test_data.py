"""Listing and uploading data; checking a strategy on it."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app

CSV = b"Date,Open,High,Low,Close,Volume\n2020-01-02,1,2,1,2,5\n2020-01-03,2,3,2,3,5\n"


@pytest.fixture
def uploader(tmp_path: Path) -> FlaskClient:
    settings = Settings(data_dir=tmp_path, uploads=True, ledger=LedgerMode.OFF)
    return create_app(build_services(settings), settings).test_client()


def upload(
    client: FlaskClient, symbol: str, body: bytes, kind: str = "text/csv"
) -> Any:
    return client.post(f"/data/csv?symbol={symbol}", data=body, content_type=kind)


class TestUpload:
    @pytest.mark.parametrize(
        ("body", "kind"),
        [
            (CSV, "text/csv"),
            (CSV, "text/csv; charset=utf-8"),
            (gzip.compress(CSV), "application/gzip"),
        ],
        ids=["plain", "with a charset", "packed"],
    )
    def test_is_listed_and_can_be_run(
        self, uploader: FlaskClient, body: bytes, kind: str
    ) -> None:
        stored = upload(uploader, "mine", body, kind)

        listed = uploader.get("/data").json["entries"]
        run = uploader.post("/backtest", json={"symbol": "MINE"}).json
        assert stored.status_code == 201
        assert stored.json["bars"] == 2
        assert [entry["symbol"] for entry in listed] == ["MINE"]
        assert listed[0]["first"] == "2020-01-02T00:00:00Z"
        assert run["data"]["sha256"] == stored.json["sha256"]

    def test_replaces_a_file_only_when_asked(self, uploader: FlaskClient) -> None:
        upload(uploader, "mine", CSV)

        unasked = upload(uploader, "mine", CSV)
        asked = upload(uploader, "mine&replace=true", CSV)

        assert unasked.status_code == 422
        assert unasked.json["errors"][0]["pointer"] == "/replace"
        assert "replace=true" in unasked.json["detail"]
        assert asked.status_code == 201
        assert asked.json["replaced"] is True

    def test_is_refused_unless_it_is_on(self, client: FlaskClient) -> None:
        response = upload(client, "MINE", CSV)

        assert response.status_code == 403
        assert response.json["code"] == "uploads_disabled"

    @pytest.mark.parametrize(
        ("symbol", "body", "kind", "status"),
        [
            ("MINE", b"", "text/csv", 422),
            ("MINE", b"hello", "text/csv", 422),
            ("MINE", CSV.replace(b"2,3,2,3", b"2,1,2,3"), "text/csv", 422),
            ("MINE", b"\x00" * 100, "text/csv", 422),
            ("MINE", CSV, "application/json", 415),
            ("..%2Fmine", CSV, "text/csv", 422),
            ("", CSV, "text/csv", 422),
            ("MINE", CSV + b"," * 8 * 1024 * 1024, "text/csv", 413),
        ],
        ids=["empty", "no table", "broken bar", "NUL", "type", "path", "none", "long"],
    )
    def test_is_refused(
        self,
        uploader: FlaskClient,
        tmp_path: Path,
        symbol: str,
        body: bytes,
        kind: str,
        status: int,
    ) -> None:
        response = upload(uploader, symbol, body, kind)

        assert response.status_code == status
        assert response.mimetype == "application/problem+json"
        assert list(tmp_path.iterdir()) == []


class TestValidate:
    def test_finds_no_lookahead_in_rules(self, client: FlaskClient) -> None:
        body = {
            "csv_path": "sp500.csv",
            "strategy_type": "rules",
            "strategy_params": {
                "entry": "close > sma(close, 20)",
                "exit": "close < open",
            },
        }

        response = client.post("/strategies/validate", json=body)

        assert response.status_code == 200
        assert response.json["lookahead_found"] is False
        assert response.json["target_changes"] > 0

    def test_names_the_place_of_a_rule_it_cannot_read(
        self, client: FlaskClient
    ) -> None:
        body = {
            "strategy_type": "rules",
            "strategy_params": {"entry": "clse > 1", "exit": "close < open"},
        }

        response = client.post("/strategies/validate", json=body)

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == "/strategy_params/entry"
        assert "close" in response.json["detail"]
