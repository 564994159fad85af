"""What a run leaves behind for its metrics to be read off: plain arrays."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    FloatArray = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class History:
    """One run, bar by bar and trade by trade.

    Parameters
    ----------
    timestamps : ndarray of datetime64[ns], shape (n_bars,)
        Labels of the bars, strictly increasing.
    close : ndarray of float64, shape (n_bars,)
        Closing prices, positive.
    equity : ndarray of float64, shape (n_bars,)
        Cash and positions, valued at each close.
    position : ndarray of float64, shape (n_bars,)
        Units held at each close; negative when short.
    initial_cash : float
        Cash before the first bar.
    traded_value : float, default=0.0
        Sum of quantity times price over all fills, buys and sells.
    total_costs : float, default=0.0
        Everything paid to trade and to borrow.
    trade_pnl : ndarray of float64, shape (n_closed,)
        Profit of each closed trade after its costs, in order of closing.
    trade_bars : ndarray of float64, shape (n_closed,)
        Bars each was held.
    """

    timestamps: NDArray[np.datetime64]
    close: FloatArray
    equity: FloatArray
    position: FloatArray
    initial_cash: float
    traded_value: float
    total_costs: float
    trade_pnl: FloatArray
    trade_bars: FloatArray

    def __post_init__(self) -> None:
        check_cash(self.initial_cash)
        for name in ("close", "equity", "position"):
            check_shape(name, getattr(self, name), self.timestamps.size)
        check_shape("trade_bars", self.trade_bars, self.trade_pnl.size)
        for name in ("traded_value", "total_costs"):
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"{name} is {getattr(self, name)}: must be finite")


def check_cash(initial_cash: float) -> None:
    """Raise `ValueError` unless there is cash to start with."""
    if not (math.isfinite(initial_cash) and initial_cash > 0.0):
        raise ValueError(f"initial_cash is {initial_cash}: must be finite and > 0")


def check_shape(name: str, values: FloatArray, size: int) -> None:
    """Raise `ValueError` unless there is one value for each of `size`."""
    if values.shape != (size,):
        raise ValueError(f"{name} has shape {values.shape}: must be ({size},)")


def refuse_missing(name: str, values: FloatArray) -> NoReturn:
    """Raise `ValueError` naming the first value that is no number."""
    place = int(np.isfinite(values).argmin())
    raise ValueError(f"{name} at {place} is {values[place]}: must be finite")


def sealed(values: NDArray[Any]) -> NDArray[Any]:
    """Return a read-only view: the kernels are compiled for that one type."""
    if values.flags.c_contiguous and not values.flags.writeable:
        return values
    view = np.ascontiguousarray(values).view()
    view.flags.writeable = False
    return view
