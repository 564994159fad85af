"""Hooks over a plan of orders, worked by hand: exits follow what filled."""

from __future__ import annotations

import numpy as np
import pytest

from backtesting import Fill, OrderPlan, PlanOutcome, Sizing, Terms
from orchestrator.errors import InvalidRequestError
from orchestrator.hooks.base import HookKind
from orchestrator.hooks.running import RunHooks
from orchestrator.spec import HookParams, HookSpec
from tests.unit.hooks.runs import run
from tests.unit.strategies.bar_makers import closes

HELD = OrderPlan.of(bar=[0, 1, 3, 4], side=[1, 1, -1, -1], closes=[-1, -1, 0, 1])
"""Two buys, each held for three bars."""


def terms(fill: Fill = Fill.CLOSE) -> Terms:
    return Terms(initial_cash=1_000.0, fill=fill, sizing=Sizing(quantity=4.0))


class TestAPlan:
    def test_comes_late_as_a_whole(self) -> None:
        done = run(
            closes([10.0] * 6), HELD, terms(), "advisors", "signal_delay", bars=2
        )

        assert done.trades() == [(2, 4.0), (3, 4.0), (5, -4.0)]
        assert done.report == {"changes_delayed": 3, "changes_past_the_end": 1}

    @pytest.mark.parametrize("fill", Fill)
    def test_does_not_leave_an_entry_that_was_refused(self, fill: Fill) -> None:
        done = run(
            closes([10.0] * 7), HELD, terms(fill), "validators", "max_trades", entries=1
        )

        late = int(fill is Fill.NEXT_OPEN)
        assert done.trades() == [(late, 4.0), (3 + late, -4.0)]
        simulation = done.result.simulation
        assert simulation is not None
        assert simulation.plan_outcome == PlanOutcome(closed_nothing=1)

    def test_leaves_an_entry_that_was_cut_by_what_was_left_of_it(self) -> None:
        done = run(
            closes([10.0] * 7), HELD, terms(), "validators", "max_position", quantity=5
        )

        assert done.trades() == [(0, 4.0), (1, 1.0), (3, -4.0), (4, -1.0)]

    def test_does_not_leave_an_entry_that_was_dropped(self) -> None:
        # Up to bar 2 the average of two is not exceeded but on bar 1.
        bars = closes([10.0, 11.0, 11.0, 11.0, 11.0])

        done = run(bars, HELD, terms(), "advisors", "regime_filter", average_bars=2)

        assert done.trades() == [(1, 4.0), (4, -4.0)]


class OnlyLevels:
    """An advisor that knows nothing of plans."""

    def shape(self, targets: np.ndarray) -> np.ndarray:
        return targets


class TestAnAdvisorOfLevelsAlone:
    def test_is_refused_by_name(self) -> None:
        asked = HookSpec(type="only_levels", params=HookParams())
        built = {kind: [] for kind in HookKind}
        hooks = RunHooks({**built, HookKind.ADVISORS: [(asked, OnlyLevels())]})

        with pytest.raises(InvalidRequestError, match="'only_levels' cannot shape"):
            hooks.shaped_plan(HELD)
        assert hooks.shaped(np.zeros(3)).tolist() == [0.0] * 3
