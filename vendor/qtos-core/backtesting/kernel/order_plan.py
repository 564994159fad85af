"""A plan of orders: the second kind of input the kernel runs, beside targets.

Where targets say what to hold, a plan says what to order and which order closes
which: what became of an entry (refused, cut, stopped out) decides what its exit
sells.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from backtesting.compiled import compiled
from backtesting.kernel.layout import BAR, SIDE, UNITS, Floats
from backtesting.kernel.record import frozen

# The rows of a plan; the first three are those of the fills.
CLOSES = 3
PLAN_SIZE = 4

_FAULTS = (
    "",
    "is decided on a bar that is no whole number from 0 on, or before the one ahead",
    "has a side that is neither +1 nor -1",
    "has a quantity that is neither NaN nor positive and finite",
    "closes what is no earlier order of the other side",
)


@dataclass(frozen=True, eq=False)
class OrderPlan:
    """Orders in the order they are decided, one a column; make it with `of`.

    Parameters
    ----------
    matrix : ndarray of shape (4, n_orders)
        Bar, side, quantity and the order closed, as `of` takes them; read-only.

    Raises
    ------
    ValueError
        Naming the first order that breaks a rule, and the rule.

    Notes
    -----
    An order meets the position as it stands, with the orders before it filled:

    * one that closes entry ``k`` asks for the units entry ``k`` filled and that are
      still open; for nothing where there are none left;
    * one against the position reduces it, at most to flat: by its quantity or, when
      it has none, by one entry's worth, which is the fixed quantity, or under
      another sizing rule the position over the entries it is made of.  What is cut
      off comes off the oldest entries first;
    * any other opens a position or adds to it, by its quantity or by the size that
      the sizing rule gives; for nothing where the direction forbids its side.
    """

    matrix: Floats

    def __post_init__(self) -> None:
        matrix = frozen(np.ascontiguousarray(self.matrix, dtype=np.float64))
        if matrix.ndim != 2 or matrix.shape[0] != PLAN_SIZE:
            raise ValueError(f"a plan has four rows; the shape is {matrix.shape}")
        row, fault = first_fault(matrix)
        if fault:
            raise ValueError(f"order {row} {_FAULTS[fault]}")
        object.__setattr__(self, "matrix", matrix)

    @classmethod
    def of(
        cls,
        *,
        bar: ArrayLike,
        side: ArrayLike,
        quantity: ArrayLike = np.nan,
        closes: ArrayLike = -1,
    ) -> OrderPlan:
        """Return the plan of columns.

        Parameters
        ----------
        bar : array_like of int
            The bar each is decided on, not decreasing.
        side : array_like
            +1 a buy, -1 a sale.
        quantity : array_like, default=NaN
            Units; NaN leaves the size to the sizing rule.  Of an order that closes
            another it is not read.
        closes : array_like of int, default=-1
            Position in the plan of the entry whose units this order closes; -1 for
            none.
        """
        columns = np.broadcast_arrays(bar, side, quantity, closes)
        return cls(np.array(columns, dtype=np.float64).reshape(PLAN_SIZE, -1))

    def __len__(self) -> int:
        return int(self.matrix.shape[1])

    @property
    def bar(self) -> Floats:
        """Bar each is decided on, zero-based whole numbers."""
        return self.matrix[BAR, :]

    @property
    def side(self) -> Floats:
        """+1 for a buy, -1 for a sale."""
        return self.matrix[SIDE, :]

    @property
    def quantity(self) -> Floats:
        """Units, NaN where the sizing rule decides."""
        return self.matrix[UNITS, :]

    @property
    def closes(self) -> Floats:
        """Position of the entry that is closed, -1 for none."""
        return self.matrix[CLOSES, :]

    def before(self, bar: int) -> OrderPlan:
        """Return the orders decided before `bar`; what they close is among them."""
        return OrderPlan(self.matrix[:, : np.searchsorted(self.bar, bar)])

    def delayed(self, by: int) -> OrderPlan:
        """Return the plan with every order decided `by` bars later."""
        late = self.matrix.copy()
        late[BAR] += by
        return OrderPlan(late)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanOutcome:
    """What became of a plan's orders, once it was run.

    Parameters
    ----------
    without_effect : int
        Orders of their own that asked for nothing: the direction forbade to open
        what there was nothing of to reduce.
    closed_nothing : int
        Orders to close an entry that had not filled or was closed already.
    cut : int
        Filled orders that were larger than the position they reduced.
    """

    without_effect: int = 0
    closed_nothing: int = 0
    cut: int = 0


@compiled
def first_fault(matrix: Floats) -> tuple[int, int]:
    """Return the first order that breaks a rule, and which; 0 for none."""
    before = 0.0
    for row in range(matrix.shape[1]):
        bar, side = matrix[BAR, row], matrix[SIDE, row]
        units, closed = matrix[UNITS, row], matrix[CLOSES, row]
        if not before <= bar < np.inf or bar != np.floor(bar):
            return row, 1
        if abs(side) != 1.0:
            return row, 2
        if not (np.isnan(units) or 0.0 < units < np.inf):
            return row, 3
        if closed != -1.0:
            if not 0.0 <= closed < row or closed != np.floor(closed):
                return row, 4
            if matrix[SIDE, int(closed)] != -side:
                return row, 4
        before = bar
    return 0, 0
