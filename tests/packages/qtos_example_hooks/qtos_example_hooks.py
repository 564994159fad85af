"""Hooks of one's own: an advisor, a validator and an observer.

Install the package beside the service and ask for them by name::

    {"advisors": [{"type": "weekday_filter", "params": {"weekday": 0}}]}
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from backtesting import Trade
from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter
from orchestrator.spec import HookParams
from qtos_core import Event, Order, Portfolio, Side, Signal


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekdayFilterParams(HookParams):
    """Which day."""

    weekday: int = parameter(
        0, description="Buy only on this day, Monday is 0", minimum=0, maximum=6
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class WeekdayFilter:
    """Drop buys decided on another day."""

    def __init__(self, params: WeekdayFilterParams, context: HookContext) -> None:
        self._weekday = params.weekday
        self._dropped = 0

    def __call__(
        self, signals: list[Signal], event: Event, portfolio: Portfolio
    ) -> list[Signal]:
        """Return the signals that may go on."""
        if event.timestamp.weekday() == self._weekday:
            return signals
        kept = [signal for signal in signals if signal.side is Side.SELL]
        self._dropped += len(signals) - len(kept)
        return kept

    def report(self) -> Mapping[str, object]:
        """Return how many buys were dropped."""
        return {"buys_dropped": self._dropped}


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceCeilingParams(HookParams):
    """Which price."""

    price: float = parameter(
        description="Refuse buys above this close", exclusive_minimum=0.0
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class PriceCeiling:
    """Refuse buys above a price.  Has no report."""

    def __init__(self, params: PriceCeilingParams, context: HookContext) -> None:
        self._price = params.price

    def __call__(self, order: Order, portfolio: Portfolio) -> Order | None:
        """Return the order, or None to refuse it."""
        too_dear = portfolio.marks[order.symbol] > self._price
        return None if order.side is Side.BUY and too_dear else order


@dataclass(frozen=True, slots=True, kw_only=True)
class CommissionMeterParams(HookParams):
    """Nothing to set."""


class CommissionMeter:
    """Add up commissions."""

    def __init__(self, params: CommissionMeterParams, context: HookContext) -> None:
        self._paid = 0.0
        self._bars = 0

    def on_bar(self, portfolio: Portfolio) -> None:
        """Count the bars."""
        self._bars += 1

    def __call__(self, trade: Trade, portfolio: Portfolio) -> None:
        """Take note of a trade."""
        self._paid += trade.commission

    def report(self) -> Mapping[str, object]:
        """Return the sum, and the bars it was paid over."""
        return {"paid": self._paid, "bars": self._bars}


WEEKDAY_FILTER = HookDefinition(
    name="weekday_filter",
    kind=HookKind.ADVISORS,
    description="Drops buys decided on any but one day of the week.",
    params=WeekdayFilterParams,
    build=WeekdayFilter,
)
PRICE_CEILING = HookDefinition(
    name="price_ceiling",
    kind=HookKind.VALIDATORS,
    description="Refuses buys above a price.",
    params=PriceCeilingParams,
    build=PriceCeiling,
)
COMMISSION_METER = HookDefinition(
    name="commission_meter",
    kind=HookKind.OBSERVERS,
    description="Adds up commissions.",
    params=CommissionMeterParams,
    build=CommissionMeter,
)
