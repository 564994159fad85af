"""The page models that are kept: as text, what is drawn by how long it is.

A pixel may be another where a processor rounds otherwise; no text may.
"""

from __future__ import annotations

import json
import tempfile
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

from orchestrator.bootstrap import build_services
from orchestrator.deadline import Deadline
from orchestrator.ledger.migrate import upgrade
from orchestrator.reports.page import Figure, Shape, Zoom
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

FOLDER = Path(__file__).parent / "kept"
_INDEX = {"symbol": "SP500", "csv_path": "sp500.csv", "end": "2019-01-01"}
_GATE = ["sharpe_ratio > 0.3", "max_drawdown_pct < 40"]
REQUESTS: dict[str, dict[str, Any]] = {
    "judged": {
        **_INDEX,
        "strategy_type": "sma_cross",
        "gate": _GATE,
        "costs": {"commission_bps": 5},
        "include": ["bootstrap"],
    },
    "passed": {
        **_INDEX,
        "strategy_type": "rsi_reversion",
        "strategy_params": {"period": 2, "lower": 15, "upper": 65},
        "sizing": {"rule": "all_in"},
        "gate": _GATE,
    },
    "without a gate": {**_INDEX, "strategy_type": "trend_filter"},
    "signals": {
        **_INDEX,
        "strategy_type": "signals",
        "strategy_params": {
            "signals": {
                "timestamp": ["2001-03-01", "2003-03-03", "2009-03-09"],
                "side": ["buy", "buy", "buy"],
            },
            "hold_bars": 20,
        },
        "gate": {"conditions": ["cagr > 50"], "policy": "strict"},
    },
    "hooks, and nothing to undo them": {
        **_INDEX,
        "start": "2015-01-01",
        "strategy_type": "macd",
        "direction": "both",
        "observers": [{"type": "trade_log"}],
        "validators": [{"type": "max_position", "params": {"quantity": 10}}],
        "gate": ["profit_factor > 1"],
    },
}


def model_of(name: str) -> str:
    """Return the model of a request's page as text."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ledger.sqlite3"
        upgrade(url)
        settings = Settings(database_url=url)
        services = build_services(settings)
        client = create_app(services, settings).test_client()
        answer = client.post("/backtest", json=REQUESTS[name])
        run_id = answer.json["run_id"]
        report = services.reports.run(run_id, deadline=Deadline.after(60.0))
    return json.dumps(_plain(report), indent=1) + "\n"


def _plain(value: Any) -> Any:
    if isinstance(value, Shape):
        return f"{value.style}: {value.path.count('L')} steps"
    if isinstance(value, Zoom):
        return [f"{len(value.times)} times", *(line.name for line in value.lines)]
    if isinstance(value, Figure) and value.name == "recorded":
        return {"name": value.name, "value": "when it was"}
    if is_dataclass(value) and not isinstance(value, type):
        return {
            field.name: _plain(getattr(value, field.name)) for field in fields(value)
        }
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    return value


def file_of(name: str) -> Path:
    """Return where the model of a request's page is kept."""
    return FOLDER / f"{name.replace(' ', '_').replace(',', '')}.json"
