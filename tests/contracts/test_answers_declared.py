"""What leaves is what OpenAPI declares: no field more, and no field less.

A corpus of requests goes to every route.  Each answer must be valid under the schema
its route declares, hold no field that is not declared, and every declared field must
leave at least once.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from copy import copy
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
import pytest
from flask import Response
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator

from backtesting.bars import Bars
from orchestrator.bootstrap import build_services
from orchestrator.hooks.base import HookKind
from orchestrator.hooks.registry import hooks_of
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import Settings, shipped_data_dir
from orchestrator.strategies import registry
from orchestrator.strategies.base import Decision
from orchestrator.web.app import create_app
from orchestrator.web.backtest.examples import EXAMPLES, GATE_EXAMPLES
from tests.answers.golden.requests import golden_requests

Json = dict[str, Any]
Field = tuple[str, str]
"""The place a field is declared at, and its name."""

CSV = b"Date,Open,High,Low,Close,Volume\n2020-01-02,1,2,1,2,5\n2020-01-03,2,3,2,3,5\n"
MORE = CSV + b"2020-01-06,3,4,3,4,5\n"
TWO = "Zeit;Symbol;Open;High;Low;Close\n" + "".join(
    f"2020-01-0{day} 15:00;{name};1.000,5;1.001,5;1.000,25;1.001\n"
    for name in ("ONE", "TWO")
    for day in (2, 3)
)
EVERYTHING = ["equity_curve", "trades", "orders", "evidence", "bootstrap"]
INDEX: Json = {"csv_path": "sp500.csv", "symbol": "SPX", "quantity": 10}
CROSS: Json = {**INDEX, "strategy_type": "sma_cross"}
GATES: tuple[Any, ...] = (
    ["sharpe_ratio > 0.1", "evidence.timing.p_value < 0.5"],
    ["max_drawdown_pct < 20", "evidence.bootstrap.p_drawdown_over_limit < 0.5"],
    {"conditions": ["max_drawdown_pct < 99"], "policy": "literal", "trials": 3},
    {"conditions": [f"calmar_ratio > {n}" for n in range(20)], "policy": "strict"},
)


def peek(bars: Bars, *_: Any) -> Decision:
    """Hold where the next close is higher."""
    rises = np.append(np.diff(bars.close) > 0.0, [False])
    return Decision(target_positions=rises.astype(np.float64))


class Declared:
    """The answers that a document declares."""

    def __init__(self, document: Json) -> None:
        self._document = document
        self.seen: set[Field] = set()
        self.undeclared: set[str] = set()

    def schema(self, path: str, method: str, response: Response) -> Json:
        """Return the schema of an answer."""
        operation = self._document["paths"][path][method.lower()]
        declared = self.resolved(operation["responses"][str(response.status_code)])
        schema: Json = declared["content"][response.mimetype]["schema"]
        return schema

    def errors(self, document: Json, schema: Json) -> list[str]:
        """Return how a document breaks its schema."""
        rooted = {**schema, "components": self._document["components"]}
        found = Draft202012Validator(rooted).iter_errors(document)
        return [f"{error.json_path}: {error.message}" for error in found]

    def walk(self, value: Any, schema: Json, place: str, at: str) -> None:
        """Tick off the fields of a value; `place` is where `schema` is declared."""
        if "$ref" in schema:
            place = schema["$ref"].rsplit("/", 1)[-1]
            schema = self.resolved(schema)
        if isinstance(value, list):
            for item in value:
                self.walk(item, schema.get("items", {}), place, at)
        elif isinstance(value, Mapping):
            self._walk_object(value, schema, place, at)

    def _walk_object(
        self, value: Mapping[str, Any], schema: Json, place: str, at: str
    ) -> None:
        properties = schema.get("properties", {})
        others = schema.get("additionalProperties", False)
        for name, inner in value.items():
            if name in properties:
                self.seen.add((place, name))
                self.walk(inner, properties[name], f"{place}.{name}", f"{at}/{name}")
            elif isinstance(others, Mapping):
                self.walk(inner, dict(others), f"{place}.*", f"{at}/*")
            elif not others:
                self.undeclared.add(f"{at}/{name}")

    def fields(self, schema: Json, place: str) -> Iterator[Field]:
        """Yield every field declared at `place` and below it."""
        if "$ref" in schema:
            place = schema["$ref"].rsplit("/", 1)[-1]
            schema = self.resolved(schema)
        for name, inner in schema.get("properties", {}).items():
            yield place, name
            yield from self.fields(inner, f"{place}.{name}")
        for name in ("items", "additionalProperties"):
            if isinstance(schema.get(name), Mapping):
                yield from self.fields(schema[name], place)

    def all_fields(self) -> set[Field]:
        """Return the fields of every answer of every route."""
        return {
            field
            for path in self._document["paths"].values()
            for method, operation in path.items()
            if method != "parameters"
            for response in operation["responses"].values()
            for content in self.resolved(response).get("content", {}).values()
            for field in self.fields(content["schema"], "")
        }

    def resolved(self, schema: Json) -> Json:
        """Return what a reference refers to."""
        found: Any = schema
        if "$ref" in schema:
            found = self._document
            for step in schema["$ref"].split("/")[1:]:
                found = found[step]
        return dict(found)


class Traffic:
    """Requests to an application, whose answers are held against what is declared."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client
        self.declared = Declared(client.get("/openapi.json").json)
        self.wrong: list[str] = []

    def through(self, client: FlaskClient) -> Traffic:
        """Return the same record of answers, of another application."""
        other = copy(self)
        other._client = client
        return other

    def send(self, method: str, path: str, route: str = "", **sent: Any) -> Any:
        """Return the answer's document."""
        response = self._client.open(path, method=method, **sent)
        route = route or path.partition("?")[0]
        schema = self.declared.schema(route, method, response)
        document = response.json
        self.declared.walk(document, schema, "", f"{method} {route}")
        self.wrong += [
            f"{method} {path} {sent.get('json')}: {error}"
            for error in self.declared.errors(document, schema)
        ]
        return document


