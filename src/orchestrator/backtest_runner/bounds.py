"""What a run may not exceed: a size of its equity, and the time of its request."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import (
    AnswerTooLargeError,
    BudgetExceededError,
    DataInvalidError,
)

if TYPE_CHECKING:
    from backtesting.kernel import Simulation
    from orchestrator.deadline import Deadline

LARGEST_EQUITY = 1e100
"""In money; and as a multiple of the initial cash, where that is below 1."""


_BAR_SECONDS, _HOOK_SECONDS = 8e-6, 1e-6
"""What a bar, and a hook on it, take at least where hooks see every event."""


def check_work(bars: int, hooks: int, deadline: Deadline) -> None:
    """Refuse a run with hooks that cannot be over in time, before it begins.

    Raises
    ------
    BudgetExceededError
        If even a fast machine takes longer than is left.
    """
    needed = bars * (_BAR_SECONDS + hooks * _HOOK_SECONDS)
    left = deadline.left()
    if needed > left:
        raise BudgetExceededError(
            f"{bars} bars with {hooks} hooks take {needed:.0f} s at least, and "
            f"{max(left, 0.0):.0f} s are left: ask for fewer bars or hooks"
        )


MOST_ANSWER_BYTES = 16 * 1024 * 1024
_POINT_BYTES, _TRADE_BYTES, _ORDER_BYTES = 48, 260, 140
"""What a bar of the curve, a trade and an order take in JSON, about."""


def check_answer(points: int, trades: int, orders: int) -> None:
    """Refuse an answer that would be too large, before any of it is made.

    Raises
    ------
    AnswerTooLargeError
        If its long parts take more than `MOST_ANSWER_BYTES`.
    """
    size = points * _POINT_BYTES + trades * _TRADE_BYTES + orders * _ORDER_BYTES
    if size > MOST_ANSWER_BYTES:
        raise AnswerTooLargeError.at(
            "/include",
            f"{points} points of the curve, {trades} trades and {orders} orders would "
            f"take about {size // 1_000_000} MB, more than "
            f"{MOST_ANSWER_BYTES // 1_000_000} MB: thin the curve by max_points, ask "
            "for fewer parts, or for a shorter window",
        )


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
