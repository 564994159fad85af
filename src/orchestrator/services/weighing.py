"""From a run to the evidence about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from orchestrator.backtest_runner import RunResult, fingerprint_of
from orchestrator.evidence import (
    BootstrapPlan,
    Evidence,
    Holding,
    SampleFacts,
    Trials,
    seed_of,
    weigh,
)
from orchestrator.spec import Include

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from orchestrator.gate import Needs
    from orchestrator.ledger.values import Trials as CountedTrials

UNCOUNTED = Trials(counted=None)
NANOSECONDS_A_YEAR = 365.25 * 86_400e9


def weigh_run(result: RunResult, needs: Needs | None) -> Evidence:
    """Return the evidence about a run before its trials are counted.

    Parameters
    ----------
    result : RunResult
    needs : Needs or None
        What the gate needs beside the always-on part; None without a gate.
    """
    asked = Include.BOOTSTRAP in result.spec.include
    resample = asked or (needs is not None and needs.bootstrap)
    return weigh(
        _returns(result),
        periods_per_year=result.assumptions.periods_per_year,
        sample=_sample(result),
        trials=UNCOUNTED,
        risk_free_rate=result.assumptions.risk_free_rate,
        holding=Holding(
            position=result.simulation.position,
            close=result.simulation.bars.close,
            initial_cash=result.assumptions.initial_cash,
            claims_timing=not _only_holds(result),
        ),
        plan=BootstrapPlan(seed=seed_of(_draw_of(result))) if resample else None,
        drawdown_limit_pct=None if needs is None else needs.drawdown_limit_pct,
    )


def _only_holds(result: RunResult) -> bool:
    """Return whether the run bought once and did nothing else, as it was asked to."""
    position = result.simulation.position
    changes = np.count_nonzero(np.diff(position)) + (position[0] != 0.0)
    return result.spec.strategy_type == "buy_and_hold" and bool(changes <= 1)


def trials_of(
    counted: CountedTrials, claimed: int | None, *, of_everyone: bool = False
) -> Trials:
    """Return the ledger's count as evidence takes it, with the caller's own claim.

    `of_everyone` counts the trials of all callers on the data: ideas do not become
    others by another name on the request.
    """
    if not counted.counted:
        return Trials(counted=None, claimed=claimed)
    return Trials(
        counted=counted.everyone if of_everyone else counted.caller,
        claimed=claimed,
        all_callers=counted.everyone,
        sharpe_variance=counted.sharpe_variance,
    )


def _draw_of(result: RunResult) -> str:
    """Return what names the draws: the idea and the data, and nothing else.

    A caller who could have other draws for the asking, by another gate or another
    part of the answer, would ask until they are kind.
    """
    return fingerprint_of(result.spec) + result.loaded.provenance.sha256


def _returns(result: RunResult) -> NDArray[np.float64]:
    """Return the returns, up to the one that took everything if there is one."""
    equity = result.simulation.equity
    lost = equity <= 0.0
    if lost.any():
        equity = np.maximum(equity[: int(lost.argmax()) + 1], 0.0)
    before = np.empty_like(equity)
    before[0] = result.assumptions.initial_cash
    before[1:] = equity[:-1]
    returns: NDArray[np.float64] = equity / before - 1.0
    return returns


def _sample(result: RunResult) -> SampleFacts:
    timestamps = result.simulation.bars.timestamps
    elapsed = int(
        (timestamps[-1] - timestamps[0]).astype("timedelta64[ns]").astype(int)
    )
    periods, quality = result.loaded.periods, result.loaded.quality
    a_year = result.assumptions.periods_per_year
    if periods is not None:
        a_year = max(a_year, periods.usual)
    bars_years = timestamps.size / a_year
    pnl = result.simulation.closed_lots.trade_pnl
    return SampleFacts(
        years=min(elapsed / NANOSECONDS_A_YEAR, bars_years),
        closed_trades=pnl.size,
        losing_trades=int(np.count_nonzero(pnl < 0.0)),
        missing_pct=0.0 if quality is None else quality.missing_pct,
    )
