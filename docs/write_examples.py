"""Write the answers that OpenAPI shows; ``python -m docs.write_examples``.

Each is what the service answers to the request shown, on the data it ships with; only
times, ids of requests and paths of this machine are replaced, and long lists cut.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from orchestrator.bootstrap import build_services
from orchestrator.errors import (
    BudgetExceededError,
    DataSourceError,
    DataSourceTimeoutError,
    LedgerUnavailableError,
    OverloadedError,
)
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import Settings, shipped_data_dir
from orchestrator.web.app import create_app
from orchestrator.web.backtest.examples import EXAMPLES, GATE_EXAMPLES, RULES_EXAMPLES
from orchestrator.web.errors import document_of

FILE = Path(__file__).parents[1] / "src/orchestrator/web/examples.json"
RUN: dict[str, Any] = next(iter(EXAMPLES.values()))["value"]
JUDGED: dict[str, Any] = next(iter(GATE_EXAMPLES.values()))["value"]
RULES: dict[str, Any] = next(iter(RULES_EXAMPLES.values()))["value"]
CSV = b"date,open,high,low,close\n2020-01-02,1,2,1,2\n2020-01-03,2,3,2,3\n"
MOST = 3
"""Entries of a list that are shown."""
_TIME, _REQUEST, _FOLDER = "2026-11-02T09:30:00Z", "3f2a9c0d1e4b5a67", "/srv/prices"
Asked = tuple[str, str, TestResponse]
TOLD = (
    DataSourceError("the data service answered 500 to GET /ohlcv/SPY three times"),
    DataSourceTimeoutError("the data service did not answer within 10 s"),
    LedgerUnavailableError("the ledger cannot be written: the disk is full"),
    BudgetExceededError(
        "420000 bars with 30 hooks take 16 s at least, and 12 s are left: ask for "
        "fewer bars or hooks"
    ),
    OverloadedError(
        "as much heavy work as may wait is waiting already: send this request again in "
        "a moment, or ask for fewer bars"
    ),
)
"""What a service in good order is not seen to say."""


def examples() -> dict[str, Any]:
    """Return answers by operation and status, and a problem of every code."""
    answers: dict[str, dict[str, Any]] = {}
    problems: dict[str, dict[str, Any]] = {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for operation, path, response in _asked(folder):
            document = _plain(response.json, folder)
            status = str(response.status_code)
            if response.status_code < 400:
                answers.setdefault(f"{operation} {path}", {})[status] = document
            else:
                problems.setdefault(status, {})[document["code"]] = document
    for error in TOLD:
        document = document_of(error) | {"request_id": _REQUEST}
        problems.setdefault(str(document["status"]), {})[error.code] = document
    return {"answers": answers, "problems": problems}


def _asked(folder: Path) -> Iterator[Asked]:
    data = folder / "data"
    data.mkdir()
    for name in ("sp500.csv", "sample_ohlcv.csv"):
        (data / name).write_bytes((shipped_data_dir() / name).read_bytes())
    url = f"sqlite:///{folder}/ledger.sqlite3"
    upgrade(url)
    settings = Settings(database_url=url, data_dir=data, uploads=True)
    client = create_app(build_services(settings), settings).test_client()
    run = client.post("/backtest", json=RUN)
    run_id = run.json["run_id"]
    yield "post", "/backtest", run
    yield "get", "/backtest", client.get("/backtest?symbol=SP500&end=2019-01-01")
    yield "post", "/gate", client.post("/gate", json=JUDGED)
    batch = {"requests": [JUDGED, {**JUDGED, "symbol": "../x"}]}
    yield "post", "/gate/batch", client.post("/gate/batch", json=batch)
    for path in ("/policies", "/runs", "/strategies", "/metrics-catalogue", "/data"):
        yield "get", path, client.get(path)
    yield "get", "/runs/{run_id}", client.get(f"/runs/{run_id}")
    yield "get", "/runs/{run_id}/verify", client.get(f"/runs/{run_id}/verify")
    yield "get", "/data/{symbol}", client.get("/data/SP500")
    yield (
        "post",
        "/strategies/validate",
        client.post("/strategies/validate", json=RULES),
    )
    uploaded = client.post("/data/csv?symbol=MINE", data=CSV, content_type="text/csv")
    yield "post", "/data/csv", uploaded
    for path in ("/health", "/health/ready"):
        yield "get", path, client.get(path)
    yield from _refused(client, folder)


def _refused(client: FlaskClient, folder: Path) -> Iterator[Asked]:
    def post(body: object, **more: Any) -> Asked:
        return "post", "/backtest", client.post("/backtest", json=body, **more)

    headers = {"Idempotency-Key": "once"}
    yield post({**RUN, "initial_cash": -1, "feas": 3})
    yield post({**RUN, "strategy_type": "sma_crosss"})
    yield post({**RUN, "csv_path": "none.csv"})
    yield post({**RUN, "data_source": "data_service", "csv_path": None})
    client.post("/gate", json=JUDGED, headers=headers)
    conflict = client.post("/gate", json={**JUDGED, "quantity": 1}, headers=headers)
    yield "post", "/gate", conflict
    bars = {
        "timestamp": ["2024-01-02"],
        "open": [1],
        "high": [1],
        "low": [2],
        "close": [1],
    }
    yield post({"data_source": "inline", "bars": bars})
    (folder / "data" / "BAD.csv").write_text(
        "date,open,high,low,close\n2020-01-02,1,1,2,1\n"
    )
    yield post({"symbol": "BAD"})
    raw = {"content_type": "application/json"}
    yield "post", "/backtest", client.post("/backtest", data=b'{"symbol": }', **raw)
    yield (
        "post",
        "/backtest",
        client.post("/backtest", data=b"{}", content_type="text/plain"),
    )
    large = b" " * (9 * 1024 * 1024)
    yield "post", "/backtest", client.post("/backtest", data=large, **raw)
    yield "get", "/runs/{run_id}", client.get(f"/runs/{'0' * 32}")
    closed = Settings(
        database_url=f"sqlite:///{folder}/ledger.sqlite3", data_dir=folder / "data"
    )
    off = create_app(build_services(closed), closed).test_client()
    refused = off.post("/data/csv?symbol=MINE", data=CSV, content_type="text/csv")
    yield "post", "/data/csv", refused


def _plain(value: Any, folder: Path) -> Any:
    """Return a document without what differs from machine to machine."""
    if isinstance(value, dict):
        shown = {name: _plain(item, folder) for name, item in value.items()}
        for name, text in (("time", _TIME), ("request_id", _REQUEST)):
            if name in shown:
                shown[name] = text
        return shown
    if isinstance(value, list):
        return [_plain(item, folder) for item in value[:MOST]]
    if isinstance(value, str):
        return value.replace(str(folder / "data"), _FOLDER)
    return value


def text() -> str:
    """Return the file."""
    return json.dumps(examples(), indent=1, sort_keys=True) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
