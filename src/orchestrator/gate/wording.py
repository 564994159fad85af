"""How the gate says it: numbers and reasons in plain words."""

from __future__ import annotations

import math

from backtesting.metrics.definition import EXPLANATIONS

_OPPOSITES = {">": "not above", ">=": "under", "<": "not under", "<=": "above"}
_EXPLAINED = {str(code): text for code, text in EXPLANATIONS.items()} | {
    "not_measured": "this run did not measure it",
    "not_finite": "its value is not a number",
    "no_evidence": "this run was not weighed",
    "returns_not_finite": "a return is not a number",
    "degenerate_distribution": "the returns have too few distinct values",
    "sharpe_not_above_benchmark": "the Sharpe ratio is not above zero",
    "positions_unknown": "what was held is not known",
    "exposure_too_high": "it is in the market on more than 98 % of bars",
    "exposure_too_low": "it is in the market on fewer than 2 % of bars",
    "too_few_position_changes": "the position changed fewer than ten times",
}


def number(value: float, *, against: float | None = None, digits: int = 6) -> str:
    """Return a short decimal that does not read as `against` unless it equals it.

    Examples
    --------
    >>> number(0.49999999, against=0.5), number(20.0), number(1234567.0)
    ('0.49999999', '20', '1234567')
    """
    short = f"{value:.{digits}g}"
    if "e" in short and 1e6 <= abs(value) < 1e15:
        short = f"{value:.0f}"
    if against is not None and value != against and float(short) == against:
        return repr(value)
    return short


def missed(metric: str, operator: str, threshold: float, value: float) -> str:
    """Return what an unmet condition says of a defined figure.

    Examples
    --------
    >>> missed("sharpe_ratio", ">", 0.5, 0.31)
    'sharpe_ratio is 0.31, not above 0.5'
    """
    shown = number(value, against=threshold)
    return f"{metric} is {shown}, {_OPPOSITES[operator]} {number(threshold)}"


def explain(reason: str) -> str:
    """Return a reason's code in words, followed by the code."""
    words = _EXPLAINED.get(reason)
    return reason if words is None else f"{words} ({reason})"


def tenth_up(value: float) -> str:
    """Return a number rounded up to a tenth.

    Examples
    --------
    >>> tenth_up(3.14), tenth_up(0.004)
    ('3.2', '0.1')
    """
    return f"{math.ceil(round(value * 10.0, 6)) / 10.0:.1f}"


def plural(count: int, noun: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> plural(1, "more bar"), plural(18, "more closed trade")
    ('1 more bar', '18 more closed trades')
    """
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"
