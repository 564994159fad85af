"""From checked fields to the frozen `BacktestSpec`, with the rules across fields."""

from __future__ import annotations

from typing import Any

import marshmallow as ma

from backtesting.terms import Costs, Exits, Sizing, SizingRule
from orchestrator.spec import BacktestSpec, BarQuery, DataSource

_OF_FILES = ("columns", "timezone", "date_format")
_QUERY = (
    "csv_path",
    "period",
    "start",
    "end",
    "bars",
    "adjust",
    "on_bad_data",
    "calendar",
    "bar_label",
    "max_age_days",
    *_OF_FILES,
)
_SPEC = (
    "initial_cash",
    "strategy_type",
    "strategy_params",
    "fill",
    "direction",
    "periods_per_year",
    "risk_free_rate",
    "advisors",
    "validators",
    "observers",
    "gate",
    "max_points",
)


def check(data: dict[str, Any]) -> None:
    """Refuse fields that contradict one another.

    Raises
    ------
    ValidationError
        Naming the field that should change.
    """
    source = data["data_source"]
    if data["csv_path"] is not None and source != DataSource.CSV:
        raise ma.ValidationError("goes with data_source csv only", "csv_path")
    for name in _OF_FILES:
        if data.get(name) is not None and source != DataSource.CSV:
            raise ma.ValidationError("goes with data_source csv only", name)
    bars = data.get("bars")
    if bars is None and source == DataSource.INLINE:
        raise ma.ValidationError("is required with data_source inline", "bars")
    if bars is not None and source != DataSource.INLINE:
        raise ma.ValidationError("goes with data_source inline only", "bars")
    _check_window(data)
    sizing, exits = data.get("sizing"), data.get("exits")
    if (
        sizing is not None
        and sizing.rule is SizingRule.RISK_PER_TRADE
        and (exits is None or exits.stop_loss_pct is exits.trailing_stop_pct is None)
    ):
        detail = "or trailing_stop_pct is required with sizing rule risk_per_trade"
        raise ma.ValidationError({"stop_loss_pct": [detail]}, "exits")


def _check_window(data: dict[str, Any]) -> None:
    start, end = data["start"], data["end"]
    if start is not None and data["period"] is not None:
        raise ma.ValidationError("cannot be combined with start", "period")
    if start is not None and end is not None and start >= end:
        raise ma.ValidationError("must be before end", "start")


def spec_of(data: dict[str, Any]) -> BacktestSpec:
    """Return the spec of fields that were checked."""
    query = BarQuery(
        symbol=data["symbol"].upper(),
        source=data["data_source"],
        **{name: data[name] for name in _QUERY if name in data},
    )
    sizing = data.get("sizing") or Sizing()
    benchmark = data.get("benchmark")
    return BacktestSpec(
        query=query,
        costs=data.get("costs") or Costs(),
        exits=data.get("exits") or Exits(),
        sizing=Sizing(
            rule=sizing.rule,
            quantity=data["quantity"],
            percent=sizing.percent,
            volatility_pct=sizing.volatility_pct,
            volatility_bars=sizing.volatility_bars,
            lot_size=sizing.lot_size,
        ),
        benchmark=None if benchmark is None else benchmark.upper(),
        include=frozenset(data["include"]),
        **{name: data[name] for name in _SPEC if name in data},
    )
