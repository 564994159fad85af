"""How large a run's equity may become before figures of it are no numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import DataInvalidError

if TYPE_CHECKING:
    from backtesting.kernel import Simulation

LARGEST_EQUITY = 1e100
"""In money; and as a multiple of the initial cash, where that is below 1."""


def check_size(simulation: Simulation) -> None:
    """Refuse an equity whose sums or multiples leave the range of float64.

    Raises
    ------
    DataInvalidError
        If it is larger than `LARGEST_EQUITY`, or no number.
    """
    equity, cash = simulation.equity, simulation.terms.initial_cash
    largest = max(float(equity.max()), -float(equity.min()))
    if not largest <= LARGEST_EQUITY * min(1.0, cash):  # NaN is refused too
        raise DataInvalidError(
            "prices swing so far that the equity is too large for a number: "
            "check the bars, or ask for a smaller position"
        )
