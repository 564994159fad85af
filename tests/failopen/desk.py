"""A service with an edge in its data, and every door to its gate.

The edge is put there: signals stand before weeks that rose, so that a request that
passes is one change away from each that must not.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pandas as pd
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

Json = dict[str, Any]
CONDITIONS = ["sharpe_ratio > 0.5", "max_drawdown_pct < 30"]
BARS = 1600
POLICIES = ("literal", "standard", "strict")


def yesterday() -> pd.Timestamp:
    return pd.Timestamp.now("UTC").tz_localize(None).normalize() - pd.Timedelta(days=1)


def edge(bars: int = BARS, *, end: pd.Timestamp | None = None) -> pd.DataFrame:
    """Return daily bars that walk; `EDGE_SIGNALS` of them know the week to come."""
    days = pd.bdate_range(end=end or yesterday(), periods=bars)
    closes = 100 * np.exp(np.cumsum(np.random.default_rng(5).normal(0, 0.01, bars)))
    opens = np.r_[closes[0], closes[:-1]]
    return pd.DataFrame(
        {
            "timestamp": days.strftime("%Y-%m-%d"),
            "open": opens,
            "high": np.maximum(opens, closes) * 1.001,
            "low": np.minimum(opens, closes) * 0.999,
            "close": closes,
            "volume": 1e6,
        }
    )


def signals_on(frame: pd.DataFrame) -> list[Json]:
    """Return signals before weeks that rose, and a few before ones that fell."""
    closes, draw = frame["close"].to_numpy(), np.random.default_rng(6)
    found = []
    for row in range(5, len(frame) - 12, 8):
        rose = closes[row + 6] > closes[row]
        if draw.random() < (0.95 if rose else 0.08):
            found.append({"timestamp": frame["timestamp"][row], "side": "buy"})
    return found


def asked(frame: pd.DataFrame | None = None, **changed: Any) -> Json:
    """Return the request that passes, with something changed."""
    frame = edge() if frame is None else frame
    request: Json = {
        "symbol": "EDGE",
        "strategy_type": "signals",
        "strategy_params": {"signals": signals_on(frame), "hold_bars": 5},
        "sizing": {"rule": "percent_of_equity", "percent": 95},
        "gate": {"conditions": CONDITIONS},
    }
    return {name: value for name, value in (request | changed).items() if value}


def inline(frame: pd.DataFrame) -> Json:
    return {name: frame[name].tolist() for name in frame}


@dataclass(frozen=True)
class Desk:
    """A running service and its folder."""

    folder: Path
    client: FlaskClient

    def put(self, frame: pd.DataFrame, name: str = "EDGE.csv") -> None:
        frame.to_csv(self.folder / name, index=False)

    def judge(self, request: Mapping[str, Any], agent: str = "a") -> Json:
        """Return the verdict of ``POST /gate``, or the problem."""
        response = self.client.post(
            "/gate", json=request, headers={"X-Agent-Id": agent}
        )
        answer: Json = response.json or {}
        return answer


def desk_at(folder: Path, **settings: Any) -> Desk:
    """Return a service over `folder`, whose ledger is beside it."""
    url = f"sqlite:///{folder.parent / 'ledger.sqlite3'}"
    upgrade(url)
    chosen = Settings(data_dir=folder, database_url=url, **settings)
    return Desk(folder, create_app(build_services(chosen), chosen).test_client())


def under_floor(folder: Path, policies: str, **settings: Any) -> Desk:
    """Return the service under policies of its operator."""
    path = folder.parent / "policies.toml"
    path.write_text(policies, encoding="utf-8")
    return desk_at(folder, policies=path, **settings)


Door = Callable[[FlaskClient, Json], Json]
"""Takes a request with a gate, gives a verdict or a problem."""


def by_gate(client: FlaskClient, request: Json) -> Json:
    return dict(client.post("/gate", json=request).json or {})


def by_backtest(client: FlaskClient, request: Json) -> Json:
    answer = dict(client.post("/backtest", json=request).json or {})
    return dict(answer.get("gate", answer))


def by_batch(client: FlaskClient, request: Json) -> Json:
    sent = {"requests": [request]}
    answer = dict(client.post("/gate/batch", json=sent).json or {})
    (result,) = answer.get("results", [answer])
    return dict(result.get("verdict") or result.get("problem") or result)


def by_query(client: FlaskClient, request: Json) -> Json:
    """Send what a query can hold: flat fields and the conditions."""
    names = ("symbol", "csv_path", "start", "end", "quantity")
    flat = {name: request[name] for name in names if name in request}
    query = urlencode(flat | {"gate": request["gate"]["conditions"]}, doseq=True)
    answer = dict(client.get(f"/backtest?{query}").json or {})
    return dict(answer.get("gate", answer))


BODIES: Mapping[str, Door] = {
    "POST /gate": by_gate,
    "POST /backtest": by_backtest,
    "POST /gate/batch": by_batch,
}
DOORS = {**BODIES, "GET /backtest": by_query}


def reasons(verdict: Json) -> str:
    return json.dumps(verdict.get("reasons", verdict.get("detail")))
