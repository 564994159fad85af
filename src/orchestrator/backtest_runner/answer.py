"""A run written down: the JSON-ready answer of ``/backtest``."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sized
from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, cast

from backtesting import Fill
from orchestrator.backtest_runner.bounds import check_answer
from orchestrator.backtest_runner.downsample import largest_triangle
from orchestrator.backtest_runner.trades import (
    equity_curve,
    orders_list,
    rejections_list,
    trades_list,
)
from orchestrator.schemas.answers import dump
from orchestrator.spec import (
    Assumptions,
    Include,
    LoadedBars,
    StrategyParams,
)

if TYPE_CHECKING:
    from backtesting.kernel import Simulation
    from orchestrator.backtest_runner.result import RunResult

Json = dict[str, object]
REJECTIONS_SHOWN = 10
_WATCHED = {Fill.NEXT_OPEN: "whole_bar", Fill.CLOSE: "from_next_bar"}


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
        "warnings": dump(result.warnings),
    }
    if result.decision.signal_counts is not None:
        answer["signals"] = dump(result.decision.signal_counts)
    if result.decision.event_study is not None:
        answer["event_study"] = dump(
            result.decision.event_study.figures(result.assumptions.fill)
        )
    if result.hooks is not None:
        answer["hooks"] = {kind: list(done) for kind, done in result.hooks.items()}
    return answer | _included(result, simulation)


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
        "entry_bar_exits": _WATCHED[assumptions.fill],
        "same_bar_exits": "stop_first",
        "gaps": "fill_at_open",
        "benchmark": result.spec.benchmark or result.spec.query.symbol,
    }


def _data(loaded: LoadedBars) -> Json:
    data: Json = dump(loaded.provenance)
    if loaded.quality is not None:
        data["quality"] = dump(loaded.quality)
    if loaded.reading is not None:
        data["reading"] = dump(loaded.reading)
    return data


def _orders(result: RunResult) -> Json:
    counts: Mapping[str, object] = flat(result.simulation.counts)
    symbol = result.spec.query.symbol
    return {
        **counts,
        "rejections": rejections_list(result.simulation, symbol, REJECTIONS_SHOWN),
    }


def _lengths(result: RunResult, simulation: Simulation) -> tuple[int, int, int]:
    """Return how many points, trades and orders are asked for."""
    include, counts = result.spec.include, simulation.counts
    points = min(len(simulation.bars), result.spec.max_points or len(simulation.bars))
    lengths = {
        Include.EQUITY_CURVE: points,
        Include.TRADES: simulation.closed_lots.pnl.size,
        Include.ORDERS: counts.filled + counts.rejected + counts.expired,
    }
    curve, trades, orders = (
        length if part in include else 0 for part, length in lengths.items()
    )
    return curve, trades, orders


def _included(result: RunResult, simulation: Simulation) -> Json:
    include, parts = result.spec.include, Json()
    check_answer(*_lengths(result, simulation))
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