def backtests() -> Iterator[Json]:
    """Yield requests of backtests."""
    for _, request in golden_requests():
        yield {**request, "include": EVERYTHING, "max_points": 50}
    for kind in HookKind:
        for name in hooks_of(kind):
            yield {**CROSS, kind.value: [{"type": name}]}
    for gate in GATES:
        yield {**CROSS, "gate": gate}
    for example in (EXAMPLES | GATE_EXAMPLES).values():
        yield example["value"]
    yield {"symbol": "SPY", "gate": ["profit_factor > 0"]}
    yield {**CROSS, "fast": 5}
    yield {"csv_path": "nowhere.csv"}
    zone = {"columns": {"timestamp": "Zeit"}, "timezone": "Europe/Berlin"}
    yield {"symbol": "TWO", **zone}


@pytest.fixture(scope="module")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traffic]:
    folder = tmp_path_factory.mktemp("answers")
    for name in ("sample_ohlcv.csv", "sp500.csv"):
        shutil.copy(shipped_data_dir() / name, folder / name)
    (folder / "TWO.csv").write_text(TWO, encoding="utf-8")
    (folder / "BROKEN.csv").write_text("Date,Close\nsoon,much\n", encoding="utf-8")
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'ledger.sqlite3'}",
        uploads=True,
    )
    upgrade(settings.database_url)
    held = registry.STRATEGIES["buy_and_hold"]
    peeking = replace(held, name="peeking", decide=peek)
    with pytest.MonkeyPatch.context() as patch:
        known = MappingProxyType({**registry.STRATEGIES, "peeking": peeking})
        patch.setattr("orchestrator.web.app.STRATEGIES", known)
        patch.setattr(registry, "STRATEGIES", known)
        app = create_app(build_services(settings), settings)
        sent = Traffic(app.test_client())
        fill(sent, folder)
        yield sent


def fill(sent: Traffic, folder: Path) -> None:
    """Send the corpus."""
    for route in ("/health", "/health/ready", "/strategies", "/metrics-catalogue"):
        sent.send("GET", route)
    sent.send("GET", "/policies")
    for request in backtests():
        sent.send("POST", "/backtest", json=request)
    sent.send("GET", "/backtest?symbol=SP500")
    for gate in GATES:
        sent.send("POST", "/gate", json={**CROSS, "gate": gate})
    batch = {"requests": [{**CROSS, "gate": GATES[0]}, {"symbol": "SPY"}]}
    sent.send("POST", "/gate/batch", json=batch)
    for strategy in ("sma_cross", "peeking"):
        request = {**INDEX, "strategy_type": strategy}
        sent.send("POST", "/strategies/validate", json=request)
    upload(sent, CSV)
    own = sent.send("POST", "/backtest", json={"symbol": "MINE"})
    upload(sent, MORE)
    verify = {"path": f"/runs/{own['run_id']}/verify", "route": "/runs/{run_id}/verify"}
    assert sent.send("GET", **verify)["outcome"] == "data_changed"
    sent.send("GET", f"/runs/{own['run_id']}", "/runs/{run_id}")
    sent.send("GET", "/runs/none", "/runs/{run_id}")
    sent.send("GET", "/runs?limit=5")
    sent.send("GET", "/data")
    sent.send("GET", "/data/MINE", "/data/{symbol}")
    sent.send("GET", "/data/BROKEN", "/data/{symbol}")
    query = "timezone=Europe/Berlin&columns=timestamp:Zeit"
    sent.send("GET", f"/data/TWO?{query}", "/data/{symbol}")
    judged = {**CROSS, "gate": {"conditions": ["cagr > -99"], "policy": "literal"}}
    run_id = sent.send("POST", "/backtest", json=judged)["run_id"]
    floored = sent.through(strict_application(folder))
    seen = floored.send("GET", f"/runs/{run_id}", "/runs/{run_id}")
    assert next(iter(seen)) == "refused"
    assert seen["gate"]["verdict"] == "insufficient_evidence"
    assert seen["gate"]["recorded_verdict"] == "pass"
    (folder / "ledger.sqlite3").unlink()
    shutil.rmtree(folder)
    sent.send("GET", "/health/ready")


def strict_application(folder: Path) -> FlaskClient:
    """Return the same service after its operator has set a floor."""
    (folder / "policies.toml").write_text('floor = "strict"\n', encoding="utf-8")
    settings = Settings(
        data_dir=folder,
        database_url=f"sqlite:///{folder / 'ledger.sqlite3'}",
        policies=folder / "policies.toml",
    )
    return create_app(build_services(settings), settings).test_client()


def upload(sent: Traffic, body: bytes) -> None:
    path = "/data/csv?symbol=MINE&replace=true"
    sent.send("POST", path, data=body, content_type="text/csv")


class TestAnswers:
    def test_keep_to_their_schemas(self, traffic: Traffic) -> None:
        assert traffic.wrong == []

    def test_hold_no_field_that_is_not_declared(self, traffic: Traffic) -> None:
        assert sorted(traffic.declared.undeclared) == []

    def test_hold_every_declared_field_at_least_once(self, traffic: Traffic) -> None:
        never = traffic.declared.all_fields() - traffic.declared.seen

        assert sorted(never) == []
