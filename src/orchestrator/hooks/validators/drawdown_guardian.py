"""No new entries in a drawdown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.hooks.validators.entry_guard import EntryGuard
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter
from orchestrator.spec import HookParams
from qtos_core import Portfolio


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawdownGuardianParams(HookParams):
    """How deep, and for how long."""

    max_drawdown_pct: float = parameter(
        20.0,
        description="Percent of its peak the equity must be under it by",
        exclusive_minimum=0.0,
        maximum=100.0,
    )
    pause_bars: int | None = parameter(
        None,
        description=(
            "Bars after which entries are allowed again and the peak starts anew at "
            "the equity of then; without it only recovery ends the pause"
        ),
        minimum=1,
        maximum=1_000_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class DrawdownGuardian(EntryGuard):
    """Refuse entries from the close that is too far under the peak on.

    Equity is looked at on every close; the initial cash is the first peak.  Once it
    is less far under the peak, entries are allowed again.
    """

    def __init__(self, params: DrawdownGuardianParams, context: HookContext) -> None:
        super().__init__(context.terms)
        self._floor = 1.0 - params.max_drawdown_pct / 100.0
        self._pause_bars = params.pause_bars
        self._peak = context.terms.initial_cash
        self._since: int | None = None
        self._pauses = 0
        self._bars_paused = 0

    def on_bar(self, portfolio: Portfolio) -> None:
        """Look at the equity of the bar's close."""
        equity = portfolio.equity
        if self._is_over(portfolio.bar_index):
            self._since, self._peak = None, equity
        self._peak = max(self._peak, equity)
        if equity > self._floor * self._peak:
            self._since = None
            return
        if self._since is None:
            self._since = portfolio.bar_index
            self._pauses += 1
        self._bars_paused += 1

    def refuses(self, _portfolio: Portfolio) -> bool:
        """Return whether the run is paused."""
        return self._since is not None

    def report(self) -> Mapping[str, object]:
        """Return the pauses, their bars, and the entries they cost."""
        return {
            **super().report(),
            "pauses": self._pauses,
            "bars_paused": self._bars_paused,
        }

    def _is_over(self, bar: int) -> bool:
        if self._since is None or self._pause_bars is None:
            return False
        return bar - self._since >= self._pause_bars


DRAWDOWN_GUARDIAN = HookDefinition(
    name="drawdown_guardian",
    kind=HookKind.VALIDATORS,
    description=(
        "Refuses entries while equity is a percentage or more under its peak, until it "
        "has recovered or a number of bars has passed."
    ),
    params=DrawdownGuardianParams,
    build=DrawdownGuardian,
)
