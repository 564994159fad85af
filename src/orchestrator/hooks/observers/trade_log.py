"""A record of every trade with what it left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backtesting import Trade
from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.hooks.observers.instants import iso
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter
from orchestrator.spec import HookParams
from qtos_core import Portfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class TradeLogParams(HookParams):
    """How long the record may be."""

    max_entries: int = parameter(
        100,
        description="Trades kept, the first ones; the others are counted",
        minimum=1,
        maximum=10_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class TradeLog:
    """Keep the first trades, each with position, cash and equity after it."""

    def __init__(self, params: TradeLogParams, context: HookContext) -> None:
        self._max_entries = params.max_entries
        self._timestamps = context.bars.timestamps
        self._entries: list[dict[str, object]] = []
        self._seen = 0

    def __call__(self, trade: Trade, portfolio: Portfolio) -> None:
        """Take note of a trade."""
        self._seen += 1
        if self._seen > self._max_entries:
            return
        self._entries.append(
            {
                "timestamp": iso(self._timestamps[portfolio.bar_index]),
                "side": trade.side.value,
                "quantity": trade.quantity,
                "price": trade.price,
                "commission": trade.commission,
                "slippage": trade.slippage,
                "reason": trade.reason.value,
                "position": portfolio.position(trade.symbol),
                "cash": portfolio.cash,
                "equity": portfolio.equity,
            }
        )

    def report(self) -> Mapping[str, object]:
        """Return the count, how many were left out, and the record."""
        return {
            "trades": self._seen,
            "omitted": self._seen - len(self._entries),
            "entries": self._entries,
        }


TRADE_LOG = HookDefinition(
    name="trade_log",
    kind=HookKind.OBSERVERS,
    description="Records every trade with the position, cash and equity after it.",
    params=TradeLogParams,
    build=TradeLog,
)
