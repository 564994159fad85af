"""Policies: what a pass takes beside the caller's own conditions.

A policy is a frozen set of numbers with a name, a version and a hash.  One that is
not *enforced* only warns where it would have asked for more evidence.

**Strictness** is a partial order, decided number by number: a policy is at least as
strict as another when no single rule of it is laxer.  Two policies that are each
stricter somewhere are not comparable, and neither may stand in for the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import lru_cache
from typing import Any

from orchestrator.spec import SENT_SOURCES, WarningCode
from orchestrator.strategies.registry import STRATEGIES

NAMEABLE = tuple(
    code
    for code in WarningCode
    if code not in {WarningCode.WEAK_EVIDENCE, WarningCode.SOURCE_NOT_LISTED}
)
"""The warnings a policy may wait for: a run, or the gate, carries each of them."""


OPERATORS_SOURCES = ("csv", "data_service", "installed")
CALLERS_SOURCES = tuple(sorted(SENT_SOURCES))
NO_AGE = 1e6
"""The `max_age_days` that asks for nothing."""


class Stricter(Enum):
    """Which way a rule becomes stricter."""

    HIGHER = "higher"
    LOWER = "lower"
    MORE = "more"
    FEWER = "fewer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One number or list of a policy: its bounds and its direction.

    A list holds only `members`: one misspelt would never be met.
    """

    name: str
    kind: type[int] | type[float] | type[tuple[str, ...]]
    stricter: Stricter
    highest: float = 1.0
    members: tuple[str, ...] = ()
    definition: str


def _count(name: str, definition: str) -> Rule:
    return Rule(
        name=name,
        kind=int,
        stricter=Stricter.HIGHER,
        highest=1e9,
        definition=definition,
    )


