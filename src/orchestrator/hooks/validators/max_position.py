"""Keep a position under a size."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.hooks.sides import OrderBook, is_entry, signed
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter, refusal
from orchestrator.spec import HookParams
from qtos_core import Order, Portfolio

_DUST = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxPositionParams(HookParams):
    """Limits of one position, long or short; at least one is needed."""

    quantity: float | None = parameter(
        None, description="Units", exclusive_minimum=0.0, maximum=1e12
    )
    value: float | None = parameter(
        None,
        description="Money, at the close the order is decided on",
        exclusive_minimum=0.0,
        maximum=1e18,
    )
    percent_of_equity: float | None = parameter(
        None,
        description="Percent of equity, at the close the order is decided on",
        exclusive_minimum=0.0,
        maximum=10_000.0,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)
        if (self.quantity, self.value, self.percent_of_equity) == (None, None, None):
            detail = "is required unless value or percent_of_equity is given"
            raise refusal("quantity", detail, under=HOOK_PARAMS)


class MaxPosition:
    """Cut entries to what the limit leaves room for; refuse those without room."""

    def __init__(self, params: MaxPositionParams, context: HookContext) -> None:
        self._params = params
        self._lot = context.terms.sizing.lot_size
        self._book = OrderBook(context.terms)
        self._cut = 0
        self._refused = 0

    def __call__(self, order: Order, portfolio: Portfolio) -> Order | None:
        """Return the order, cut to the room left, or None without room."""
        position = self._book.position(order, portfolio)
        if is_entry(signed(order), position):
            room = self._room(order.symbol, abs(position), portfolio)
            if room <= _DUST * order.quantity:
                self._refused += 1
                return None
            if room < order.quantity:
                self._cut += 1
                order = replace(order, quantity=room)
        self._book.let_through(order, portfolio)
        return order

    def report(self) -> Mapping[str, object]:
        """Return how many orders were cut and refused."""
        return {"orders_cut": self._cut, "orders_refused": self._refused}

    def _room(self, symbol: str, held: float, portfolio: Portfolio) -> float:
        params, price = self._params, portfolio.marks[symbol]
        limits = [math.inf if params.quantity is None else params.quantity]
        if params.value is not None:
            limits.append(params.value / price)
        if params.percent_of_equity is not None:
            allowed = params.percent_of_equity / 100.0 * max(portfolio.equity, 0.0)
            limits.append(allowed / price)
        room = max(min(limits) - held, 0.0)
        if self._lot > 0.0 and math.isfinite(room):
            room = math.floor(room / self._lot + _DUST) * self._lot
        return room


MAX_POSITION = HookDefinition(
    name="max_position",
    kind=HookKind.VALIDATORS,
    description=(
        "Cuts entries so that the position stays under a number of units, a value or "
        "a share of equity, and refuses those that leave no room."
    ),
    params=MaxPositionParams,
    build=MaxPosition,
)
