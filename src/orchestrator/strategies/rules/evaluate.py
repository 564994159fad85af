"""Evaluating a checked rule over bars.

A number that is not finite (warm-up, a division by zero, an overflow) is
undefined, held as NaN; a comparison with an undefined number is false, also ``!=``.
An indicator of a series with undefined values in its midst starts anew after each
of them, as at the start of the data.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from backtesting.bars import Bars
from orchestrator.strategies.rules import tree
from orchestrator.strategies.rules.names import INDICATORS

MAX_GAPS = 10_000

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

_ARITHMETIC = {
    "+": np.add,
    "-": np.subtract,
    "*": np.multiply,
    "/": np.divide,
}
_COMPARISON: dict[str, Callable[..., Any]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "==": np.equal,
}


class TooManyGapsError(ValueError):
    """An indicator's argument is undefined in too many separate places."""


class Evaluation:
    """The values of rules over given bars; equal parts are worked out once.

    Parameters
    ----------
    bars : Bars
    rules : Condition
        All the rules that will be asked for, each once.
    """

    def __init__(self, bars: Bars, *rules: tree.Condition) -> None:
        self._bars = bars
        self._values: dict[tree.Node, NDArray[Any]] = {}
        self._uses = _uses(rules)

    def condition(self, node: tree.Condition) -> BoolArray:
        """Return on which bars a condition holds.

        Raises
        ------
        TooManyGapsError
            If an indicator would have to start anew too often.
        """
        return cast("BoolArray", self._value(node))

    def _number(self, node: tree.Numeric) -> FloatArray:
        return cast("FloatArray", self._value(node))

    def _value(self, node: tree.Node) -> NDArray[Any]:
        value = self._values.get(node)
        if value is None:
            value = self._computed(node)
            self._values[node] = value
        self._uses[node] -= 1
        if self._uses[node] == 0:  # let its memory go
            del self._values[node]
        return value

    def _computed(self, node: tree.Node) -> NDArray[Any]:
        if isinstance(node, tree.Condition):
            return self._computed_condition(node)
        return self._computed_number(node)

    def _computed_number(self, node: tree.Numeric) -> FloatArray:
        match node:
            case tree.Number(value=value):
                return np.full(len(self._bars), value)
            case tree.Column(name=name):
                return cast("FloatArray", getattr(self._bars, name))
            case tree.Minus(operand=operand):
                return np.negative(self._number(operand))
            case tree.Arithmetic():
                return self._arithmetic(node)
            case tree.Indicator():
                return self._indicator(node)
            case tree.ShiftedNumber(operand=operand, bars=bars):
                return shifted(self._number(operand), bars, np.nan)

    def _computed_condition(self, node: tree.Condition) -> BoolArray:
        match node:
            case tree.Comparison():
                return self._comparison(node)
            case tree.Crossing():
                return self._crossing(node)
            case tree.Not(operand=operand):
                return ~self.condition(operand)
            case tree.AllOf(operands=operands):
                return self._joined(np.logical_and, operands)
            case tree.AnyOf(operands=operands):
                return self._joined(np.logical_or, operands)
            case tree.ShiftedCondition(operand=operand, bars=bars):
                return shifted(self.condition(operand), bars, False)

    def _joined(
        self, join: np.ufunc, operands: tuple[tree.Condition, ...]
    ) -> BoolArray:
        result = self.condition(operands[0])
        for operand in operands[1:]:
            result = join(result, self.condition(operand))
        return result

    def _arithmetic(self, node: tree.Arithmetic) -> FloatArray:
        left, right = self._number(node.left), self._number(node.right)
        # What is not finite is made NaN below, and NaN is what is expected of NaN.
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            result: FloatArray = _ARITHMETIC[node.op](left, right)
        result[np.isinf(result)] = np.nan
        return result

    def _comparison(self, node: tree.Comparison) -> BoolArray:
        left, right = self._number(node.left), self._number(node.right)
        if node.op == "!=":
            return (left < right) | (left > right)
        return cast("BoolArray", _COMPARISON[node.op](left, right))

    def _crossing(self, node: tree.Crossing) -> BoolArray:
        left, right = self._number(node.left), self._number(node.right)
        if not node.above:
            left, right = right, left
        return cast("BoolArray", (left > right) & shifted(left <= right, 1, False))

    def _indicator(self, node: tree.Indicator) -> FloatArray:
        indicator = INDICATORS[node.name]
        if node.series is None:
            return indicator.compute(self._bars, *node.settings)
        series = self._number(node.series)
        least = indicator.lookback(*node.settings) + 1
        values = np.full(series.size, np.nan)
        for run in _defined_runs(series):
            if run.stop - run.start >= least:
                values[run] = indicator.compute(series[run], *node.settings)
        return values


def shifted(values: NDArray[Any], bars: int, fill: float) -> NDArray[Any]:
    """Return each bar the value `bars` bars before, `fill` where there is none."""
    if bars == 0:
        return values
    result = np.full_like(values, fill)
    result[bars:] = values[:-bars]
    return result


def _uses(rules: tuple[tree.Condition, ...]) -> Counter[tree.Node]:
    """Count how often each distinct node is asked for."""
    uses: Counter[tree.Node] = Counter()
    waiting: list[tree.Node] = list(rules)
    while waiting:
        node = waiting.pop()
        uses[node] += 1
        if uses[node] == 1:
            waiting.extend(tree.children(node))
    return uses


def _defined_runs(series: FloatArray) -> Iterator[slice]:
    """Yield the stretches without an undefined value."""
    defined = ~np.isnan(series)
    if defined.all():
        yield slice(0, series.size)
        return
    edges = np.flatnonzero(np.diff(defined, prepend=False, append=False))
    if edges.size > 2 * MAX_GAPS:
        raise TooManyGapsError(
            f"an indicator's argument is undefined in more than {MAX_GAPS} places"
        )
    for start, stop in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        yield slice(start, stop)
