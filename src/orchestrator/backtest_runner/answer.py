"""A run written down: the JSON-ready answer of ``/backtest``."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sized
from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING, cast

from orchestrator.backtest_runner.downsample import largest_triangle
from orchestrator.backtest_runner.trades import (
    equity_curve,
    orders_list,
    rejections_list,
    trades_list,
)
from orchestrator.spec import (
    AnswerWarning,
    Assumptions,
    Include,
    LoadedBars,
    Quality,
    StrategyParams,
    Window,
)

if TYPE_CHECKING:
    from backtesting.kernel import Simulation
    from orchestrator.backtest_runner.result import RunResult

Json = dict[str, object]
REJECTIONS_SHOWN = 10


def answer_of(result: RunResult) -> Json:
    """Return the answer; long series in it are numpy arrays, one a column."""
    simulation = result.simulation
    answer: Json = {
        "status": "ok",
        "run_id": result.run_id,
        "symbol": result.spec.query.symbol,
        "strategy_type": result.spec.strategy_type,
        "num_trades": simulation.counts.filled,
        "metrics": dict(result.measured.values),
        "undefined_metrics": _undefined(result),
        "benchmark": dict(result.benchmark.values),
        "assumptions": _assumptions(result),
        "data": _data(result.loaded),
        "orders": _orders(result),
        "warnings": [warning_json(warning) for warning in result.warnings],
    }
    if result.decision.signal_counts is not None:
        answer["signals"] = result.decision.signal_counts.to_json()
    if result.decision.event_study is not None:
        answer["event_study"] = result.decision.event_study.to_json(
            result.assumptions.fill
        )
    if result.hooks is not None:
        answer["hooks"] = {kind: list(done) for kind, done in result.hooks.items()}
    return answer | _included(result, simulation)


def warning_json(warning: AnswerWarning) -> Json:
    """Return one entry of ``warnings``."""
    return {"code": warning.code, "detail": warning.detail}


def instant(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC."""
    return moment.isoformat().replace("+00:00", "Z")


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


def flat(value: object) -> Json:
    """Return the fields of a frozen value of plain ones."""
    return {
        name: getattr(value, name) for name in _names(cast("Hashable", type(value)))
    }


def params_json(params: StrategyParams) -> Json:
    """Return a strategy's parameters, long arrays by their length."""
    return {name: _short(value) for name, value in flat(params).items()}


def _short(value: object) -> object:
    if isinstance(value, str) or not isinstance(value, Sized):
        return value
    return {"length": len(value)}


def _undefined(result: RunResult) -> Json:
    of_benchmark = result.benchmark.undefined.items()
    return {
        **result.measured.undefined,
        **{f"benchmark.{name}": reason for name, reason in of_benchmark},
    }


def _assumptions(result: RunResult) -> Json:
    assumptions: Assumptions = result.assumptions
    return {
        "fill": assumptions.fill.value,
        "initial_cash": assumptions.initial_cash,
        "direction": assumptions.direction.value,
        "costs": flat(assumptions.costs),
        "sizing": flat(assumptions.sizing),
        "exits": flat(assumptions.exits),
        "periods_per_year": assumptions.periods_per_year,
        "risk_free_rate": assumptions.risk_free_rate,
        "strategy_params": params_json(result.spec.strategy_params),
        "same_bar_exits": "stop_first",
        "gaps": "fill_at_open",
        "benchmark": result.spec.benchmark or result.spec.query.symbol,
    }


def _data(loaded: LoadedBars) -> Json:
    origin = loaded.provenance
    data: Json = {
        "source": origin.source,
        "symbol": origin.symbol,
        "bars": origin.bars,
        "first": instant(origin.first),
        "last": instant(origin.last),
        "sha256": origin.sha256,
        "requested": _window(origin.requested),
        "received": _window(origin.received),
    }
    if loaded.quality is not None:
        data["quality"] = _quality(loaded.quality)
    return data


def _window(window: Window) -> Json:
    return {
        "start": None if window.start is None else instant(window.start),
        "end": None if window.end is None else instant(window.end),
        "bars": window.bars,
    }


def _quality(quality: Quality) -> Json:
    return {
        "calendar": quality.calendar,
        "calendar_inferred": quality.calendar_inferred,
        "adjusted": quality.adjusted,
        "dropped_rows": quality.dropped_rows,
        "findings": {
            name: {"count": finding.count, "at": list(finding.at)}
            for name, finding in quality.findings.items()
        },
    }


def _orders(result: RunResult) -> Json:
    counts: Mapping[str, object] = flat(result.simulation.counts)
    symbol = result.spec.query.symbol
    return {
        **counts,
        "rejections": rejections_list(result.simulation, symbol, REJECTIONS_SHOWN),
    }


def _included(result: RunResult, simulation: Simulation) -> Json:
    include, parts = result.spec.include, Json()
    if Include.EQUITY_CURVE in include:
        kept = None
        if result.spec.max_points is not None:
            kept = largest_triangle(simulation.equity, result.spec.max_points)
        parts["equity_curve"] = equity_curve(simulation, kept)
    if Include.TRADES in include:
        parts["trades"] = trades_list(simulation)
    if Include.ORDERS in include:
        parts["order_log"] = orders_list(simulation, result.spec.query.symbol)
    return parts
