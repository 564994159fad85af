"""Stay out for some bars after leaving a position."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backtesting import Trade
from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.hooks.sides import is_entry, reduced, signed
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter
from orchestrator.spec import HookParams
from qtos_core import Event, Portfolio, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class CooldownParams(HookParams):
    """How long."""

    bars: int = parameter(
        5,
        description="Bars after the one a position was closed on without a new entry",
        minimum=1,
        maximum=1_000_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class Cooldown:
    """Drop entries from the bar of an exit to `bars` bars after it.

    A position that is turned on one bar is closed on it, so its new side is dropped.
    """

    def __init__(self, params: CooldownParams, context: HookContext) -> None:
        self._symbol = context.symbol
        self._bars = params.bars
        self._until = -1
        self._exits = 0
        self._dropped = 0

    def on_trade(self, trade: Trade, portfolio: Portfolio) -> None:
        """Start the cooldown when the trade left nothing."""
        if portfolio.position(trade.symbol) == 0.0:
            self._exits += 1
            self._until = portfolio.bar_index + self._bars

    def __call__(
        self, signals: list[Signal], _event: Event, portfolio: Portfolio
    ) -> list[Signal]:
        """Return the signals that may go on."""
        cooling = portfolio.bar_index <= self._until
        position = portfolio.position(self._symbol)
        kept = []
        for signal in signals:
            change = signed(signal)
            if not is_entry(change, position):
                position = reduced(position, change)
                cooling = cooling or position == 0.0
            elif cooling:
                self._dropped += 1
                continue
            kept.append(signal)
        return kept

    def report(self) -> Mapping[str, object]:
        """Return how many exits started a cooldown, and the entries it cost."""
        return {"exits": self._exits, "entries_dropped": self._dropped}


COOLDOWN = HookDefinition(
    name="cooldown",
    kind=HookKind.ADVISORS,
    description=(
        "Drops entries for a number of bars after a position was closed, by whatever "
        "rule; a dropped entry is not made up for later."
    ),
    params=CooldownParams,
    build=Cooldown,
)
