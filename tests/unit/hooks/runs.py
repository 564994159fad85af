"""Run targets with hooks through the event loop."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from backtesting import (
    BacktestEngine,
    Bars,
    OrderPlan,
    PassThroughRiskManager,
    ReplayOrders,
    ReplayStrategy,
    Terms,
)
from backtesting.result import BacktestResult
from orchestrator.hooks.base import HookContext, HookKind
from orchestrator.hooks.loading import load_hooks
from orchestrator.hooks.running import open_hooks
from orchestrator.spec import BacktestSpec
from qtos_core import Portfolio


class Run(NamedTuple):
    """A result, and what the only hook asked for said."""

    result: BacktestResult
    report: dict[str, Any]

    def trades(self) -> list[tuple[int, float]]:
        """Return bar and signed quantity of each fill."""
        fills = self.result.simulation.fills
        pairs = zip(
            fills.bar.tolist(), (fills.side * fills.quantity).tolist(), strict=True
        )
        return [(bar, quantity) for bar, quantity in pairs]


def run(
    bars: Bars,
    decided: Sequence[float] | OrderPlan,
    terms: Terms,
    kind: str,
    hook: str,
    /,
    **params: object,
) -> Run:
    """Run targets or a plan with one hook."""
    asked = load_hooks(HookKind(kind), [{"type": hook, "params": params}])
    spec = BacktestSpec(**{kind: asked})  # type: ignore[arg-type]
    hooks = open_hooks(spec, HookContext(bars=bars, terms=terms, symbol="X"))
    assert hooks is not None
    engine = BacktestEngine(
        ReplayOrders("X", hooks.shaped_plan(decided), terms)
        if isinstance(decided, OrderPlan)
        else ReplayStrategy("X", hooks.shaped(np.array(decided, dtype=float)), terms),
        PassThroughRiskManager(),
        Portfolio(terms.initial_cash),
        advisors=hooks.advisors,
        validators=hooks.validators,
        observers=hooks.observers,
        terms=terms,
    )
    result = engine.run(bars, "X")
    (entry,) = hooks.report()[kind]
    assert entry["type"] == hook
    report = entry["report"]
    assert isinstance(report, dict)
    return Run(result, report)
