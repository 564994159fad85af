"""Target targets through the event loop: the same orders the kernel emits."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from backtesting.bars import Bars
from backtesting.kernel.halts import deferred_targets
from backtesting.kernel.layout import ALLOWED_SIDE
from backtesting.kernel.packing import pack_terms
from backtesting.kernel.sizing import entry_size
from backtesting.kernel.target_positions import clipped, entries_held, plan, units_of
from backtesting.terms import Terms
from qtos_core import Event, Portfolio, Side, Signal, Strategy


class ReplayStrategy(Strategy):
    """Emit the orders that `backtesting.simulate` would emit for `target_positions`.

    With it, hooks see the orders of a strategy that is written as targets.  Without
    hooks, engine and kernel give the same fills and equity.

    Parameters
    ----------
    symbol : str
        What the bars are of.
    targets : array_like of shape (n_bars,)
        Target positions in entries; see `backtesting.simulate`.
    terms : Terms
        The terms the engine runs under; direction and sizing are read here.

    Raises
    ------
    ValueError
        If a level is not finite; in a run, if there are more bars than targets.

    Notes
    -----
    A quantity is worked out when the order is emitted, from what is held then.  An
    exit of what is not held emits nothing, so an advisor that holds an entry back
    past its exit must drop it itself: shift `target_positions` to delay a strategy.
    """

    def __init__(self, symbol: str, targets: ArrayLike, terms: Terms) -> None:
        self.symbol = symbol
        self._levels = np.asarray(targets, dtype=np.float64)
        if self._levels.ndim != 1 or not np.isfinite(self._levels).all():
            raise ValueError("targets must be finite numbers, one a bar")
        self._terms = pack_terms(terms)
        self._targets = self._clipped()
        self._close = np.empty(len(self._targets))
        self._bar = -1
        self._previous = self._held = self._aimed = self._position_then = 0.0

    def wait_for_trading(self, bars: Bars) -> int:
        """Put off what cannot fill on `bars`, and return how many decisions that is."""
        if self._levels.size != len(bars):  # too few are refused when they run out
            return 0
        self._levels, delayed = deferred_targets(bars, self._levels, self._terms)
        self._targets = self._clipped()
        return delayed

    def _clipped(self) -> list[float]:
        side = float(self._terms[ALLOWED_SIDE])
        return [clipped(level, side) for level in self._levels.tolist()]

    def on_event(
        self, event: Event, portfolio: Portfolio | None = None
    ) -> list[Signal]:
        """Return the signals of a change of level on this bar."""
        self._bar += 1
        bar = self._bar
        if bar >= len(self._targets):
            raise ValueError(f"there are {bar + 1} bars and {bar} targets")
        self._close[bar] = event.payload.close
        level = self._targets[bar]
        if level == self._previous:
            return []
        if portfolio is None:
            raise ValueError("targets can be replayed only against a portfolio")
        return self._signals(event, portfolio, level)

    def _signals(
        self, event: Event, portfolio: Portfolio, level: float
    ) -> list[Signal]:
        position = float(portfolio.position(self.symbol))
        self._held = entries_held(
            self._held, self._aimed, self._position_then, position
        )
        leaving, entries, self._aimed = plan(self._held, self._previous, level)
        side = Side.BUY if level > self._previous else Side.SELL
        self._previous, self._position_then = level, position
        quantities: list[float] = []
        if leaving > 0.0:
            quantities.append(units_of(leaving, self._held, position))
        if entries > 0.0:
            equity = float(portfolio.equity)
            size = entry_size(self._terms, equity, self._close, self._bar)
            quantities.append(entries * size)
        when = event.timestamp
        return [Signal(self.symbol, side, units, when) for units in quantities]
