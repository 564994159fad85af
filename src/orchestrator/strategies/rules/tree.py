"""The checked tree of a rule.

Nodes are frozen and compare by value, so two spellings of one thing are one node.
A node is numeric or a condition by its class; nothing here knows how to evaluate.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Number:
    """A constant."""

    value: float


@dataclass(frozen=True, slots=True)
class Column:
    """One of the bars' own series, such as ``close``."""

    name: str


@dataclass(frozen=True, slots=True)
class Minus:
    """A negated number."""

    operand: Numeric


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """``left op right`` with op one of ``+ - * /``."""

    op: str
    left: Numeric
    right: Numeric


@dataclass(frozen=True, slots=True)
class Indicator:
    """A named indicator of a series, or of the bars when `series` is None."""

    name: str
    series: Numeric | None
    settings: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class ShiftedNumber:
    """The value `bars` bars ago."""

    operand: Numeric
    bars: int


@dataclass(frozen=True, slots=True)
class Comparison:
    """``left op right`` with op one of ``< <= > >= == !=``."""

    op: str
    left: Numeric
    right: Numeric


@dataclass(frozen=True, slots=True)
class Crossing:
    """`left` goes above (or below) `right` on this bar and was not on the last."""

    above: bool
    left: Numeric
    right: Numeric


@dataclass(frozen=True, slots=True)
class Not:
    """A negated condition."""

    operand: Condition


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every one of at least two conditions."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One of at least two conditions."""

    operands: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class ShiftedCondition:
    """Whether the condition held `bars` bars ago; false before the first bar."""

    operand: Condition
    bars: int


Numeric = Number | Column | Minus | Arithmetic | Indicator | ShiftedNumber
Condition = Comparison | Crossing | Not | AllOf | AnyOf | ShiftedCondition
Node = Numeric | Condition


def children(node: Node) -> tuple[Node, ...]:
    """Return the nodes directly below `node`."""
    match node:
        case Number() | Column():
            return ()
        case Indicator(series=series):
            return () if series is None else (series,)
        case AllOf(operands=operands) | AnyOf(operands=operands):
            return operands
        case Arithmetic() | Comparison() | Crossing():
            return (node.left, node.right)
        case _:
            return (node.operand,)


def is_constant(node: Node) -> bool:
    """Whether `node` reads no bar: nothing below it is a series."""
    match node:
        case Column() | Indicator(series=None):
            return False
        case _:
            return all(map(is_constant, children(node)))
