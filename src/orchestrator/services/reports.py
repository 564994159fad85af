"""Reports of recorded runs: what the ledger keeps, and the run made again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

import orjson

from backtesting.terms import Costs
from orchestrator.backtest_runner.trades import instants, trades_list
from orchestrator.errors import (
    DataError,
    DataNotFoundError,
    InvalidRequestError,
    RunNotFoundError,
)
from orchestrator.reports import Chart, Recorded, Rerun, RunReport, run_report

if TYPE_CHECKING:
    from orchestrator.backtest_runner import RunResult
    from orchestrator.deadline import Deadline
    from orchestrator.ledger.values import StoredRun
    from orchestrator.schemas.backtest.request import BacktestRequestSchema
    from orchestrator.services.backtests import Backtests
    from orchestrator.services.runs import Runs
    from orchestrator.spec import BacktestSpec

_MULTIPLES = ((0.0, "no costs"), (2.0, "twice the costs"), (5.0, "five times"))
_ASSUMED_BPS = (5.0, 10.0, 25.0)
_AT_ONCE = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class Reports:
    """Build pages, charts and tables of recorded runs.

    Parameters
    ----------
    runs : Runs
    backtests : Backtests
    requests : BacktestRequestSchema
        Reads a recorded request again.
    """

    runs: Runs
    backtests: Backtests
    requests: BacktestRequestSchema

    def run(self, run_id: str, *, deadline: Deadline) -> RunReport:
        """Return the page of a run.

        Where its data has changed or is gone, the page says so and shows what was
        recorded, alone.

        Raises
        ------
        RunNotFoundError
            If the ledger has no such run.
        """
        stored = self.runs.get(run_id)
        again, changed = self._again(stored, deadline)
        return run_report(self._recorded(stored), again=again, changed=changed)

    def chart(self, run_id: str, name: str, *, deadline: Deadline) -> Chart:
        """Return one chart of a run's page.

        Raises
        ------
        RunNotFoundError
            If the ledger has no such run, or its page no such chart.
        """
        chart = self.run(run_id, deadline=deadline).chart(name)
        if chart is None:
            raise RunNotFoundError(
                f"the report of run {run_id} has no chart {name[:40]!r} now; "
                f"GET /runs/{run_id}/report shows those it has"
            )
        return chart

    def equity_csv(self, run_id: str, *, deadline: Deadline) -> Iterator[str]:
        """Return the equity and the position of every bar as lines of CSV.

        Raises
        ------
        DataNotFoundError
            If the data the run was made on has changed or is gone.
        """
        simulation = self._whole(run_id, deadline).simulation

        def lines() -> Iterator[str]:
            yield "timestamp,equity,position\n"
            for first in range(0, simulation.equity.size, _AT_ONCE):
                some = slice(first, first + _AT_ONCE)
                rows = zip(
                    instants(simulation.bars.timestamps[some]),
                    simulation.equity[some].tolist(),
                    simulation.position[some].tolist(),
                    strict=True,
                )
                yield "".join(f"{when},{a!r},{b!r}\n" for when, a, b in rows)

        return lines()

    def trades_csv(self, run_id: str, *, deadline: Deadline) -> Iterator[str]:
        """Return the closed lots as lines of CSV; see `equity_csv`."""
        trades = trades_list(self._whole(run_id, deadline).simulation)
        names = (
            "side",
            "entry_time",
            "exit_time",
            "quantity",
            "entry_price",
            "exit_price",
            "costs",
            "pnl",
            "return_pct",
            "bars",
            "reason",
            "trade",
        )

        def lines() -> Iterator[str]:
            yield ",".join(names) + "\n"
            for trade in trades:
                yield ",".join(str(trade.get(name, "")) for name in names) + "\n"

        return lines()

    def _recorded(self, stored: StoredRun) -> Recorded:
        summary = stored.summary
        return Recorded(
            answer=orjson.loads(self.runs.judged(stored)),
            caller=summary.caller,
            time=summary.time,
            sequence=summary.sequence,
            engine_version=summary.engine_version,
        )

    def _whole(self, run_id: str, deadline: Deadline) -> RunResult:
        again, changed = self._again(self.runs.get(run_id), deadline)
        if again is None:
            raise DataNotFoundError(f"run {run_id} cannot be made again: {changed}")
        return again.result

    def _again(
        self, stored: StoredRun, deadline: Deadline
    ) -> tuple[Rerun | None, str | None]:
        """Return the run made again, or why it cannot be."""
        try:
            spec = self.requests.reload(stored.request)
            specs = {"": spec} | dict(_other_costs(spec))
            results, close = self.backtests.reruns(
                tuple(specs.values()), caller=stored.summary.caller, deadline=deadline
            )
        except InvalidRequestError as error:
            return None, f"today's rules refuse the recorded request: {error.detail}"
        except DataError as error:
            return None, (
                "the data it was made from cannot be had now, so that only what was "
                f"recorded is shown: {error.detail}"
            )
        result = results[0]
        if result.run_id != stored.summary.run_id:
            return None, (
                "the data or the engine has changed since it was recorded: only what "
                "was recorded is shown"
            )
        costs = tuple(zip(tuple(specs)[1:], results[1:], strict=False))
        return Rerun(result=result, held=close, costs=costs), None


def _other_costs(spec: BacktestSpec) -> Iterator[tuple[str, BacktestSpec]]:
    """Yield the same request under multiples of its costs, or under some."""
    if spec.costs == Costs():
        for bps in _ASSUMED_BPS:
            costs = replace(spec.costs, slippage_bps=bps)
            yield f"slippage of {bps:g} bps", replace(spec, costs=costs)
        return
    for factor, name in _MULTIPLES:
        values = {
            each.name: factor * getattr(spec.costs, each.name)
            for each in fields(spec.costs)
        }
        yield name, replace(spec, costs=Costs(**values))
