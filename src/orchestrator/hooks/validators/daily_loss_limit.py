"""No new entries for the rest of a day that has lost too much."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.hooks.validators.entry_guard import EntryGuard
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter
from orchestrator.spec import HookParams
from qtos_core import Portfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class DailyLossLimitParams(HookParams):
    """How much a day may lose."""

    max_loss_pct: float = parameter(
        2.0,
        description="Percent of the equity at the last close of the day before",
        exclusive_minimum=0.0,
        maximum=100.0,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class DailyLossLimit(EntryGuard):
    """Refuse entries from the close that has lost too much to the end of its day.

    Days are those of the bars' labels, in UTC; of daily bars each is one.
    """

    def __init__(self, params: DailyLossLimitParams, context: HookContext) -> None:
        super().__init__(context.terms)
        self._days = context.bars.timestamps.astype("datetime64[D]").astype(int)
        self._floor = 1.0 - params.max_loss_pct / 100.0
        self._day = -1
        self._start = self._last = context.terms.initial_cash
        self._is_stopped = False
        self._stopped_days = 0

    def on_bar(self, portfolio: Portfolio) -> None:
        """Look at the equity of the bar's close."""
        day = int(self._days[portfolio.bar_index])
        if portfolio.bar_index == 0 or day != self._day:
            self._day, self._start, self._is_stopped = day, self._last, False
        self._last = portfolio.equity
        if not self._is_stopped and self._last <= self._floor * self._start:
            self._is_stopped = True
            self._stopped_days += 1

    def refuses(self, _portfolio: Portfolio) -> bool:
        """Return whether the day is stopped."""
        return self._is_stopped

    def report(self) -> Mapping[str, object]:
        """Return the days stopped and the entries refused on them."""
        return {**super().report(), "days_stopped": self._stopped_days}


DAILY_LOSS_LIMIT = HookDefinition(
    name="daily_loss_limit",
    kind=HookKind.VALIDATORS,
    description=(
        "Refuses entries for the rest of a UTC day once its equity is a percentage "
        "or more under that of the last close of the day before."
    ),
    params=DailyLossLimitParams,
    build=DailyLossLimit,
)
