"""The answer of ``/backtest``, for the documentation: it leaves already encoded."""

from __future__ import annotations

from typing import Any

from backtesting.metrics import CATALOGUE, CURVE_METRICS, MetricDefinition
from backtesting.terms import Direction, Fill
from orchestrator.schemas.answers import AnswerSchema, answer_schema
from orchestrator.schemas.backtest.terms import CostsSchema, ExitsSchema, SizingSchema
from orchestrator.schemas.fields import Choice
from orchestrator.spec import FileReading, Provenance, Quality
from orchestrator.strategies.signals.counts import SignalCounts
from orchestrator.strategies.signals.event_study import EventStudyFigures
from orchestrator.web.answers import (
    count,
    many,
    mapping,
    number,
    one,
    text,
)
from orchestrator.web.backtest.trades import (
    EquityCurveSchema,
    OrderSchema,
    OrdersSchema,
    TradeSchema,
)
from orchestrator.web.backtest.verdicts import (
    EvidenceSchema,
    VerdictSchema,
    WarningSchema,
)

REPORT = (
    "Where the run's report is, a page for people. Absent where the ledger keeps no "
    "such run"
)
ALWAYS = frozenset({"initial_value", "final_value", "total_pnl", "total_return_pct"})
_MOMENT: dict[str, Any] = {"format": "date-time"}


def _metrics(
    name: str,
    summary: str,
    metrics: tuple[MetricDefinition, ...],
    always: frozenset[str] = frozenset(),
) -> type[AnswerSchema]:
    fields = {
        metric.name: number(
            f"{metric.definition} [{metric.unit}]", required=metric.name in always
        )
        for metric in metrics
    }
    members = {"__doc__": summary, "__module__": __name__, **fields}
    return type(name, (AnswerSchema,), members)


MetricsSchema = _metrics(
    "MetricsSchema",
    "Metrics that are defined; one that is not is absent.",
    CATALOGUE,
    ALWAYS,
)
BenchmarkMetricsSchema = _metrics(
    "BenchmarkMetricsSchema",
    "Metrics of the benchmark that are defined.",
    CURVE_METRICS,
)


class DataOriginSchema(answer_schema(Provenance)):  # type: ignore[misc]
    """The bars a run was made from."""

    quality = one(answer_schema(Quality), "What was found in the data", required=False)
    reading = one(answer_schema(FileReading), "How the file was read", required=False)


class ResolvedSizingSchema(SizingSchema):
    """How large an entry was."""

    quantity = number("Units of one entry under `fixed`")


class AssumptionsSchema(AnswerSchema):
    """What a run assumed, resolved."""

    fill = Choice(Fill, required=True, description="Where orders filled")
    direction = Choice(Direction, required=True, description="Sides allowed")
    initial_cash = number("Starting cash")
    costs = one(CostsSchema, "What trading cost")
    sizing = one(ResolvedSizingSchema, "How entries were sized")
    exits = one(ExitsSchema, "Rules that closed positions")
    periods_per_year = number("Bars that make a year")
    risk_free_rate = number("Annual effective rate, as a fraction")
    strategy_params = mapping(
        "The strategy's parameters; a long array by its `length`", required=True
    )
    entry_bar_exits = text(
        "What exits watch of the bar of an entry: all of it after a fill at its open, "
        "nothing after one at its close",
        enum=["whole_bar", "from_next_bar"],
    )
    same_bar_exits = text(
        "Where one bar reaches a stop and a target, the stop", enum=["stop_first"]
    )
    gaps = text(
        "Stops and targets beyond a gap fill at the open", enum=["fill_at_open"]
    )
    benchmark = text("The symbol that was bought and held to compare with")


class HookReportSchema(AnswerSchema):
    """A hook that joined the run."""

    type = text("Its registered name")
    params = mapping("Its parameters", required=True)
    report = mapping("What it changed, refused or saw", required=True)


class HookReportsSchema(AnswerSchema):
    """What each hook did, by kind and in the order of the request."""

    advisors = many(HookReportSchema, "Those that change orders", required=False)
    validators = many(HookReportSchema, "Those that refuse orders", required=False)
    observers = many(HookReportSchema, "Those that watch", required=False)


class BacktestAnswerSchema(AnswerSchema):
    """A run: its metrics, what they rest on, and what to beware of."""

    refused = text(
        "Why the policy of a recorded run would judge nothing today", required=False
    )
    status = text("Always `ok`", enum=["ok"])
    run_id = text("Hash of the request, the data and the engine")
    report_url = text(REPORT, required=False)
    symbol = text("The symbol traded")
    strategy_type = text("The strategy that decided")
    num_trades = count("Fills")
    metrics = one(MetricsSchema, "Metrics that are defined")
    undefined_metrics = mapping(
        "Why each other metric has no value; those of the benchmark by `benchmark.` "
        "and the name",
        {"type": "string"},
        required=True,
    )
    benchmark = one(
        BenchmarkMetricsSchema, "The benchmark, bought and held", required=False
    )
    assumptions = one(AssumptionsSchema, "What the run assumed")
    data = one(DataOriginSchema, "The bars it was made from")
    orders = one(OrdersSchema, "What became of every order")
    warnings = many(WarningSchema, "What to beware of")
    signals = one(
        answer_schema(SignalCounts),
        "What became of the caller's signals",
        required=False,
    )
    event_study = one(
        answer_schema(EventStudyFigures),
        "Prices after the caller's signals",
        required=False,
    )
    hooks = one(HookReportsSchema, "What each hook did, if any joined", required=False)
    gate = one(VerdictSchema, "The verdict, if a gate was asked", required=False)
    evidence = one(
        EvidenceSchema, "How much of the result could be luck", required=False
    )
    equity_curve = one(
        EquityCurveSchema, "Equity at bar closes, if included", required=False
    )
    trades = many(
        TradeSchema,
        "Closed lots, if included; `metrics.closed_trades` counts trades",
        required=False,
    )
    order_log = many(OrderSchema, "Every order, if included", required=False)
