"""Enter only in a regime: above an average, or while volatility is low."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from backtesting.bars import Bars
from orchestrator.hooks.base import HookContext, HookDefinition, HookKind
from orchestrator.hooks.sides import with_entries_marked
from orchestrator.parameters import HOOK_PARAMS, check_bounds, parameter, refusal
from orchestrator.spec import HookParams
from qtos_core import Event, Portfolio, Signal

_ROUNDING = 1e-12


@dataclass(frozen=True, slots=True, kw_only=True)
class RegimeFilterParams(HookParams):
    """What makes the regime; at least one of the two conditions is needed."""

    average_bars: int | None = parameter(
        None,
        description="Enter only while the close is above its average of so many bars",
        minimum=2,
        maximum=10_000,
    )
    max_volatility_pct: float | None = parameter(
        None,
        description="Enter only while the realised volatility, in percent a year, is "
        "below this",
        exclusive_minimum=0.0,
        maximum=10_000.0,
    )
    volatility_bars: int = parameter(
        20,
        description="Returns the realised volatility is taken over",
        minimum=2,
        maximum=10_000,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=HOOK_PARAMS)
        if self.average_bars is None and self.max_volatility_pct is None:
            detail = "is required unless max_volatility_pct is given"
            raise refusal("average_bars", detail, under=HOOK_PARAMS)


class RegimeFilter:
    """Drop entries outside the regime; exits pass.

    Before there are bars enough to know the regime, one is outside of it.
    """

    def __init__(self, params: RegimeFilterParams, context: HookContext) -> None:
        self._symbol = context.symbol
        self._open = _regime(params, context.bars, context.terms.periods_per_year)
        self._dropped = 0

    def __call__(
        self, signals: list[Signal], _event: Event, portfolio: Portfolio
    ) -> list[Signal]:
        """Return the signals that may go on."""
        if not signals or self._open[portfolio.bar_index]:
            return signals
        marked = with_entries_marked(signals, portfolio.position(self._symbol))
        kept = [signal for signal, entry in marked if not entry]
        self._dropped += len(signals) - len(kept)
        return kept

    def report(self) -> Mapping[str, object]:
        """Return how many bars were in the regime and how many entries it cost."""
        return {
            "bars_in_regime": int(np.count_nonzero(self._open)),
            "entries_dropped": self._dropped,
        }


def _regime(
    params: RegimeFilterParams, bars: Bars, periods_per_year: float
) -> NDArray[np.bool_]:
    inside = np.ones(len(bars), dtype=np.bool_)
    close = pd.Series(bars.close)
    if params.average_bars is not None:
        average = close.rolling(params.average_bars).mean()
        # Over prices that stand still the average is the price, but for rounding.
        inside &= (close > average * (1.0 + _ROUNDING)).to_numpy()
    if params.max_volatility_pct is not None:
        deviation = close.pct_change().rolling(params.volatility_bars).std()
        volatility_pct = 100.0 * math.sqrt(periods_per_year) * deviation
        inside &= (volatility_pct < params.max_volatility_pct).to_numpy()
    return inside


REGIME_FILTER = HookDefinition(
    name="regime_filter",
    kind=HookKind.ADVISORS,
    description=(
        "Drops entries decided while the close is not above its average, or while "
        "the realised volatility is not below a level; a dropped entry is not made up "
        "for later."
    ),
    params=RegimeFilterParams,
    build=RegimeFilter,
)
