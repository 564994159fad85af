"""From flat arguments of a tool to the body of a request, and to catalogues."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from backtesting.metrics import CATALOGUE
from orchestrator.clients.client import Client
from orchestrator.errors import InvalidRequestError
from orchestrator.evidence import FIGURES

Json = dict[str, Any]
_SAME = ("symbol", "start", "end", "data_source")
Catalogue = Literal["strategies", "metrics", "evidence", "policies", "data"]


def body_of(given: Mapping[str, Any]) -> Json:
    """Return the body that asks for what a tool was given; the service checks it.

    Parameters
    ----------
    given : mapping
        Arguments of a tool by their names; None is none.

    Raises
    ------
    InvalidRequestError
        If signals go with another strategy, or one of them is no time and side.
    """
    said = {name: value for name, value in given.items() if value is not None}
    body: Json = {name: said[name] for name in _SAME if name in said}
    body["strategy_type"] = said["strategy"]
    if "commission_bps" in said:
        body["costs"] = {"commission_bps": said["commission_bps"]}
    params = {**said.get("params", {}), **_signals(said)}
    if params:
        body["strategy_params"] = params
    if "conditions" in said:
        gate = {name: said[name] for name in ("conditions", "policy") if name in said}
        body["gate"] = gate
    return body


def _signals(said: Json) -> Json:
    found: Json = {}
    if "signals" in said:
        if said["strategy"] != "signals":
            raise InvalidRequestError.at(
                "/signals",
                f"go with the strategy signals, not with {said['strategy'][:40]!r}: "
                "leave one of the two out",
                subject="signals",
            )
        found["signals"] = [
            _signal(text, at) for at, text in enumerate(said["signals"])
        ]
    if "hold_bars" in said:
        found["hold_bars"] = said["hold_bars"]
    return found


def _signal(text: str, at: int) -> Json:
    moment, space, side = text.strip().rpartition(" ")
    if not space or side.lower() not in {"buy", "sell"}:
        raise InvalidRequestError.at(
            f"/signals/{at}",
            f"{text[:60]!r} is not a time and a side: write it as '2024-03-01 buy'",
        )
    return {"timestamp": moment.strip(), "side": side.lower()}


def entries_of(kind: Catalogue, client: Client) -> list[Json]:
    """Return the entries of a catalogue, each as short as says what it is."""
    if kind == "metrics":
        return [
            {"name": one.name, "unit": one.unit, "better": str(one.direction)}
            for one in CATALOGUE
        ]
    if kind == "evidence":
        return [{"name": f"evidence.{one.name}", "unit": one.unit} for one in FIGURES]
    if kind == "strategies":
        return [
            {
                "name": one["name"],
                "parameters": list(one["parameters"].get("properties", {})),
                "description": one["description"],
            }
            for one in client.strategies()["strategies"]
        ]
    if kind == "policies":
        found = client.policies()
        return [
            {
                "name": one["name"],
                "default": one["name"] == found["default"],
                "allowed": one["allowed"],
                "description": one["description"],
            }
            for one in found["policies"]
        ]
    return [
        {name: value for name, value in entry.items() if value is not None}
        for entry in client.data()["entries"]
    ]
