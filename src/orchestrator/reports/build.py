"""From a recorded answer, and the run made again, to the model of its page."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any

import numpy as np

from backtesting.metrics import CATALOGUE, EXPLANATIONS
from orchestrator.backtest_runner.trades import ORDER_COUNTS
from orchestrator.evidence import FIGURES, seed_of
from orchestrator.reports.charts import (
    Course,
    charts_of,
    costs_chart,
    fan_chart,
    interval_chart,
    monthly_table,
)
from orchestrator.reports.numbers import NONE, number
from orchestrator.reports.page import (
    Chart,
    Condition,
    Figure,
    RunReport,
    Section,
    Table,
)
from orchestrator.spec import Quality

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from orchestrator.backtest_runner import RunResult

_HEADLINES = {
    "pass": "Pass",
    "fail": "Fail",
    "insufficient_evidence": "Insufficient evidence",
    "none": "No verdict: no gate was asked for",
}
_SUPPORT = {
    "supported": "the whole confidence interval meets it",
    "refuted": "no part of the confidence interval meets it",
    "unresolved": "the confidence interval lies on both sides of it",
}
_METRICS = {each.name: each for each in CATALOGUE}
_FIGURES = {each.name: each for each in FIGURES}
_QUALITY = {each.name: each.metadata["description"] for each in fields(Quality)}
_MOST_TRADES = 200
_TRIALS = (
    "trials",
    "trials_counted",
    "trials_all_callers",
    "expected_max_sharpe_ann",
    "p_value",
    "p_value_adjusted",
    "p_value_spent",
    "dsr",
    "haircut_sharpe_ann",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """What a ledger keeps of a run, and where.

    Parameters
    ----------
    answer : mapping
        The newest answer, as JSON.
    caller : str
    time : datetime
        When it was recorded.
    sequence : int
        Its place in the ledger.
    engine_version : str
    """

    answer: Mapping[str, Any]
    caller: str
    time: datetime
    sequence: int
    engine_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rerun:
    """A run made again for its page.

    Parameters
    ----------
    result : RunResult
    held : ndarray of shape (n_bars,) or None
        Closes of the benchmark; None is the symbol's own.
    costs : sequence of tuple
        The name and the result of the same run under other costs.
    """

    result: RunResult
    held: NDArray[np.float64] | None
    costs: Sequence[tuple[str, RunResult]] = ()

    @property
    def course(self) -> Course:
        """Return the run as charts read it."""
        result = self.result
        close = result.loaded.bars.close if self.held is None else self.held
        initial = result.assumptions.initial_cash
        return Course(
            simulation=result.simulation,
            held=initial * close / close[0],
            initial=initial,
            periods_per_year=result.assumptions.periods_per_year,
        )


def run_report(
    recorded: Recorded, *, again: Rerun | None, changed: str | None = None
) -> RunReport:
    """Return the page of a run.

    Parameters
    ----------
    recorded : Recorded
    again : Rerun or None
        The run made again on its data; None where that cannot be, and the recorded
        figures stand alone.
    changed : str, optional
        Why they do, in one sentence.
    """
    answer = recorded.answer
    gate: Mapping[str, Any] = answer.get("gate") or {}
    verdict = str(gate.get("verdict", "none"))
    alarms = [str(answer["refused"])] if "refused" in answer else []
    if changed is not None:
        alarms.append(changed)
    return RunReport(
        title=f"{answer['symbol']}: {answer['strategy_type']}",
        run_id=str(answer["run_id"]),
        verdict=verdict,
        headline=_HEADLINES.get(verdict, verdict),
        reasons=tuple(gate.get("reasons", ())),
        alarms=tuple(alarms),
        facts=tuple(_facts(recorded, gate)),
        conditions=tuple(_conditions(answer, gate)),
        warnings=tuple(
            Figure(name=each["code"], value=each["detail"])
            for each in (*answer["warnings"], *gate.get("warnings", ()))
        ),
        sections=tuple(_sections(answer, gate, again)),
        record=tuple(_record(recorded, gate)),
    )


def _record(recorded: Recorded, gate: Mapping[str, Any]) -> Iterator[Figure]:
    answer = recorded.answer
    yield Figure(
        name="run",
        value=str(answer["run_id"]),
        meaning="Hash of the request, the bars and the version of the engine",
    )
    yield Figure(
        name="bars' sha256", value=answer["data"]["sha256"], meaning="Hash of the bars"
    )
    if gate:
        yield Figure(
            name="policy's hash",
            value=gate["policy"]["hash"],
            meaning="Hash of the rules it was judged by",
        )
    yield Figure(
        name="place in the ledger",
        value=str(recorded.sequence),
        meaning="The row that holds it; each row is chained to the one before",
    )
    yield Figure(
        name="engine", value=recorded.engine_version, meaning="Version of qtos-core"
    )


def _facts(recorded: Recorded, gate: Mapping[str, Any]) -> Iterator[Figure]:
    answer = recorded.answer
    data, policy = answer["data"], gate.get("policy")
    traded = f"{answer['symbol']} ({data['source']})"
    yield Figure(name="symbol", value=traded, meaning="What was traded, on which bars")
    yield Figure(
        name="strategy", value=_strategy(answer), meaning="What decided, and how"
    )
    yield Figure(
        name="bars",
        value=f"{data['bars']:,} from {data['first'][:10]} to {data['last'][:10]}",
        meaning="What it was run on",
    )
    if policy:
        named = f"{policy['name']}, version {policy['version']}"
        yield Figure(name="policy", value=named, meaning="By which rules it was judged")
    yield Figure(
        name="asked by", value=recorded.caller, meaning="Whose trials are counted"
    )
    moment = recorded.time.strftime("%Y-%m-%d %H:%M:%S UTC")
    yield Figure(name="recorded", value=moment, meaning="When it was asked last")


def _strategy(answer: Mapping[str, Any]) -> str:
    params = answer["assumptions"].get("strategy_params", {})
    named = ", ".join(f"{name} {_short(value)}" for name, value in params.items())
    return f"{answer['strategy_type']} ({named})" if named else answer["strategy_type"]


def _short(value: object) -> str:
    if isinstance(value, dict) and "length" in value:
        return f"of {value['length']}"
    return str(value) if isinstance(value, str) else number(value)


def _conditions(
    answer: Mapping[str, Any], gate: Mapping[str, Any]
) -> Iterator[Condition]:
    for each in gate.get("conditions", ()):
        unit = _unit(each["metric"])
        support = _SUPPORT.get(each.get("state", ""), "")
        evidence = answer.get("evidence", {})
        if support and "sharpe_ci_low_ann" in evidence:
            low, high = evidence["sharpe_ci_low_ann"], evidence["sharpe_ci_high_ann"]
            support = f"95 % interval {number(low)} to {number(high)}: {support}"
        value = each.get("value")
        why = each.get("undefined", "")
        yield Condition(
            text=f"{each['metric']} {each['op']} {number(each['threshold'])}",
            value=f"undefined: {_reason(why)}"
            if value is None
            else number(value, unit),
            margin=NONE if each.get("margin") is None else number(each["margin"], unit),
            met=bool(each["met"]),
            meaning=_meaning(each["metric"]),
            support=support,
        )


def _reason(code: str) -> str:
    words = {str(reason): text for reason, text in EXPLANATIONS.items()}
    return words.get(code, code)


def _unit(name: str) -> str:
    metric = _METRICS.get(name.removeprefix("benchmark."))
    figure = _FIGURES.get(name.removeprefix("evidence."))
    found = metric or figure
    return found.unit if found is not None else ""


def _meaning(name: str) -> str:
    metric = _METRICS.get(name.removeprefix("benchmark."))
    figure = _FIGURES.get(name.removeprefix("evidence."))
    found = metric or figure
    return found.definition if found is not None else ""


def _sections(
    answer: Mapping[str, Any], gate: Mapping[str, Any], again: Rerun | None
) -> Iterator[Section]:
    if "evidence" in answer:
        yield _trials(answer["evidence"], gate)
    charts: dict[str, Chart] = {}
    course = None if again is None else again.course
    if course is not None:
        charts = {chart.name: chart for chart in charts_of(course)}
        for name, title in (
            ("equity", "Equity"),
            ("underwater", "Drawdowns"),
            ("trades", "Trades on the price"),
            ("position", "Position"),
        ):
            yield Section(name=name, title=title, charts=(charts[name],))
        yield Section(
            name="months",
            title="Monthly and yearly returns",
            text="Each month's change of the equity; the darker, the larger.",
            tables=(monthly_table(course),),
            charts=(charts["years"],),
        )
        rest = ("rolling-sharpe", "rolling-volatility", "distribution")
        yield Section(
            name="rolling",
            title="Over time, and by size",
            charts=tuple(charts[name] for name in rest),
        )
    yield Section(name="metrics", title="Metrics", tables=(_metrics(answer),))
    if "bootstrap" in answer.get("evidence", {}):
        yield _bootstrap(answer, again, course)
    if again is not None:
        yield _trade_list(again.result)
    yield _orders(answer)
    if again is not None and course is not None:
        yield _costs(again, course)
    if "event_study" in answer:
        yield _event_study(answer["event_study"])
    yield _quality(answer["data"])
    yield Section(name="assumptions", title="Assumptions", tables=(_assumed(answer),))


def _trials(evidence: Mapping[str, Any], gate: Mapping[str, Any]) -> Section:
    figures = tuple(
        Figure(
            name=name,
            value=number(evidence[name], _FIGURES[name].unit),
            meaning=_FIGURES[name].definition,
        )
        for name in _TRIALS
        if name in evidence
    )
    charts: tuple[Chart, ...] = ()
    if "sharpe_ci_low_ann" in evidence:
        thresholds = [
            float(each["threshold"])
            for each in gate.get("conditions", ())
            if each["metric"] in {"sharpe_ratio", "evidence.sharpe_ann"}
        ]
        charts = (
            interval_chart(
                evidence["sharpe_ann"],
                evidence["sharpe_ci_low_ann"],
                evidence["sharpe_ci_high_ann"],
                thresholds,
            ),
        )
    best = evidence.get("expected_max_sharpe_ann")
    luck = (
        ""
        if best is None
        else (
            f" The best of that many ideas without skill would show a Sharpe ratio of "
            f"{number(best)} by luck alone."
        )
    )
    return Section(
        name="evidence",
        title="How much of it could be luck",
        text=f"{number(evidence['trials'])} trials were counted.{luck}",
        figures=figures,
        charts=charts,
    )


def _metrics(answer: Mapping[str, Any]) -> Table:
    values, other = answer["metrics"], answer["benchmark"]
    undefined = answer["undefined_metrics"]
    rows = []
    for name, metric in _METRICS.items():
        if name in values:
            shown = number(values[name], metric.unit)
        elif name in undefined:
            shown = f"undefined: {_reason(undefined[name])}"
        else:
            continue
        held = number(other[name], metric.unit) if name in other else ""
        rows.append((name, shown, held, metric.definition))
    return Table(
        title="Metrics",
        columns=("metric", "this run", "benchmark held", "what it is"),
        rows=tuple(rows),
    )


def _bootstrap(
    answer: Mapping[str, Any], again: Rerun | None, course: Course | None
) -> Section:
    figures = answer["evidence"]["bootstrap"]
    charts: tuple[Chart, ...] = ()
    if again is not None and course is not None:
        seed = seed_of(again.result.run_id)
        years = float(figures.get("horizon_years", 3.0))
        charts = (fan_chart(course, seed=seed, block=figures["block"], years=years),)
    return Section(
        name="bootstrap",
        title="What else could have happened",
        figures=tuple(
            Figure(
                name=f"bootstrap.{name}",
                value=number(value, _unit(f"bootstrap.{name}")),
                meaning=_meaning(f"bootstrap.{name}"),
            )
            for name, value in figures.items()
        ),
        charts=charts,
    )


def _trade_list(result: RunResult) -> Section:
    simulation = result.simulation
    lots, times = simulation.closed_lots, simulation.bars.timestamps
    few = slice(0, _MOST_TRADES)
    rows = tuple(
        (
            "long" if side > 0.0 else "short",
            str(times[entry])[:16].replace("T", " "),
            str(times[leave])[:16].replace("T", " "),
            number(quantity),
            number(pnl, "money"),
            number(costs, "money"),
            reason.value,
        )
        for side, entry, leave, quantity, pnl, costs, reason in zip(
            lots.side[few],
            lots.entry_bar[few],
            lots.exit_bar[few],
            lots.quantity[few].tolist(),
            lots.pnl[few].tolist(),
            lots.costs[few].tolist(),
            lots.reason[few],
            strict=True,
        )
    )
    note = f"The first {_MOST_TRADES} of {lots.pnl.size}; trades.csv has all."
    return Section(
        name="trade-list",
        title="Trades",
        tables=(
            Table(
                title="Closed trades",
                columns=("side", "entry", "exit", "units", "pnl", "costs", "why"),
                rows=rows,
                note=note if lots.pnl.size > _MOST_TRADES else "",
            ),
        ),
    )


def _orders(answer: Mapping[str, Any]) -> Section:
    orders = answer["orders"]
    counts = tuple(
        Figure(
            name=name.replace("_", " "),
            value=number(value),
            meaning=ORDER_COUNTS[name],
        )
        for name, value in orders.items()
        if name != "rejections"
    )
    costs = answer["metrics"].get("total_costs")
    if costs is not None:
        counts += (
            Figure(
                name="total costs",
                value=number(costs, "money"),
                meaning=_METRICS["total_costs"].definition,
            ),
        )
    rows = tuple(
        (
            each["timestamp"],
            each["side"],
            number(each["quantity"]),
            number(each["price"]),
            each["reason"].replace("_", " "),
            number(each["needed"]),
            number(each["available"]),
        )
        for each in orders["rejections"]
    )
    heads = ("bar", "side", "units", "price", "why", "needed", "available")
    refused = Table(title="Rejected and expired orders", columns=heads, rows=rows)
    return Section(
        name="orders",
        title="Orders and costs",
        figures=counts,
        tables=(refused,) if rows else (),
    )


def _costs(again: Rerun, course: Course) -> Section:
    named = (("as asked", again.result), *again.costs)
    rows = tuple(
        (
            name,
            *(
                number(result.measured.values.get(metric), _METRICS[metric].unit)
                for metric in (
                    "total_return_pct",
                    "sharpe_ratio",
                    "max_drawdown_pct",
                    "total_costs",
                )
            ),
        )
        for name, result in named
    )
    curves = [result.simulation.equity for _, result in named]
    return Section(
        name="costs",
        title="Sensitivity to costs",
        text="The same run under other costs; everything else is as it was.",
        tables=(
            Table(
                title="Under other costs",
                columns=("costs", "return", "Sharpe ratio", "drawdown", "costs paid"),
                rows=rows,
            ),
        ),
        charts=(costs_chart([name for name, _ in named], curves, course.xs),),
    )


def _event_study(study: Mapping[str, Any]) -> Section:
    rows = []
    for each in study["horizons"]:
        for side in ("buy", "sell"):
            found = each[side]
            rows.append(
                (
                    number(each["bars"]),
                    side,
                    number(found["events"]),
                    number(found.get("mean_return_pct"), "%"),
                    number(each["all_bars"].get("mean_return_pct"), "%"),
                    number(found.get("t_statistic")),
                )
            )
    return Section(
        name="event-study",
        title="What prices did after the signals",
        tables=(
            Table(
                title="Event study",
                columns=("bars", "after", "events", "mean", "any bar", "t"),
                rows=tuple(rows),
            ),
        ),
    )


def _quality(data: Mapping[str, Any]) -> Section:
    quality = data.get("quality") or {}
    rows = tuple(
        (
            name.replace("_", " "),
            number(found["count"]),
            ", ".join(found["at"]) or "",
        )
        for name, found in quality.get("findings", {}).items()
        if found["count"]
    )
    figures = tuple(
        Figure(
            name=name.replace("_", " "),
            value=number(quality[name]),
            meaning=_QUALITY[name],
        )
        for name in ("calendar", "adjusted", "dropped_rows", "missing_pct")
        if quality.get(name) is not None
    )
    nothing = "Nothing was found." if not rows else ""
    return Section(
        name="data",
        title="Data",
        text=nothing,
        figures=figures,
        tables=(
            Table(
                title="Findings",
                columns=("what", "how often", "first places"),
                rows=rows,
            ),
        )
        if rows
        else (),
    )


def _assumed(answer: Mapping[str, Any]) -> Table:
    return Table(
        title="Assumptions",
        columns=("assumption", "value"),
        rows=tuple(_flat(answer["assumptions"], "")),
    )


def _flat(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, str]]:
    for name, value in values.items():
        if isinstance(value, dict) and "length" not in value:
            yield from _flat(value, f"{before}{name}.")
        elif value is not None:
            yield f"{before}{name}", _short(value)
