"""From `Terms` to the vector the kernel reads, checked on the way."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from backtesting.kernel.layout import (
    ACCOUNT_SIZE,
    ALL_IN,
    CASH,
    FIXED,
    PERCENT_OF_EQUITY,
    RISK_PER_TRADE,
    VOLATILITY_TARGET,
    Floats,
)
from backtesting.terms import Direction, Fill, SizingRule

if TYPE_CHECKING:
    from backtesting.terms import Terms

_RULES = {
    SizingRule.FIXED: FIXED,
    SizingRule.PERCENT_OF_EQUITY: PERCENT_OF_EQUITY,
    SizingRule.ALL_IN: ALL_IN,
    SizingRule.RISK_PER_TRADE: RISK_PER_TRADE,
    SizingRule.VOLATILITY_TARGET: VOLATILITY_TARGET,
}
_SIDES = {Direction.LONG: 1.0, Direction.SHORT: -1.0, Direction.BOTH: 0.0}


def pack_terms(terms: Terms) -> Floats:
    """Return the vector of `terms`, in the order of `layout`.

    Raises
    ------
    ValueError
        Naming the term that is out of range.
    """
    costs, sizing, exits = terms.costs, terms.sizing, terms.exits
    _check_sizing(terms)
    return np.array(
        [
            float(terms.fill is Fill.NEXT_OPEN),
            _SIDES[terms.direction],
            _rate("commission_bps", costs.commission_bps),
            _rate("commission_per_share", costs.commission_per_share, per=1.0),
            _rate("commission_minimum", costs.commission_minimum, per=1.0),
            _slippage(costs.slippage_bps),
            _rate("borrow_bps_per_year", costs.borrow_bps_per_year)
            / _positive("periods_per_year", terms.periods_per_year),
            _RULES[sizing.rule],
            sizing.quantity,
            sizing.percent / 100.0,
            sizing.volatility_pct / 100.0 / math.sqrt(terms.periods_per_year),
            sizing.volatility_bars,
            _rate("lot_size", sizing.lot_size, per=1.0),
            _distance("stop_loss_pct", exits.stop_loss_pct),
            _distance("take_profit_pct", exits.take_profit_pct),
            _distance("trailing_stop_pct", exits.trailing_stop_pct),
            _bars(exits.max_holding_bars),
        ]
    )


def open_account(cash: float) -> Floats:
    """Return an account that holds `cash` and nothing else."""
    if not math.isfinite(cash):
        raise ValueError(f"initial cash must be finite, not {cash}")
    account = np.zeros(ACCOUNT_SIZE)
    account[CASH] = cash
    return account


def _rate(name: str, value: float, *, per: float = 10_000.0) -> float:
    if not 0.0 <= value < math.inf:
        raise ValueError(f"{name} must be zero or more and finite, not {value}")
    return value / per


def _slippage(bps: float) -> float:
    if not 0.0 <= bps < 10_000.0:
        raise ValueError(f"slippage_bps must be in [0, 10000), not {bps}")
    return bps / 10_000.0


def _positive(name: str, value: float) -> float:
    if not 0.0 < value < math.inf:
        raise ValueError(f"{name} must be positive and finite, not {value}")
    return value


def _distance(name: str, percent: float | None) -> float:
    return math.inf if percent is None else _positive(name, percent) / 100.0


def _bars(count: int | None) -> float:
    if count is not None and count < 1:
        raise ValueError(f"max_holding_bars must be at least 1, not {count}")
    return math.inf if count is None else float(count)


def _check_sizing(terms: Terms) -> None:
    sizing, exits = terms.sizing, terms.exits
    _positive("quantity", sizing.quantity)
    _positive("percent", sizing.percent)
    _positive("volatility_pct", sizing.volatility_pct)
    if sizing.volatility_bars < 2:
        raise ValueError(
            f"volatility_bars must be at least 2, not {sizing.volatility_bars}"
        )
    has_stop = exits.stop_loss_pct is not None or exits.trailing_stop_pct is not None
    if sizing.rule is SizingRule.RISK_PER_TRADE and not has_stop:
        raise ValueError(
            "risk_per_trade sizes an entry by the distance to its stop: "
            "set stop_loss_pct or trailing_stop_pct"
        )
