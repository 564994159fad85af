"""What a plan of orders would hold, whatever the prices and however much it costs."""

from __future__ import annotations

import numpy as np

from backtesting.bars import Bars
from backtesting.kernel.layout import Floats
from backtesting.kernel.order_plan import OrderPlan
from backtesting.kernel.simulation import simulate_orders
from backtesting.terms import Fill, Sizing, Terms


def targets_of(plan: OrderPlan, bars: int, terms: Terms) -> Floats:
    """Return the levels a plan aims at: what it would hold if every order filled.

    Parameters
    ----------
    plan : OrderPlan
    bars : int
        How many levels are wanted.
    terms : Terms
        Direction and sizing are read.  Under a rule other than ``fixed`` every entry
        without a quantity counts as one.

    Returns
    -------
    ndarray of shape (bars,)
        Positions after each bar's orders, in entries.
    """
    quantity = terms.sizing.quantity
    boundless = Terms(
        initial_cash=1e300,
        fill=Fill.CLOSE,
        sizing=Sizing(quantity=quantity),
        direction=terms.direction,
    )
    prices = np.ones(bars)
    stand_still = Bars(
        timestamps=np.empty(bars, dtype="datetime64[ns]"),
        open=prices,
        high=prices,
        low=prices,
        close=prices,
        volume=prices,
    )
    return simulate_orders(stand_still, plan, boundless).position / quantity
