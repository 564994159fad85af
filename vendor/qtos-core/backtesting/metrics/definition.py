"""What a metric is, and why it may have no value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


class Better(StrEnum):
    """Which way a metric improves."""

    HIGHER = "higher"
    LOWER = "lower"
    NEUTRAL = "neutral"


class Reason(StrEnum):
    """Why a metric is undefined: a stable code, explained by `EXPLANATIONS`."""

    EMPTY_EQUITY_CURVE = "empty_equity_curve"
    TOO_FEW_BARS = "too_few_bars"
    TOO_FEW_RETURNS = "too_few_returns"
    EQUITY_NOT_POSITIVE = "equity_not_positive"
    ZERO_VARIANCE = "zero_variance"
    ZERO_BENCHMARK_VARIANCE = "zero_benchmark_variance"
    ZERO_ACTIVE_VARIANCE = "zero_active_variance"
    ZERO_TAIL = "zero_tail"
    NO_DOWNSIDE = "no_downside"
    NO_DRAWDOWN = "no_drawdown"
    NO_LOSING_BAR = "no_losing_bar"
    NOT_RECOVERED = "not_recovered"
    NO_CLOSED_TRADES = "no_closed_trades"
    NO_WINNING_TRADE = "no_winning_trade"
    NO_LOSING_TRADE = "no_losing_trade"
    OVERFLOW = "overflow"


NO_RETURNS = (Reason.TOO_FEW_RETURNS, Reason.EQUITY_NOT_POSITIVE)
"""Why nothing can be said about the returns of a curve."""

EXPLANATIONS: Mapping[Reason, str] = {
    Reason.EMPTY_EQUITY_CURVE: "there is no bar",
    Reason.TOO_FEW_BARS: "there are fewer than two bars, so no time has passed",
    Reason.TOO_FEW_RETURNS: "there are fewer returns than the figure needs",
    Reason.EQUITY_NOT_POSITIVE: "equity was zero or less, and returns need a base",
    Reason.ZERO_VARIANCE: "the returns do not vary",
    Reason.ZERO_BENCHMARK_VARIANCE: "the benchmark's returns do not vary",
    Reason.ZERO_ACTIVE_VARIANCE: "the returns are the benchmark's plus a constant",
    Reason.ZERO_TAIL: "the 5th percentile of the returns is zero",
    Reason.NO_DOWNSIDE: "no return is under the risk-free rate",
    Reason.NO_DRAWDOWN: "equity never fell under its peak",
    Reason.NO_LOSING_BAR: "no return is negative",
    Reason.NOT_RECOVERED: "equity has not come back from its deepest trough",
    Reason.NO_CLOSED_TRADES: "no trade was closed",
    Reason.NO_WINNING_TRADE: "no closed trade made money",
    Reason.NO_LOSING_TRADE: "no closed trade lost money",
    Reason.OVERFLOW: "the value is too large to be a number",
}
"""Each reason in words that complete "undefined when ..."."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricDefinition:
    """The one declaration of a metric.

    Parameters
    ----------
    name : str
        Its key in every answer.
    unit : str
        ``money`` is the quote currency; ``%`` is percent (12.5 means 12.5 %).
    direction : Better
        Which way it improves: ``higher``, ``lower`` or ``neutral``.
    definition : str
        The formula in words.
    lowest, highest : float, optional
        The least and the greatest value a run can have, rounding aside; inclusive,
        None where there is no bound.  Equity may fall under zero, so that a
        drawdown may exceed 100 % and a loss the initial cash.
    reasons : tuple of Reason
        Every reason it may be undefined for; empty when it always has a value.
        Any metric of absurd inputs may be `Reason.OVERFLOW` besides.
    source : str
        Where the definition is published.
    """

    name: str
    unit: str
    direction: Better
    definition: str
    lowest: float | None = None
    highest: float | None = None
    reasons: tuple[Reason, ...] = ()
    source: str

    @property
    def undefined(self) -> str | None:
        """When it has no value, in words with the codes; None if it always has."""
        if not self.reasons:
            return None
        return "; ".join(f"{EXPLANATIONS[code]} ({code})" for code in self.reasons)


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """Metrics that are defined, and for each that is not, the reason.

    Parameters
    ----------
    values : mapping of str to float
        Finite numbers only.
    undefined : mapping of str to str
        The `Reason` of each metric that has no value.
    """

    values: Mapping[str, float]
    undefined: Mapping[str, str]
