"""Whether a request's strategy looks ahead, on the request's own bars."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.strategies.lookahead import LookaheadReport, validate_no_lookahead
from orchestrator.strategies.registry import get_strategy

if TYPE_CHECKING:
    from orchestrator.budget import Budget
    from orchestrator.services.backtests import Backtests
    from orchestrator.spec import BacktestSpec, Provenance


def check_lookahead(
    backtests: Backtests, spec: BacktestSpec, *, budget: Budget
) -> tuple[Provenance, LookaheadReport]:
    """Change the future of `spec`'s bars and report whether a decision changed.

    Nothing is recorded: it is no try.

    Raises
    ------
    OrchestratorError
        As the run itself would.
    """
    result = backtests.rerun(spec, budget=budget)
    report = validate_no_lookahead(
        get_strategy(spec.strategy_type),
        spec.strategy_params,
        result.loaded.bars,
        result.simulation.terms,
        budget=budget,
    )
    return result.loaded.provenance, report
