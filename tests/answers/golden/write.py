"""Write golden.json anew: ``python -m tests.answers.golden.write``.

Do so only after a change that is meant to change results, and say which in the
changelog.
"""

from __future__ import annotations

import json
from pathlib import Path

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app
from tests.answers.golden.requests import SERIES, golden_requests, result_hash

HASHES = Path(__file__).with_name("golden.json")


def main() -> None:
    """Run all requests in this process and write their hashes."""
    settings = Settings(ledger=LedgerMode.OFF)
    client = create_app(build_services(settings), settings).test_client()
    hashes = {}
    for name, request in golden_requests():
        response = client.post("/backtest", json=request | SERIES)
        if response.status_code != 200:
            raise SystemExit(f"{name}: {response.get_data(as_text=True)}")
        hashes[name] = result_hash(response.json or {})
    HASHES.write_text(json.dumps(hashes, indent=1) + "\n")


if __name__ == "__main__":
    main()
