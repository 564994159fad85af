"""Example bodies, shown by Swagger UI and sent by the tests."""

from __future__ import annotations

from typing import Any

EXAMPLES: dict[str, Any] = {
    "buy_and_hold": {
        "summary": "Buy and hold the shipped sample",
        "value": {"symbol": "SPY", "strategy_type": "buy_and_hold", "quantity": 50},
    },
}
