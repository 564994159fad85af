"""Generated requests from the committed document: no 5xx, nothing undocumented.

50 are made for each operation, always the same.  ``FUZZ_EXAMPLES`` asks for so many
in all, random ones, so that every run of ``make fuzz`` looks somewhere else.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, settings
from schemathesis.specs.openapi.checks import (
    negative_data_rejection,
    positive_data_acceptance,
)

from orchestrator.bootstrap import build_services
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

ASKED = int(os.environ.get("FUZZ_EXAMPLES", "0"))
# Operations that take something: the others have but one request each.
OPERATIONS = 10
EXAMPLES = max(50, -(-ASKED // OPERATIONS))
DOCUMENT = Path(__file__).parents[2] / "openapi.json"


class NoPrices(BaseHTTPRequestHandler):
    """A data service that is well and has no prices of any symbol."""

    def do_GET(self) -> None:
        body = b'{"detail": "no prices"}'
        self.send_response(404)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def data_service() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), NoPrices)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory, data_service: str) -> Flask:
    file = tmp_path_factory.mktemp("fuzz") / "ledger.sqlite3"
    options = Settings(
        database_url=f"sqlite:///{file}",
        data_service_url=data_service,
        uploads=True,
        data_dir=tmp_path_factory.mktemp("data"),
    )
    upgrade(options.database_url)
    return create_app(build_services(options), options)


schema = schemathesis.openapi.from_path(DOCUMENT)
# Rules across fields, such as fast < slow, have no words in JSON Schema: a body that
# fits the document may still be a 422, which is documented.
EXCLUDED = [positive_data_acceptance]


@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=ASKED == 0,
    deadline=None,
    database=None,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_documented(case: Any, app: Flask) -> None:
    response = case.call(app=app, base_url="http://localhost")

    excluded = list(EXCLUDED)
    if case.path == "/gate/batch":  # a request that breaks a rule is a problem inside
        excluded.append(negative_data_rejection)
    case.validate_response(response, excluded_checks=excluded)
