"""Act on everything a fixed number of bars late."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backtesting import OrderPlan
from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter
from orchestrator.spec import HookParams
from qtos_core import Event, Portfolio, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalDelayParams(HookParams):
    """How late."""

    bars: int = parameter(
        1, description="Bars each decision is put off", minimum=1, maximum=10_000
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class SignalDelay:
    """Shift the strategy's targets, or the orders of its plan.

    Holding signals back one by one would not do: an exit is asked for only of what
    is held, so an entry put off past its exit would never be left.
    """

    def __init__(self, params: SignalDelayParams, context: HookContext) -> None:
        self._bars = params.bars
        self._end = len(context.bars)
        self._delayed = 0
        self._lost = 0

    def shape(self, targets: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the targets, late."""
        late = np.zeros_like(targets)
        late[self._bars :] = targets[: -self._bars]
        changes = int(np.count_nonzero(np.diff(targets, prepend=0.0)))
        self._delayed = int(np.count_nonzero(np.diff(late, prepend=0.0)))
        self._lost = changes - self._delayed
        return late

    def shape_plan(self, plan: OrderPlan) -> OrderPlan:
        """Return the orders, late."""
        late = plan.delayed(self._bars).before(self._end)
        self._delayed = len(late)
        self._lost = len(plan) - len(late)
        return late

    def __call__(
        self, signals: list[Signal], _event: Event, _portfolio: Portfolio
    ) -> list[Signal]:
        """Return the signals as they are: what they follow from is late already."""
        return signals

    def report(self) -> Mapping[str, object]:
        """Return how many changes of target (of a plan: orders) came late.

        Those that came too late for the data are counted apart.
        """
        return {"changes_delayed": self._delayed, "changes_past_the_end": self._lost}


SIGNAL_DELAY = HookDefinition(
    name="signal_delay",
    kind=HookKind.ADVISORS,
    description=(
        "Puts every change of the strategy's target off by a number of bars; "
        "applied before all other hooks."
    ),
    params=SignalDelayParams,
    build=SignalDelay,
)
