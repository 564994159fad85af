"""Run one spec over loaded bars: decide, simulate, measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from backtesting import (
    BacktestEngine,
    PassThroughRiskManager,
    ReplayOrders,
    ReplayStrategy,
)
from backtesting.kernel import simulate, simulate_orders
from backtesting.metrics import (
    Clock,
    Held,
    History,
    hold,
    measure,
)
from backtesting.terms import Terms
from orchestrator.backtest_runner.assumptions import (
    annualizing_warnings,
    resolve,
    terms_of,
)
from orchestrator.backtest_runner.bounds import check_size, check_work
from orchestrator.backtest_runner.identity import run_id_of
from orchestrator.backtest_runner.lookahead import (
    LookaheadReport,
    validate_no_lookahead,
)
from orchestrator.backtest_runner.result import HookReport, RunResult
from orchestrator.backtest_runner.warnings import warnings_of
from orchestrator.deadline import Deadline
from orchestrator.hooks.base import HookContext
from orchestrator.hooks.running import open_hooks
from orchestrator.spec import Assumptions, BacktestSpec, LoadedBars
from orchestrator.strategies.registry import get_strategy
from qtos_core import Portfolio

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from backtesting.bars import Bars
    from backtesting.kernel import Simulation
    from orchestrator.strategies.base import Decision


def execute(
    spec: BacktestSpec,
    loaded: LoadedBars,
    *,
    run_id: str | None = None,
    benchmark_close: NDArray[np.float64] | None = None,
    deadline: Deadline | None = None,
) -> RunResult:
    """Return what `spec` comes to on `loaded`.

    Parameters
    ----------
    spec : BacktestSpec
    loaded : LoadedBars
    run_id : str, optional
        The run's name, where it is known already.
    benchmark_close : ndarray of shape (n_bars,), optional
        Closes of the benchmark on the run's own bars; by default the benchmark is
        the symbol itself.
    deadline : Deadline, optional
        Checked between the steps, and on the way where they go bar by bar.

    Raises
    ------
    BudgetExceededError
        If the deadline is spent, or cannot be enough.
    UnknownStrategyError
        If no strategy has the spec's name.
    InvalidRequestError
        If the strategy refuses its parameters on these bars.
    """
    strategy = get_strategy(spec.strategy_type)
    bars = loaded.bars
    assumptions = resolve(spec, strategy, loaded)
    terms = terms_of(assumptions)
    deadline = deadline or Deadline.never()
    deadline.check("the strategy decided")
    decision = strategy.decide(bars, spec.strategy_params, terms)
    deadline.check("the orders were simulated")
    simulation, hooks = _simulate(spec, bars, decision, terms, deadline=deadline)
    decision = decision.after(simulation.plan_outcome)
    check_size(simulation)
    deadline.check("the run was measured")
    comparison = measure(
        history_of(simulation),
        periods_per_year=assumptions.periods_per_year,
        risk_free_rate=assumptions.risk_free_rate,
        held=_held(assumptions, bars, benchmark_close),
    )
    return RunResult(
        run_id=run_id or run_id_of(spec, loaded.provenance.sha256),
        spec=spec,
        loaded=loaded,
        assumptions=assumptions,
        decision=decision,
        simulation=simulation,
        hooks=hooks,
        measured=comparison.run,
        benchmark=comparison.benchmark,
        warnings=(
            *loaded.warnings,
            *decision.warnings,
            *warnings_of(
                simulation,
                comparison.run,
                spec.strategy_type,
                decision.signal_counts,
            ),
            *annualizing_warnings(spec, loaded),
        ),
    )


def _held(
    assumptions: Assumptions, bars: Bars, close: NDArray[np.float64] | None
) -> Held:
    """Return the benchmark; the symbol's own is worked out once for its bars."""
    cash, periods = assumptions.initial_cash, assumptions.periods_per_year
    rate = assumptions.risk_free_rate

    def compute() -> Held:
        return hold(
            bars.timestamps,
            bars.close if close is None else close,
            initial_cash=cash,
            periods_per_year=periods,
            risk_free_rate=rate,
        )

    if close is not None:
        return compute()
    held = bars.remembered(("held", periods, rate), compute)
    clock = Clock(periods_per_year=periods, risk_free_rate=rate)
    return held.with_cash(cash, clock)


def check_lookahead(
    spec: BacktestSpec, loaded: LoadedBars, *, deadline: Deadline
) -> LookaheadReport:
    """Return whether the decisions of `spec` depend on bars after them.

    Raises
    ------
    BudgetExceededError
        If the deadline is spent before every cut was tried.
    OrchestratorError
        As `execute`.
    """
    strategy = get_strategy(spec.strategy_type)
    terms = terms_of(resolve(spec, strategy, loaded))
    return validate_no_lookahead(
        strategy, spec.strategy_params, loaded.bars, terms, deadline=deadline
    )


def _simulate(
    spec: BacktestSpec,
    bars: Bars,
    decision: Decision,
    terms: Terms,
    *,
    deadline: Deadline,
) -> tuple[Simulation, HookReport | None]:
    """Run the kernel, or the event loop where a hook needs every event."""
    symbol = spec.query.symbol
    hooks = open_hooks(spec, HookContext(bars=bars, terms=terms, symbol=symbol))
    plan = decision.plan
    if hooks is None:
        if plan is None:
            return simulate(bars, decision.target_positions, terms), None
        return simulate_orders(bars, plan, terms), None
    check_work(len(bars), hooks.count, deadline)
    replay: ReplayStrategy | ReplayOrders
    if plan is None:
        replay = ReplayStrategy(symbol, hooks.shaped(decision.target_positions), terms)
    else:
        replay = ReplayOrders(symbol, hooks.shaped_plan(plan), terms)
    result = BacktestEngine(
        replay,
        PassThroughRiskManager(),
        Portfolio(cash=terms.initial_cash),
        advisors=hooks.advisors,
        validators=hooks.validators,
        observers=hooks.observers,
        terms=terms,
    ).run(bars, symbol, watch=lambda: deadline.check("the last bar was reached"))
    if result.simulation is None:
        raise AssertionError("a run over bars has a simulation")
    return result.simulation, hooks.report()


def history_of(simulation: Simulation) -> History:
    """Return what the metrics read of a simulation."""
    closed = simulation.closed_lots
    return History(
        timestamps=simulation.bars.timestamps,
        close=simulation.bars.close,
        equity=simulation.equity,
        position=simulation.position,
        initial_cash=simulation.terms.initial_cash,
        traded_value=float(simulation.fills.quantity @ simulation.fills.price),
        total_costs=simulation.total_costs,
        trade_pnl=closed.trade_pnl,
        trade_bars=closed.trade_bars,
    )
