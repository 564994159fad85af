"""What a simulation did, as arrays: fills, rejections and counts.

Every order is accounted for: ``filled + rejected + expired == emitted``.  Fills of
exit rules and margin calls count as orders emitted and filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from backtesting.kernel import layout
from backtesting.kernel.layout import (
    FILL_REASONS,
    REJECTION_REASONS,
    FillReason,
    Floats,
    RejectionReason,
)

Integers = NDArray[np.int64]


def sealed(array: NDArray[np.generic]) -> None:
    """Make `array` read-only."""
    array.flags.writeable = False


def frozen(array: Floats) -> Floats:
    """Return `array`, or a read-only view of it.

    Writable and read-only arrays are two types to numba, and each would be compiled
    for on its first call.
    """
    if array.flags.writeable:
        array = array.view()
        sealed(array)
    return array


@dataclass(frozen=True, eq=False)
class _Record:
    """Columns of one matrix, seven numbers a row."""

    matrix: Floats

    def __len__(self) -> int:
        return int(self.matrix.shape[1])

    @cached_property
    def bar(self) -> Integers:
        """Bar it happened on, zero-based."""
        return self.matrix[layout.BAR, :].astype(np.int64)

    @property
    def side(self) -> Floats:
        """+1 for a buy, -1 for a sale."""
        return self.matrix[layout.SIDE, :]

    @property
    def quantity(self) -> Floats:
        """Units, positive."""
        return self.matrix[layout.UNITS, :]

    @property
    def price(self) -> Floats:
        """Price a unit, slippage included."""
        return self.matrix[layout.PRICE, :]


class Fills(_Record):
    """Every fill in the order it happened."""

    @property
    def commission(self) -> Floats:
        """Commission, in money."""
        return self.matrix[layout.COMMISSION, :]

    @property
    def slippage(self) -> Floats:
        """What slippage cost, in money."""
        return self.matrix[layout.SLIPPAGE, :]

    @cached_property
    def notional(self) -> Floats:
        """Quantity times price."""
        return self.quantity * self.price

    @cached_property
    def reason(self) -> list[FillReason]:
        """Why each happened."""
        codes = self.matrix[layout.FILL_REASON, :].astype(np.int64).tolist()
        return [FILL_REASONS[code] for code in codes]


class Rejections(_Record):
    """Every order that was rejected or expired, in the order it happened."""

    @property
    def needed(self) -> Floats:
        """What filling it would have taken; 0 where nothing was short."""
        return self.matrix[layout.NEEDED, :]

    @property
    def available(self) -> Floats:
        """What there was."""
        return self.matrix[layout.AVAILABLE, :]

    @cached_property
    def reason(self) -> list[RejectionReason]:
        """Why each happened."""
        codes = self.matrix[layout.REJECTION_REASON, :].astype(np.int64).tolist()
        return [REJECTION_REASONS[code] for code in codes]


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderCounts:
    """What became of every order.

    Parameters
    ----------
    emitted, filled, rejected, expired : int
        ``emitted == filled + rejected + expired``.
    cut : int
        Filled orders cut to the position held, or by a sizing rule to what cash
        affords.
    rounded : int
        Orders cut down to whole lots.
    margin_calls : int
        Shorts closed because equity no longer carried them.
    """

    emitted: int = 0
    filled: int = 0
    rejected: int = 0
    expired: int = 0
    cut: int = 0
    rounded: int = 0
    margin_calls: int = 0

    @classmethod
    def of(cls, account: Floats) -> OrderCounts:
        """Return the counts an account has kept."""
        counts = account.tolist()
        return cls(
            emitted=int(counts[layout.EMITTED]),
            filled=int(counts[layout.FILLED]),
            rejected=int(counts[layout.REJECTED]),
            expired=int(counts[layout.EXPIRED]),
            cut=int(counts[layout.CUT]),
            rounded=int(counts[layout.ROUNDED]),
            margin_calls=int(counts[layout.MARGIN_CALLS]),
        )
