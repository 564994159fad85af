"""Symbols as markets write them: taken whole, found by file, never a path."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings, shipped_data_dir
from orchestrator.web.app import create_app

AS_MARKETS_WRITE_THEM = [
    "^GSPC",
    "BTC/USDT",
    "BRK/B",
    "BRK.B",
    "ES=F",
    "7203.T",
    "EUR:USD",
    "$SPX",
    "#N225",
    "@ES",
    "AGM/A",
    "M&M.NS",
    "ES1!",
    "BTC+",
    "BTC/USDT:USDT-241227",
    "A" * 32,
]
REFUSED = [
    "",
    ".SPY",
    "..",
    "../SPY",
    "/etc/passwd",
    "a/../b",
    "A..B",
    "A" * 33,
    "SPY\n",
    "S PY",
    "SP\\Y",
    "SPY%2F",
    "S\u00fcd",
    "<b>",
]


@pytest.mark.parametrize("symbol", AS_MARKETS_WRITE_THEM)
def test_is_taken_as_it_is_written(client: FlaskClient, symbol: str) -> None:
    body = {"symbol": symbol, "csv_path": "sp500.csv"}

    answer = client.post("/backtest", json=body)

    assert answer.status_code == 200, answer.json
    assert answer.json is not None
    assert answer.json["symbol"] == symbol


@pytest.mark.parametrize("symbol", REFUSED)
def test_is_refused_by_name(client: FlaskClient, symbol: str) -> None:
    answer = client.post("/backtest", json={"symbol": symbol})

    assert answer.status_code == 422
    assert answer.json is not None
    assert answer.json["errors"][0]["pointer"] == "/symbol"


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("BTC/USDT", "BTC-USDT.csv"),
        ("btc/usdt", "BTC-USDT.csv"),
        ("BRK/B", "brk-b.csv"),
        ("^GSPC", "^GSPC.csv"),
        ("7203.T", "7203.T.csv"),
    ],
)
def test_has_a_file_of_its_name(tmp_path: Path, symbol: str, name: str) -> None:
    shutil.copy(shipped_data_dir() / "sp500.csv", tmp_path / name)
    settings = Settings(data_dir=tmp_path, ledger=LedgerMode.OFF)
    client = create_app(build_services(settings), settings).test_client()

    answer = client.get("/backtest", query_string={"symbol": symbol})

    assert answer.json is not None
    assert answer.json["data"]["source"] == "csv"
    assert answer.json["data"]["bars"] == 5031


def test_a_slash_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "BTC").mkdir()
    shutil.copy(shipped_data_dir() / "sp500.csv", tmp_path / "BTC/USDT.csv")
    settings = Settings(data_dir=tmp_path, ledger=LedgerMode.OFF)
    client = create_app(build_services(settings), settings).test_client()

    answer = client.get("/backtest", query_string={"symbol": "BTC/USDT"})

    assert answer.json is not None
    assert answer.json["data"]["source"] == "sample"
