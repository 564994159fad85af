"""Answers for a model: one readable line, and the few fields it decides by.

An answer has at most about 2,000 tokens, or 8,000 characters of JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from backtesting.metrics import CATALOGUE
from orchestrator.evidence import FIGURES

Json = dict[str, Any]

LONGEST = 6_000
"""Characters of the JSON of an answer."""
_LONGEST_TEXT = 400
_KEY_METRICS = (
    "total_return_pct",
    "cagr",
    "sharpe_ratio",
    "sortino_ratio",
    "max_drawdown_pct",
    "volatility_pct",
    "exposure_pct",
    "closed_trades",
    "win_rate_pct",
    "profit_factor",
    "total_costs",
    "excess_return_pct",
)
_KEY_FIGURES = (
    "trials",
    "sharpe_ann",
    "sharpe_ci_low_ann",
    "sharpe_ci_high_ann",
    "p_value",
    "p_value_adjusted",
    "expected_max_sharpe_ann",
    "haircut_sharpe_ann",
)
_MEANINGS = {each.name: each.definition for each in CATALOGUE} | {
    f"evidence.{each.name}": each.definition for each in FIGURES
}
_ACT = {
    "pass": "It may be acted on.",
    "fail": "Do not act: a condition is not met.",
    "insufficient_evidence": "Do not act: there is too little evidence to say.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAnswer:
    """A line to read, and the fields behind it."""

    line: str
    fields: Json


def verdict_answer(verdict: Json) -> ModelAnswer:
    """Return a short verdict."""
    return ModelAnswer(line=_verdict_line(verdict), fields=verdict)


def run_answer(answer: Json) -> ModelAnswer:
    """Return what a run came to: key metrics, the benchmark's, and the verdict."""
    metrics, undefined = answer["metrics"], answer["undefined_metrics"]
    fields: Json = {
        "run_id": answer["run_id"],
        "symbol": answer["symbol"],
        "strategy_type": answer["strategy_type"],
        "bars": answer["data"]["bars"],
        "first": answer["data"]["first"],
        "last": answer["data"]["last"],
        "metrics": _chosen(metrics, _KEY_METRICS),
        "undefined_metrics": _chosen(undefined, _KEY_METRICS),
        "benchmark": _chosen(answer["benchmark"], _KEY_METRICS),
        "warnings": [_short(f"{w['code']}: {w['detail']}") for w in answer["warnings"]],
    }
    for name in ("report_url", "refused"):
        if name in answer:
            fields[name] = answer[name]
    if "evidence" in answer:
        fields["evidence"] = _chosen(answer["evidence"], _KEY_FIGURES)
    line = (
        f"{answer['strategy_type']} on {answer['symbol']}, {answer['data']['bars']} "
        f"bars: return {_number(metrics.get('total_return_pct'))} %, Sharpe ratio "
        f"{_number(metrics.get('sharpe_ratio'))}, drawdown "
        f"{_number(metrics.get('max_drawdown_pct'))} %; holding the benchmark returned "
        f"{_number(answer['benchmark'].get('total_return_pct'))} %."
    )
    gate = answer.get("gate")
    if gate is None:
        line += " No verdict: no conditions were given, so do not act on it."
    else:
        fields["verdict"] = gate["verdict"]
        fields["reasons"] = [_short(each) for each in gate["reasons"]]
        line += f" {_verdict_line(gate)}"
    return ModelAnswer(line=line, fields=bounded(fields))


def explanation(answer: Json) -> ModelAnswer:
    """Return why a verdict is what it is: each condition, its meaning, the evidence."""
    gate = answer["gate"]
    conditions = [
        {
            **each,
            "meaning": _short(
                _MEANINGS.get(each["metric"].removeprefix("benchmark."), "")
            ),
        }
        for each in gate["conditions"]
    ]
    evidence = _chosen(answer.get("evidence", {}), _KEY_FIGURES)
    fields: Json = {
        "run_id": answer["run_id"],
        "verdict": gate["verdict"],
        "policy": gate["policy"]["name"],
        "reasons": [_short(each) for each in gate["reasons"]],
        "conditions": conditions,
        "evidence": {
            name: {"value": value, "meaning": _MEANINGS[f"evidence.{name}"]}
            for name, value in evidence.items()
        },
        "warnings": [
            _short(f"{each['code']}: {each['detail']}")
            for each in (*answer["warnings"], *gate.get("warnings", ()))
        ],
    }
    for name in ("recorded_verdict", "report_url"):
        found = gate.get(name, answer.get(name))
        if found is not None:
            fields[name] = found
    return ModelAnswer(line=_verdict_line(gate), fields=bounded(fields))


def check_answer(found: Json) -> ModelAnswer:
    """Return whether a strategy looks ahead."""
    if found["lookahead_found"]:
        line = (
            f"{found['strategy_type']} looks ahead on {found['symbol']}: a decision "
            "changed when later bars did. Do not use it."
        )
    else:
        line = (
            f"no look-ahead was found in {found['strategy_type']} on {found['symbol']} "
            f"at {found['cut_points']} cuts of {found['bars']} bars; that is no proof "
            "that there is none."
        )
    return ModelAnswer(line=line, fields=bounded(found))


def catalogue_answer(kind: str, rows: Sequence[Json], search: str) -> ModelAnswer:
    """Return the entries of a catalogue that hold `search`."""
    wanted = search.lower()
    found = [row for row in rows if wanted in orjson.dumps(row).decode().lower()]
    fields = bounded({"kind": kind, "entries": found})
    shown = len(fields["entries"])
    rest = "" if shown == len(found) else f"; {len(found) - shown} more: search for one"
    return ModelAnswer(line=f"{shown} {kind}{rest}.", fields=fields)


def bounded(fields: Json) -> Json:
    """Return `fields` without the ends of its lists, as short as may be answered."""
    fields = dict(fields)
    while len(orjson.dumps(fields)) > LONGEST:
        lists = [
            name
            for name, value in fields.items()
            if isinstance(value, list | dict) and value
        ]
        longest = max(lists, key=lambda name: len(orjson.dumps(fields[name])))
        value = fields[longest]
        kept = len(value) - max(1, len(value) // 8)
        fields[longest] = (
            value[:kept]
            if isinstance(value, list)
            else dict(list(value.items())[:kept])
        )
        fields["cut"] = sorted({*fields.get("cut", ()), longest})
    return fields


def _verdict_line(verdict: Mapping[str, Any]) -> str:
    outcome = str(verdict["verdict"])
    policy = verdict["policy"]
    why = "; ".join(map(_short, verdict["reasons"][:3]))
    named = outcome.upper().replace("_", " ")
    return (
        f"{named} by policy {policy['name']}, version {policy['version']}: {why}. "
        f"{_ACT[outcome]}"
    )


def _chosen(values: Mapping[str, Any], names: Sequence[str]) -> Json:
    return {name: values[name] for name in names if name in values}


def _number(value: float | None) -> str:
    return "undefined" if value is None else f"{value:.4g}"


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST_TEXT else f"{text[:_LONGEST_TEXT]}..."
