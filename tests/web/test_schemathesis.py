"""Generated requests from the committed document: no 5xx, nothing undocumented.

``FUZZ_EXAMPLES`` sets how many are made for each operation (50); from 1,000 on they
are random, so that every run of ``make fuzz`` looks somewhere else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from schemathesis.checks import CHECKS

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "50"))
DOCUMENT = Path(__file__).parents[2] / "openapi.json"


def _loaded() -> Any:
    options = Settings(ledger=LedgerMode.OFF)
    app = create_app(build_services(options), options)
    return schemathesis.openapi.from_wsgi("/openapi.json", app)


schema = _loaded()
# Rules across fields, such as fast < slow, have no words in JSON Schema: a body that
# fits the document may still be a 422, which is documented.
EXCLUDED = [CHECKS.get_one("positive_data_acceptance")]


@pytest.mark.filterwarnings("default")
@schema.parametrize()
@settings(
    max_examples=EXAMPLES,
    derandomize=EXAMPLES < 1_000,
    deadline=None,
    database=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)
def test_every_answer_is_documented(case: Any) -> None:
    response = case.call()

    case.validate_response(response, excluded_checks=EXCLUDED)
    assert response.status_code < 500 or response.status_code == 503


def test_generates_from_the_committed_document() -> None:
    assert schema.raw_schema["paths"] == orjson.loads(DOCUMENT.read_bytes())["paths"]
