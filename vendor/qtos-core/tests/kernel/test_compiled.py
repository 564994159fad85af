"""What is compiled is compiled once, whatever arrays come in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtesting import (
    BacktestEngine,
    Bars,
    Exits,
    OrderPlan,
    PassThroughRiskManager,
    ReplayOrders,
    ReplayStrategy,
    Terms,
    compiled,
    simulate,
    simulate_orders,
)
from backtesting.kernel import (
    account,
    closed_lots,
    loop,
    order_loop,
    order_plan,
    planned_orders,
    protection,
)
from qtos_core import Order, OrderType, Portfolio, Side, Strategy

Daily = Callable[..., Bars]

COMPILED = {
    "run": loop.run,
    "run_orders": order_loop.run_orders,
    "first_fault": order_plan.first_fault,
    "decide_orders": planned_orders.decide_orders,
    "fill_order": planned_orders.fill_order,
    "count_changes": loop.count_changes,
    "match_fills": closed_lots.match_fills,
    "execute": account.execute,
    "refuse": account.refuse,
    "protect": protection.protect,
}


class Whole(Strategy):
    """Speak in integers."""

    def on_event(self, event: Any, portfolio: Portfolio | None = None) -> list[Any]:
        limit = Order("SPY", Side.BUY, 1, OrderType.LIMIT, 9)
        return [Order("SPY", Side.BUY, 1), limit, Order("QQQ", Side.BUY, 1)]


def use_everything(bars: Bars) -> None:
    terms = Terms(exits=Exits(stop_loss_pct=5))
    for targets in ([1, 0, 1], np.ones(3), np.zeros(3), np.ones(6)[::2]):
        assert len(simulate(bars, targets, terms).closed_lots) <= 1
    matrix = np.array([[0.0, 1.0], [1.0, -1.0], [np.nan, np.nan], [-1.0, 0.0]])
    for plan in (
        OrderPlan(matrix),
        OrderPlan(np.asfortranarray(matrix)),
        OrderPlan(matrix).delayed(1).before(2),
        OrderPlan.of(bar=[0, 1], side=[1, -1]),
    ):
        assert len(simulate_orders(bars, plan, terms).closed_lots) <= 1
    for strategy in (
        ReplayStrategy("SPY", [1, 0, 1], terms),
        ReplayOrders("SPY", plan, terms),
        Whole(),
    ):
        BacktestEngine(
            strategy,
            PassThroughRiskManager(),
            Portfolio(cash=100_000),
            terms=terms,
        ).run(bars, "SPY")


class TestSignatures:
    @pytest.mark.parametrize("name", COMPILED)
    def test_do_not_depend_on_the_callers_arrays(self, daily: Daily, name: str) -> None:
        bars = daily(10.0, 11.0, 12.0)
        writable = Bars(
            timestamps=bars.timestamps,
            **{
                column: getattr(bars, column).copy()
                for column in ("open", "high", "low", "close", "volume")
            },
        )
        use_everything(bars)
        once: Any = COMPILED[name]
        before = len(once.signatures)

        use_everything(writable)
        use_everything(Bars.from_frame(bars.to_frame()))
        use_everything(
            daily(9.0, *[10.0] * 3).between(
                pd.Timestamp("2020-01-02").to_datetime64(), None
            )
        )

        assert before == len(once.signatures)


class TestCache:
    def test_is_stale_when_any_file_of_the_kernel_changes(self) -> None:
        cache: Any = loop.run
        stamp = cache._cache._cache_file._source_stamp

        names = {name for name, _, _ in stamp}

        assert {"account.py", "loop.py", "protection.py", "sizing.py"} <= names
        assert stamp == compiled._stamp(Path(loop.__file__).parent)
