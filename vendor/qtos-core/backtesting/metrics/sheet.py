"""The sheet metrics are written on while they are measured."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from backtesting.metrics.definition import Measured, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable


class Sheet:
    """Values and reasons so far."""

    __slots__ = ("undefined", "values")

    def __init__(self) -> None:
        self.values: dict[str, float] = {}
        self.undefined: dict[str, Reason] = {}

    def put(self, name: str, value: float) -> None:
        """Write a value; one that is no number becomes undefined at the end."""
        self.values[name] = value

    def put_growth(self, name: str, logarithm: float) -> None:
        """Write a growth given as a logarithm, in percent, or that it overflowed."""
        try:
            self.values[name] = math.expm1(logarithm) * 100.0
        except OverflowError:
            self.undefined[name] = Reason.OVERFLOW

    def skip(self, name: str, reason: Reason) -> None:
        """Write that a metric has no value, and why."""
        self.undefined[name] = reason

    def skip_all(self, names: Iterable[str], reason: Reason) -> None:
        """Write that several metrics have no value, for one reason."""
        for name in names:
            self.undefined[name] = reason

    def measured(self) -> Measured:
        """Return what was written: no value of it is NaN or infinite."""
        if not math.isfinite(sum(self.values.values())):
            self._drop_overflows()
        reasons = {name: reason.value for name, reason in self.undefined.items()}
        return Measured(values=self.values, undefined=reasons)

    def _drop_overflows(self) -> None:
        for name, value in list(self.values.items()):
            if not math.isfinite(value):
                del self.values[name]
                self.undefined[name] = Reason.OVERFLOW
