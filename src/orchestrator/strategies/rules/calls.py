"""Calls of a rule: which function, and are its arguments right?"""

from __future__ import annotations

from collections.abc import Sequence

from orchestrator.parameters import nearest
from orchestrator.parameters.refuse import shown
from orchestrator.strategies.rules import tree
from orchestrator.strategies.rules.built import Built, RuleError, built
from orchestrator.strategies.rules.names import (
    COLUMNS,
    FUNCTIONS,
    INDICATORS,
    MAX_LOOKBACK,
    IndicatorName,
    Setting,
)

_PAIR = 2


def column(name: str, offset: int) -> Built:
    """Return the series of the bars called `name`.

    Raises
    ------
    RuleError
        If there is none, suggesting the nearest name.
    """
    if name in COLUMNS:
        return built(tree.Column(name), offset=offset)
    if name in FUNCTIONS:
        raise RuleError(offset, f"{name} needs its arguments, as in {usage(name)}")
    raise RuleError(
        offset, f"{shown(name)} is unknown{nearest(name, COLUMNS + FUNCTIONS)}"
    )


def call(name: str, offset: int, arguments: Sequence[Built]) -> Built:
    """Return the call of function `name`.

    Raises
    ------
    RuleError
        If there is no such function, or its arguments are not right.
    """
    if name == "shift":
        return _shift(offset, arguments)
    if name in {"crosses_above", "crosses_below"}:
        return _crossing(name, offset, arguments)
    if name in INDICATORS:
        return _indicator(name, offset, arguments)
    if name in COLUMNS:
        raise RuleError(offset, f"{name} is a series and takes no arguments")
    hint = nearest(name, FUNCTIONS)
    raise RuleError(offset, f"there is no function {shown(name)}{hint}")


def usage(name: str) -> str:
    """Return how function `name` is written."""
    if name == "shift":
        return "shift(x, n)"
    if name not in INDICATORS:
        return f"{name}(x, y)"
    indicator = INDICATORS[name]
    written = ["x"] if indicator.of_series else []
    for setting in indicator.settings:
        default = "" if setting.default is None else f"={setting.default:g}"
        written.append(setting.name + default)
    return f"{name}({', '.join(written)})"


def _shift(offset: int, arguments: Sequence[Built]) -> Built:
    _expect(len(arguments) == _PAIR, "shift", offset)
    operand = arguments[0]
    bars = int(_literal(arguments[1], Setting("n", least=0)))
    if isinstance(operand.node, tree.Numeric):
        node: tree.Node = tree.ShiftedNumber(operand.node, bars)
    else:
        node = tree.ShiftedCondition(operand.node, bars)
    return built(node, operand, offset=offset, lookback=bars)


def _crossing(name: str, offset: int, arguments: Sequence[Built]) -> Built:
    _expect(len(arguments) == _PAIR, name, offset)
    left, right = arguments
    node = tree.Crossing(name == "crosses_above", left.numeric(), right.numeric())
    return built(node, left, right, offset=offset, lookback=1)


def _indicator(name: str, offset: int, arguments: Sequence[Built]) -> Built:
    indicator = INDICATORS[name]
    series = None
    if indicator.of_series:
        _expect(len(arguments) > 0, name, offset)
        series, arguments = arguments[0], arguments[1:]
    else:
        arguments = _without_columns(indicator, arguments)
    settings = _settings(name, offset, arguments)
    node = tree.Indicator(name, None if series is None else series.numeric(), settings)
    return built(
        node,
        *(() if series is None else (series,)),
        offset=offset,
        lookback=indicator.lookback(*settings),
        work=int(settings[0]) if indicator.scans else 1,
    )


def _without_columns(
    indicator: IndicatorName, arguments: Sequence[Built]
) -> Sequence[Built]:
    """Drop the bars' own series where they are written out in full."""
    count = len(indicator.columns)
    written = tuple(argument.node for argument in arguments[:count])
    if written == tuple(tree.Column(name) for name in indicator.columns):
        return arguments[count:]
    return arguments


def _settings(name: str, offset: int, arguments: Sequence[Built]) -> tuple[float, ...]:
    declared = INDICATORS[name].settings
    _expect(len(arguments) <= len(declared), name, offset)
    settings = [
        _literal(argument, setting)
        for argument, setting in zip(arguments, declared, strict=False)
    ]
    for setting in declared[len(arguments) :]:
        if setting.default is None:
            raise _misused(name, offset)
        settings.append(setting.default)
    return tuple(settings)


def _literal(argument: Built, setting: Setting) -> float:
    if isinstance(argument.node, tree.Minus):
        raise RuleError(
            argument.offset,
            f"{setting.name} must not be negative: a rule cannot look ahead",
        )
    if not isinstance(argument.node, tree.Number):
        raise RuleError(argument.offset, f"{setting.name} must be a plain number")
    value = argument.node.value
    if setting.whole and not value.is_integer():
        raise RuleError(argument.offset, f"{setting.name} must be a whole number")
    if not setting.least <= value <= MAX_LOOKBACK:
        raise RuleError(
            argument.offset,
            f"{setting.name} must be from {setting.least:g} to {MAX_LOOKBACK}",
        )
    return int(value) if setting.whole else value


def _expect(right: bool, name: str, offset: int) -> None:
    if not right:
        raise _misused(name, offset)


def _misused(name: str, offset: int) -> RuleError:
    return RuleError(offset, f"{name} is written {usage(name)}")
