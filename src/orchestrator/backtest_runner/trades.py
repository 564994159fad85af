"""The long parts of an answer: curve, closed lots, orders."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from backtesting.kernel import Simulation
    from backtesting.kernel.closed_lots import ClosedLots

Json = dict[str, object]

ORDER_COUNTS: Mapping[str, str] = {
    "emitted": "Orders the strategy and its exits gave",
    "filled": "Orders that filled",
    "rejected": "Orders refused",
    "expired": "Limit orders that found no price in time",
    "cut": "Entries cut down to what a rule allowed",
    "rounded": "Entries cut down to a whole lot",
    "margin_calls": "Positions closed for want of equity",
}
"""What became of orders: the counts of an answer, and what each says."""


def instants(moments: NDArray[np.datetime64]) -> list[str]:
    """Return moments as RFC 3339 in UTC, to the second unless they are finer."""
    seconds = moments.astype("datetime64[s]")
    unit: Literal["s", "ns"] = "s" if (seconds == moments).all() else "ns"
    return [f"{text}Z" for text in np.datetime_as_string(moments, unit=unit)]


def equity_curve(simulation: Simulation, kept: NDArray[np.intp] | None) -> Json:
    """Return timestamps and equity as columns, of all bars or of those `kept`."""
    chosen = slice(None) if kept is None else kept
    return {
        "timestamp": simulation.bars.timestamps[chosen],
        "equity": simulation.equity[chosen],
    }


def trades_list(simulation: Simulation) -> list[Json]:
    """Return the closed lots, in order of closing.

    A lot whose entry was worth too little for a float has no `return_pct`.
    """
    lots = simulation.closed_lots
    times = simulation.bars.timestamps
    returns = _returns(lots)
    columns = zip(
        lots.side.tolist(),
        instants(times[lots.entry_bar]),
        instants(times[lots.exit_bar]),
        lots.quantity.tolist(),
        lots.entry_price.tolist(),
        lots.exit_price.tolist(),
        lots.costs.tolist(),
        lots.pnl.tolist(),
        returns.tolist(),
        lots.bars.tolist(),
        lots.reason,
        (lots.trade + 1).tolist(),
        strict=True,
    )
    trades: list[Json] = [
        {
            "side": "long" if side > 0.0 else "short",
            "entry_time": entry,
            "exit_time": leave,
            "quantity": quantity,
            "entry_price": entry_price,
            "exit_price": exit_price,
            "costs": costs,
            "pnl": pnl,
            "return_pct": return_pct,
            "bars": int(bars),
            "reason": reason.value,
            "trade": trade,
        }
        for (
            side,
            entry,
            leave,
            quantity,
            entry_price,
            exit_price,
            costs,
            pnl,
            return_pct,
            bars,
            reason,
            trade,
        ) in columns
    ]
    for row in np.flatnonzero(~np.isfinite(returns)):
        del trades[row]["return_pct"]
    return trades


def _returns(lots: ClosedLots) -> NDArray[np.float64]:
    """Return each trade's return, not finite where its entry was worth too little."""
    with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
        return lots.return_pct


def orders_list(simulation: Simulation, symbol: str) -> list[Json]:
    """Return every order, filled or not, by bar."""
    fills = simulation.fills
    filled: list[tuple[int, Json]] = [
        (
            bar,
            {**_order(when, symbol, side=side, quantity=quantity, price=price), **more},
        )
        for bar, when, side, quantity, price, more in zip(
            fills.bar.tolist(),
            instants(simulation.bars.timestamps[fills.bar]),
            fills.side.tolist(),
            fills.quantity.tolist(),
            fills.price.tolist(),
            (
                {
                    "status": "filled",
                    "commission": commission,
                    "slippage": slippage,
                    "reason": reason.value,
                }
                for commission, slippage, reason in zip(
                    fills.commission.tolist(),
                    fills.slippage.tolist(),
                    fills.reason,
                    strict=True,
                )
            ),
            strict=True,
        )
    ]
    bars = simulation.rejections.bar.tolist()
    refused = zip(bars, rejections_list(simulation, symbol, len(bars)), strict=True)
    log = [
        *filled,
        *((bar, {"status": _status(order), **order}) for bar, order in refused),
    ]
    return [order for _, order in sorted(log, key=lambda entry: entry[0])]


def rejections_list(simulation: Simulation, symbol: str, most: int) -> list[Json]:
    """Return the first `most` orders that were rejected or expired."""
    refused = simulation.rejections
    if not len(refused):
        return []
    bars = refused.bar[:most]
    return [
        {
            **_order(when, symbol, side=side, quantity=quantity, price=price),
            "reason": reason.value,
            "needed": needed,
            "available": available,
        }
        for when, side, quantity, price, reason, needed, available in zip(
            instants(simulation.bars.timestamps[bars]),
            refused.side[:most].tolist(),
            refused.quantity[:most].tolist(),
            refused.price[:most].tolist(),
            refused.reason[:most],
            refused.needed[:most].tolist(),
            refused.available[:most].tolist(),
            strict=True,
        )
    ]


def _order(
    when: str, symbol: str, *, side: float, quantity: float, price: float
) -> Json:
    return {
        "timestamp": when,
        "symbol": symbol,
        "side": "buy" if side > 0.0 else "sell",
        "quantity": quantity,
        "price": price,
    }


def _status(order: Json) -> str:
    return "expired" if order["reason"] == "limit_expired" else "rejected"
