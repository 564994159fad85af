"""HTTP and `run_backtest_from_request` read, run and judge one request alike.

The probes are made from the schemas: every field of the request, every strategy's and
every hook's parameters, below, at and above their bounds, of wrong types and null; and
by hand: gates, parts to include, bars in the body, eight spellings of a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from flask.testing import FlaskClient

from orchestrator.backtest_runner import run_backtest_from_request
from orchestrator.bootstrap import build_services
from orchestrator.errors import OrchestratorError
from orchestrator.hooks.base import HookKind
from orchestrator.hooks.registry import hooks_of
from orchestrator.schemas.backtest.request import request_schema
from orchestrator.schemas.backtest.terms import CostsSchema, ExitsSchema, SizingSchema
from orchestrator.settings import LedgerMode, Settings
from orchestrator.strategies.registry import STRATEGIES
from orchestrator.web.app import create_app

Json = dict[str, Any]

WRONG: tuple[Any, ...] = (None, True, "5", "", [], {}, 1.5, -1, 1e300, [1], {"a": 1})
TIMES = (
    "2015-01-02",
    "2015-01-02T14:30:00Z",
    "2015-01-02T14:30:00",
    "2015-01-02 14:30:00",
    "2015-01-02T14:30:00+02:00",
    "2015-01-02T14:30:00.123456789Z",
    "2015-01-02T14:30Z",
    "20150102",
)
SIGNALS = {"timestamp": ["2015-01-05", "2015-03-05"], "side": ["buy", "sell"]}
NEEDED: Mapping[str, Json] = {
    "signals": {"signals": SIGNALS},
    "rules": {"entry": "close > sma(close, 10)"},
}
BARS = {
    "timestamp": ["2024-01-02", "2024-01-03", "2024-01-04"],
    "open": [10.0, 11.0, 12.0],
    "high": [11.0, 12.0, 13.0],
    "low": [9.0, 10.0, 11.0],
    "close": [10.5, 11.5, 12.5],
}
GATES: tuple[Any, ...] = (
    ["sharpe_ratio > 99"],
    ["cagr > -90", "max_drawdown_pct < 99"],
    ["nonsense > 1"],
    ["max_drawdown_pct > -1"],
    {"conditions": ["cagr > 0"], "policy": "strict", "trials": 7},
    {"conditions": ["cagr > 0"], "policy": "none"},
    {"conditions": ["cagr > 0"], "trials": 0},
    {"conditions": ["evidence.p_value <= 0.05"], "policy": "literal"},
    {"conditions": []},
    {"sharpe_ratio": 0.5},
    "cagr > 0",
)
INCLUDES: tuple[Any, ...] = (
    ["evidence"],
    ["trades", "orders", "equity_curve"],
    ["bootstrap"],
    ["nothing"],
    "trades",
)


def around(declared: Mapping[str, Any]) -> Iterator[Any]:
    """Yield values below, at and above the bounds of a JSON Schema."""
    step = 1 if declared.get("type") == "integer" else 1e-3
    for bound in ("minimum", "exclusiveMinimum", "maximum"):
        if bound in declared:
            value = declared[bound]
            yield from (value - step, value, value + step, -value)
    for name in ("enum", "examples"):
        yield from declared.get(name, ())
    if "maxLength" in declared:
        yield from ("a" * declared["maxLength"], "a" * (declared["maxLength"] + 1))


def probes() -> Iterator[tuple[str, Json]]:
    """Yield a name and a request for every probe."""
    base: Json = {"csv_path": "sp500.csv", "start": "2014-06-01", "quantity": 1}
    fields = request_schema(STRATEGIES).branches["buy_and_hold"].fields
    for name, field in fields.items():
        declared = getattr(field, "declared", {})
        members = list(getattr(field, "members", ()))
        for value in (*around(declared), *members, *WRONG):
            yield f"{name}={value!r:.40}", {**base, name: value}
    for name, schema in (
        ("costs", CostsSchema()),
        ("sizing", SizingSchema()),
        ("exits", ExitsSchema()),
    ):
        for inner, field in schema.fields.items():
            values = (*around(field.declared), *getattr(field, "members", ()), *WRONG)
            for value in values:
                yield f"{name}.{inner}={value!r:.40}", {**base, name: {inner: value}}
    yield from of_parameters(base)
    for name in ("start", "end"):
        for text in TIMES:
            yield f"{name}={text}", {**base, name: text}
    for text in TIMES:
        signals = {"timestamp": [text], "side": ["buy"]}
        params = {"signals": signals}
        yield (
            f"signal at {text}",
            {**base, "strategy_type": "signals", "strategy_params": params},
        )
        bars = {**BARS, "timestamp": [text, "2024-01-03", "2024-01-04"]}
        yield f"bar at {text}", {"data_source": "inline", "bars": bars}
    for gate in GATES:
        yield f"gate={gate!r:.60}", {**base, "gate": gate}
    for include in INCLUDES:
        yield f"include={include!r}", {**base, "include": include}
    yield "inline bars", {"data_source": "inline", "bars": BARS, "gate": GATES[0]}
    yield "inline without bars", {"data_source": "inline"}
    yield "bars beside csv", {**base, "bars": BARS}
    yield "a benchmark", {**base, "benchmark": "SP500"}
    yield "an unknown field", {**base, "leverage": 2}


def of_parameters(base: Json) -> Iterator[tuple[str, Json]]:
    """Yield probes of every strategy's and every hook's parameters."""
    for name, definition in STRATEGIES.items():
        needed = NEEDED.get(name, {})
        request = {**base, "strategy_type": name}
        yield f"{name} as it is", {**request, "strategy_params": needed}
        for inner, declared in definition.schema()["properties"].items():
            for value in (*around(declared), *WRONG):
                params = {**needed, inner: value}
                yield (
                    f"{name}.{inner}={value!r:.40}",
                    {**request, "strategy_params": params},
                )
    for kind in HookKind:
        for name, hook in hooks_of(kind).items():
            yield f"{name} bare", {**base, kind.value: [{"type": name}]}
            for inner, declared in hook.schema()["properties"].items():
                for value in (*around(declared), None, "x", -1, 1.5):
                    entry = {"type": name, "params": {inner: value}}
                    yield f"{name}.{inner}={value!r:.40}", {**base, kind.value: [entry]}


PROBES = list(probes())


@pytest.fixture(scope="module")
def settings() -> Settings:
    return Settings(ledger=LedgerMode.OFF)


@pytest.fixture(scope="module")
def client(settings: Settings) -> FlaskClient:
    return create_app(build_services(settings), settings).test_client()


def over_http(client: FlaskClient, body: Json) -> Json:
    answer = client.post("/backtest", json=body)
    document = answer.get_json()
    if answer.status_code == 200:
        return outcome(document)
    pointers = {error["pointer"] for error in document.get("errors", ())}
    return {"code": document["code"], "pointers": pointers}


def in_process(settings: Settings, body: Json) -> Json:
    try:
        return outcome(run_backtest_from_request(settings=settings, **body))
    except OrchestratorError as error:
        # A problem shows the first fifty.
        pointers = {place.pointer for place in error.places[:50]}
        return {"code": error.code, "pointers": pointers}


def outcome(document: Json) -> Json:
    names = ("metrics", "undefined_metrics", "gate", "evidence", "warnings", "hooks")
    return {name: document[name] for name in names if name in document}


def test_there_are_eight_hundred() -> None:
    assert len(PROBES) >= 800


@pytest.mark.parametrize(
    "body", [body for _, body in PROBES], ids=[name for name, _ in PROBES]
)
def test_agree(client: FlaskClient, settings: Settings, body: Json) -> None:
    assert in_process(settings, body) == over_http(client, body)


def test_some_are_run_and_some_are_refused(
    client: FlaskClient, settings: Settings
) -> None:
    answers = [over_http(client, body) for _, body in PROBES[::5]]
    refused = sum("code" in answer for answer in answers)

    assert 0.2 * len(answers) < refused < 0.8 * len(answers)
