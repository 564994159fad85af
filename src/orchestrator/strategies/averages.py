"""The rule that all pairs of a fast and a slow average share."""

from __future__ import annotations

from typing import Protocol

from orchestrator.parameters import (
    STRATEGY_PARAMS,
    Parameters,
    check_bounds,
    refusal,
)


class FastAndSlow(Parameters, Protocol):
    """Parameters with two spans."""

    @property
    def fast(self) -> int:
        """Bars of the fast average."""
        ...

    @property
    def slow(self) -> int:
        """Bars of the slow average."""
        ...


def check_fast_under_slow(params: FastAndSlow) -> None:
    """Refuse spans out of bounds, or a fast one that is not under the slow one.

    Raises
    ------
    InvalidRequestError
        Naming the span at fault.
    """
    check_bounds(params, under=STRATEGY_PARAMS)
    if params.fast >= params.slow:
        detail = f"{params.fast} is not under slow, which is {params.slow}"
        raise refusal("fast", detail, under=STRATEGY_PARAMS)
