"""A record of how much of the equity was in the market."""

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
class ExposureLogParams(HookParams):
    """How long the record may be."""

    max_entries: int = parameter(
        100,
        description="Bars with trades kept, the first ones; the others are counted",
        minimum=1,
        maximum=10_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)


class ExposureLog:
    """Measure position value over equity, in percent, negative for shorts.

    It is looked at on every close as the strategy decides there, before an order of
    that close is filled, and recorded after each trade.
    """

    def __init__(self, params: ExposureLogParams, context: HookContext) -> None:
        self._max_entries = params.max_entries
        self._symbol = context.symbol
        self._timestamps = context.bars.timestamps
        self._entries: list[dict[str, object]] = []
        self._seen = 0
        self._bars = self._unmeasured = self._long = self._short = 0
        self._sum = self._highest = self._lowest = 0.0

    def on_bar(self, portfolio: Portfolio) -> None:
        """Look at a close."""
        exposure_pct = self._exposure_pct(portfolio)
        if exposure_pct is None:
            self._unmeasured += 1
            return
        self._bars += 1
        self._long += exposure_pct > 0.0
        self._short += exposure_pct < 0.0
        self._sum += exposure_pct
        self._highest = max(self._highest, exposure_pct)
        self._lowest = min(self._lowest, exposure_pct)

    def __call__(self, _trade: Trade, portfolio: Portfolio) -> None:
        """Record the exposure a trade left."""
        self._seen += 1
        exposure_pct = self._exposure_pct(portfolio)
        if exposure_pct is not None and len(self._entries) < self._max_entries:
            timestamp = iso(self._timestamps[portfolio.bar_index])
            self._entries.append({"timestamp": timestamp, "exposure_pct": exposure_pct})

    def report(self) -> Mapping[str, object]:
        """Return bars long and short, extremes, mean and the record.

        Bars that held a position without equity are counted and not measured.
        """
        return {
            "bars": self._bars,
            "bars_without_equity": self._unmeasured,
            "bars_long": self._long,
            "bars_short": self._short,
            "highest_pct": self._highest,
            "lowest_pct": self._lowest,
            "mean_pct": self._sum / self._bars if self._bars else 0.0,
            "changes": self._seen,
            "omitted": self._seen - len(self._entries),
            "entries": self._entries,
        }

    def _exposure_pct(self, portfolio: Portfolio) -> float | None:
        """Return the share, or None where there is no equity to have a share of."""
        position = portfolio.position(self._symbol)
        if position == 0.0:
            return 0.0
        equity = portfolio.equity
        if equity <= 0.0:
            return None
        return 100.0 * position * portfolio.marks[self._symbol] / equity


EXPOSURE_LOG = HookDefinition(
    name="exposure_log",
    kind=HookKind.OBSERVERS,
    description=(
        "Measures how much of the equity is in the market on every close, and records "
        "it after every trade."
    ),
    params=ExposureLogParams,
    build=ExposureLog,
)
