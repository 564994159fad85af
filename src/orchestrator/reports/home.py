"""The model of the first page: newest decisions, what data there is, and a form."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """One recorded run."""

    time: str
    symbol: str
    strategy: str
    verdict: str
    reasons: tuple[str, ...]
    caller: str
    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataRow:
    """One symbol that can be asked for; `age` is how long ago its last bar was."""

    symbol: str
    source: str
    bars: str
    first: str
    last: str
    age: str
    problem: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One policy a gate may name."""

    name: str
    version: str
    description: str
    allowed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategyRow:
    """One strategy that may be asked for."""

    name: str
    description: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What stands in the form, and what was wrong with it."""

    symbol: str = ""
    source: str = "csv"
    strategy: str = "sma_cross"
    params: str = ""
    conditions: str = "sharpe_ratio > 0.5\nmax_drawdown_pct < 20"
    policy: str = ""
    problems: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The first page.

    Parameters
    ----------
    decisions : tuple of DecisionRow
        Newest first.
    filters : mapping of str to str
        What they were filtered by.
    older : str or None
        The address of the next page.
    trouble : tuple of str
        What could not be read.
    data, policies, strategies, sources : tuple
    more_data : bool
        Whether there is more data than is shown.
    form : Form
    token : str
        What the form must send back.
    version : str
    """

    decisions: tuple[DecisionRow, ...]
    filters: dict[str, str]
    older: str | None
    data: tuple[DataRow, ...]
    more_data: bool
    policies: tuple[PolicyRow, ...]
    strategies: tuple[StrategyRow, ...]
    sources: tuple[str, ...]
    token: str
    version: str
    trouble: tuple[str, ...] = ()
    form: Form = field(default_factory=Form)
