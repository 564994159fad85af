"""Calls of a rule: which function, and are its arguments right?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from orchestrator.parameters import nearest
from orchestrator.parameters.refuse import shown
from orchestrator.strategies.rules import tree
from orchestrator.strategies.rules.built import Built, RuleError, built
from orchestrator.strategies.rules.names import (
    COLUMNS,
    FUNCTIONS,
    INDICATORS,
    MAX_LOOKBACK,
    SERIES,
    IndicatorName,
    Setting,
)

_SUCH_AS = ", where x is a series such as close"
_BARS_AGO = Setting("n", least=0)
_OF_TWO: Mapping[str, tuple[str, str]] = {
    "shift": (SERIES, _BARS_AGO.name),
    "crosses_above": (SERIES, "y"),
    "crosses_below": (SERIES, "y"),
}


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call; `keyword` and its `offset` where it is named."""

    value: Built
    keyword: str | None = None
    offset: int = 0


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


def call(name: str, offset: int, arguments: Sequence[Argument]) -> Built:
    """Return the call of function `name`.

    Raises
    ------
    RuleError
        If there is no such function, or its arguments are not right.
    """
    if name in INDICATORS:
        return _indicator(name, offset, arguments)
    if name in _OF_TWO:
        given = _named(name, offset, arguments, _OF_TWO[name])
        if len(given) < len(_OF_TWO[name]):
            raise _misused(name, offset)
        first, second = (given[each] for each in _OF_TWO[name])
        if name == "shift":
            return _shift(offset, first, second)
        return _crossing(name, offset, first, second)
    if name in COLUMNS:
        raise RuleError(offset, f"{name} is a series and takes no arguments")
    hint = nearest(name, FUNCTIONS)
    raise RuleError(offset, f"there is no function {shown(name)}{hint}")


def usage(name: str) -> str:
    """Return how function `name` is written."""
    if name in _OF_TWO:
        return f"{name}({', '.join(_OF_TWO[name])})"
    indicator = INDICATORS[name]
    written = [SERIES] if indicator.of_series else []
    for setting in indicator.settings:
        default = "" if setting.default is None else f"={setting.default:g}"
        written.append(setting.name + default)
    return f"{name}({', '.join(written)})"


def _shift(offset: int, operand: Built, ago: Built) -> Built:
    bars = int(_literal(ago, _BARS_AGO))
    _refuse_constant("shift", operand)
    if isinstance(operand.node, tree.Numeric):
        node: tree.Node = tree.ShiftedNumber(operand.node, bars)
    else:
        node = tree.ShiftedCondition(operand.node, bars)
    return built(node, operand, offset=offset, lookback=bars)


def _crossing(name: str, offset: int, left: Built, right: Built) -> Built:
    node = tree.Crossing(name == "crosses_above", left.numeric(), right.numeric())
    if tree.is_constant(node):
        raise RuleError(offset, f"{name} of two constants is never true{_SUCH_AS}")
    return built(node, left, right, offset=offset, lookback=1)


def _indicator(name: str, offset: int, arguments: Sequence[Argument]) -> Built:
    indicator = INDICATORS[name]
    given = _named(
        name, offset, _without_columns(indicator, arguments), indicator.arguments
    )
    series = given.pop(SERIES, None) if indicator.of_series else None
    if series is not None:
        _refuse_constant(name, series)
    elif indicator.of_series:
        raise _misused(name, offset)
    settings = _settings(name, offset, given)
    node = tree.Indicator(name, None if series is None else series.numeric(), settings)
    return built(
        node,
        *(() if series is None else (series,)),
        offset=offset,
        lookback=indicator.lookback(*settings),
        work=int(settings[0]) if indicator.scans else 1,
    )


def _named(
    name: str, offset: int, arguments: Sequence[Argument], names: tuple[str, ...]
) -> dict[str, Built]:
    """Return the arguments by name; those without a keyword stand in order."""
    given: dict[str, Built] = {}
    for place, argument in enumerate(arguments):
        keyword = argument.keyword
        if keyword is None:
            # One without a keyword after one with: Python refuses it as well.
            after = any(before.keyword is not None for before in arguments[:place])
            if after or place >= len(names):
                raise _misused(name, offset)
            keyword = names[place]
        elif keyword not in names:
            raise RuleError(
                argument.offset,
                f"{name} has no argument {shown(keyword)}: it is written {usage(name)}",
            )
        elif keyword in given:
            raise RuleError(argument.offset, f"{name} is given {keyword} twice")
        given[keyword] = argument.value
    return given


def _refuse_constant(name: str, series: Built) -> None:
    """Refuse a constant where a series belongs: ``rsi(14)`` is no RSI of 14 bars."""
    if not tree.is_constant(series.node):
        return
    raise RuleError(
        series.offset,
        f"{SERIES} of {name} must be a series, and this is a constant; {name} is "
        f"written {usage(name)}{_SUCH_AS}",
    )


def _without_columns(
    indicator: IndicatorName, arguments: Sequence[Argument]
) -> Sequence[Argument]:
    """Drop the bars' own series where they are written out in full."""
    if indicator.of_series:
        return arguments
    count = len(indicator.columns)
    written = tuple(
        argument.value.node for argument in arguments[:count] if not argument.keyword
    )
    if written == tuple(tree.Column(name) for name in indicator.columns):
        return arguments[count:]
    return arguments


def _settings(name: str, offset: int, given: Mapping[str, Built]) -> tuple[float, ...]:
    settings = []
    for setting in INDICATORS[name].settings:
        if setting.name in given:
            settings.append(_literal(given[setting.name], setting))
        elif setting.default is not None:
            settings.append(setting.default)
        else:
            raise _misused(name, offset)
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


def _misused(name: str, offset: int) -> RuleError:
    return RuleError(offset, f"{name} is written {usage(name)}")
