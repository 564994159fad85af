"""What a run came to, before it is written down as an answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.spec import AnswerWarning, Assumptions, BacktestSpec, LoadedBars

if TYPE_CHECKING:
    from backtesting.kernel import Simulation
    from backtesting.metrics import Measured
    from orchestrator.strategies.base import Decision

HookReport = Mapping[str, Sequence[Mapping[str, object]]]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunResult:
    """One run: what was asked, on what, what happened and how it measured.

    Parameters
    ----------
    run_id : str
        Hash of the request, the bars and the engine's version.
    spec : BacktestSpec
    loaded : LoadedBars
    assumptions : Assumptions
        The spec's open choices, resolved.
    decision : Decision
    simulation : Simulation
    hooks : mapping or None
        What each hook was and what it did, by kind; None without hooks.
    measured, benchmark : Measured
        The run's metrics, and those of holding the benchmark.
    warnings : tuple of AnswerWarning
        Everything the caller must know, from the data to the orders.
    """

    run_id: str
    spec: BacktestSpec
    loaded: LoadedBars
    assumptions: Assumptions
    decision: Decision
    simulation: Simulation
    hooks: HookReport | None
    measured: Measured
    benchmark: Measured
    warnings: tuple[AnswerWarning, ...]