RULES: tuple[Rule, ...] = (
    _count("min_returns", "Fewest returns."),
    Rule(
        name="min_years",
        kind=float,
        stricter=Stricter.HIGHER,
        highest=1e4,
        definition=(
            "Fewest years, to two decimals: the smaller of first to last bar and bars "
            "over bars a year."
        ),
    ),
    Rule(
        name="min_years_crash_prone",
        kind=float,
        stricter=Stricter.HIGHER,
        highest=1e4,
        definition=(
            "The same where returns have a skewness below -1: small gains may hide a "
            "crash that has not come yet."
        ),
    ),
    _count("min_closed_trades", "Fewest closed trades."),
    _count("min_losing_trades", "Fewest closed trades that lost."),
    Rule(
        name="max_p_value_adjusted",
        kind=float,
        stricter=Stricter.LOWER,
        definition="Largest p-value, adjusted for the trials; 1 asks for none.",
    ),
    Rule(
        name="max_p_value_spent",
        kind=float,
        stricter=Stricter.LOWER,
        definition=(
            "Largest p-value times trials x (trials + 1), which holds over any number "
            "of trials in sequence; 1 asks for none."
        ),
    ),
    Rule(
        name="min_psr",
        kind=float,
        stricter=Stricter.HIGHER,
        definition=(
            "Smallest probability that the true Sharpe ratio is above the threshold "
            "of the sharpe_ratio condition; 0 asks for none."
        ),
    ),
    Rule(
        name="max_drawdown_probability",
        kind=float,
        stricter=Stricter.LOWER,
        definition=(
            "Largest share of resampled paths that fall below the limit of the "
            "max_drawdown_pct condition; 1 asks for none."
        ),
    ),
    Rule(
        name="max_missing_pct",
        kind=float,
        stricter=Stricter.LOWER,
        highest=100.0,
        definition="Largest percent of the window without bars; 100 asks for none.",
    ),
    Rule(
        name="max_age_days",
        kind=float,
        stricter=Stricter.LOWER,
        highest=NO_AGE,
        definition=(
            "Most days from the last bar, and the benchmark's, to now, or to the `end` "
            f"that the request names; {NO_AGE:g} asks for none."
        ),
    ),
    Rule(
        name="count_all_callers",
        kind=int,
        stricter=Stricter.HIGHER,
        definition=(
            "1 counts the trials of every caller on the data, 0 the caller's own alone."
        ),
    ),
    Rule(
        name="insufficient_on",
        kind=tuple,
        stricter=Stricter.MORE,
        members=tuple(map(str, NAMEABLE)),
        definition="Warnings that make the evidence insufficient.",
    ),
    Rule(
        name="sources",
        kind=tuple,
        stricter=Stricter.FEWER,
        members=(*OPERATORS_SOURCES, *CALLERS_SOURCES),
        definition=(
            "Where bars of a pass may come from. Not given, all; with a floor the "
            "operator's own: csv, data_service and installed."
        ),
    ),
    Rule(
        name="trades_not_asked_of",
        kind=tuple,
        stricter=Stricter.FEWER,
        members=tuple(STRATEGIES),
        definition="Strategies that need no closed trade.",
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """A named set of rules; every number of it is the operator's to choose."""

    name: str
    version: str
    description: str
    measured: str
    enforced: bool
    min_returns: int
    min_years: float
    min_years_crash_prone: float
    min_closed_trades: int
    min_losing_trades: int
    max_p_value_adjusted: float
    max_p_value_spent: float
    min_psr: float
    max_drawdown_probability: float
    max_missing_pct: float
    max_age_days: float
    count_all_callers: int
    insufficient_on: tuple[str, ...]
    sources: tuple[str, ...]
    trades_not_asked_of: tuple[str, ...]

    def rules(self) -> dict[str, object]:
        """Return every rule and its value, as JSON."""
        values = {rule.name: getattr(self, rule.name) for rule in RULES}
        return {"enforced": self.enforced} | {
            name: list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }

    def sha256(self) -> str:
        """Return the hash of name, version and rules: what was judged by."""
        return _sha256_of(self)

    def identity(self) -> dict[str, object]:
        """Return name, version and hash."""
        return {"name": self.name, "version": self.version, "hash": self.sha256()}

    def to_json(self) -> dict[str, object]:
        """Return everything there is to know of the policy."""
        return self.identity() | {
            "description": self.description,
            "measured": self.measured,
            "rules": self.rules(),
        }


@lru_cache(maxsize=64)
def _sha256_of(policy: Policy) -> str:
    rules = policy.rules()
    content = {"name": policy.name, "version": policy.version, "rules": rules}
    canonical = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def laxer_rules(policy: Policy, floor: Policy) -> tuple[str, ...]:
    """Return the names of the rules in which `policy` is laxer than `floor`.

    Empty when it is at least as strict.  A floor that is not enforced is under
    every policy; a policy that is not enforced is under every other floor.
    """
    if not floor.enforced:
        return ()
    if not policy.enforced:
        return ("enforced",)
    return tuple(
        rule.name
        for rule in RULES
        if not _at_least_as_strict(
            rule.stricter, getattr(policy, rule.name), getattr(floor, rule.name)
        )
    )


def laxer_of_record(rules: Mapping[str, Any], floor: Policy) -> tuple[str, ...]:
    """Return the names in which recorded rules are laxer than `floor`.

    A rule that the record does not have was not asked for.
    """
    if not floor.enforced:
        return ()
    if not rules.get("enforced"):
        return ("enforced",)
    return tuple(
        rule.name
        for rule in RULES
        if not _at_least_as_strict(
            rule.stricter, _of_record(rules.get(rule.name)), getattr(floor, rule.name)
        )
    )


def _of_record(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def _at_least_as_strict(stricter: Stricter, ours: object, theirs: object) -> bool:
    if isinstance(ours, tuple) and isinstance(theirs, tuple):
        if stricter is Stricter.MORE:
            return set(ours) >= set(theirs)
        return set(ours) <= set(theirs)
    if isinstance(ours, int | float) and isinstance(theirs, int | float):
        return ours >= theirs if stricter is Stricter.HIGHER else ours <= theirs
    return False
