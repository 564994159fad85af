"""No more than so many entries."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from backtesting import Trade
from backtesting.kernel import FillReason
from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.hooks.validators.entry_guard import EntryGuard
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter
from orchestrator.spec import HookParams
from qtos_core import Portfolio


class Span(StrEnum):
    """What entries are counted over."""

    RUN = "run"
    DAY = "day"


@dataclass(frozen=True, slots=True, kw_only=True)
class MaxTradesParams(HookParams):
    """How many, and over what."""

    entries: int = parameter(
        description="Entries allowed; their exits are not counted",
        minimum=0,
        maximum=1_000_000_000,
    )
    per: Span = parameter(  # noqa: RUF009 -- it makes a field
        Span.RUN, description="Counted over the whole run, or anew each UTC day"
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class MaxTrades(EntryGuard):
    """Refuse entries once so many were filled or wait to be.

    An entry counts on the day of the bar it fills on.
    """

    def __init__(self, params: MaxTradesParams, context: HookContext) -> None:
        super().__init__(context.terms)
        days = context.bars.timestamps.astype("datetime64[D]").astype(int)
        self._days = days if params.per is Span.DAY else 0 * days
        self._allowed = params.entries
        self._day = int(self._days[0])
        self._filled = 0

    def on_bar(self, portfolio: Portfolio) -> None:
        """Count anew on a new day."""
        self._turn(portfolio.bar_index)

    def on_trade(self, trade: Trade, portfolio: Portfolio) -> None:
        """Count an entry that was filled."""
        self._turn(portfolio.bar_index)
        if trade.reason is FillReason.ENTRY:
            self._filled += 1

    def refuses(self, _portfolio: Portfolio) -> bool:
        """Return whether the entries allowed are used up."""
        return self._filled + self._book.entries_waiting >= self._allowed

    def _turn(self, bar: int) -> None:
        day = int(self._days[bar])
        if day != self._day:
            self._day, self._filled = day, 0


MAX_TRADES = HookDefinition(
    name="max_trades",
    kind=HookKind.VALIDATORS,
    description="Refuses entries beyond a number over the run, or each UTC day.",
    params=MaxTradesParams,
    build=MaxTrades,
)
