"""The strategy that trades two rules written as expressions."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from backtesting.bars import Bars
from backtesting.terms import Direction, Fill, Terms
from orchestrator.parameters import STRATEGY_PARAMS, check_bounds, parameter, refusal
from orchestrator.spec import AnswerWarning, StrategyParams, WarningCode
from orchestrator.strategies.base import Decision, StrategyDefinition
from orchestrator.strategies.positions import held_between
from orchestrator.strategies.rules.built import Built, RuleError
from orchestrator.strategies.rules.evaluate import Evaluation, TooManyGapsError
from orchestrator.strategies.rules.parse import MAX_LENGTH, parse, place_of
from orchestrator.strategies.targets import warmup_warnings

MAX_WORK = 2_000_000_000
"""Values that may be read in all: bars times what the rules read for one bar."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesParams(StrategyParams):
    """When to enter and when to leave."""

    entry: str = parameter(
        description=(
            "Condition to enter on, such as crosses_above(sma(close, 20), "
            "sma(close, 50)) and rsi(close, 14) < 70"
        ),
        max_length=MAX_LENGTH,
    )
    exit: str | None = parameter(
        None,
        description=(
            "Condition to leave on; without it a position is held until an exit rule "
            "of the request closes it"
        ),
        max_length=MAX_LENGTH,
    )

    def __post_init__(self) -> None:
        check_bounds(self, under=STRATEGY_PARAMS)
        checked(self)


def checked(params: RulesParams) -> dict[str, Built]:
    """Return the tree of each rule given, by its parameter's name.

    Raises
    ------
    InvalidRequestError
        Pointing at the rule that is wrong, with the place in it.
    """
    texts = {"entry": params.entry, "exit": params.exit}
    return {
        name: _parsed(name, text) for name, text in texts.items() if text is not None
    }


def decide(bars: Bars, params: RulesParams, terms: Terms) -> Decision:
    """Hold from each bar on which `entry` holds to the next on which `exit` does.

    A bar on which both hold leaves. Nothing is decided before every part of both
    rules has the bars it looks back on. Under direction ``short`` the position is
    a short one; under ``both`` it is long, as two rules speak of one side.

    Raises
    ------
    InvalidRequestError
        If the rules are too much work over so many bars.
    """
    rules = checked(params)
    _check_work(rules, len(bars))
    lookback = max(rule.lookback for rule in rules.values())
    holds = _conditions(rules, bars)
    for condition in holds.values():
        condition[:lookback] = False
    never = np.zeros(len(bars), dtype=np.bool_)
    targets = held_between(holds["entry"], holds.get("exit", never))
    if terms.direction is Direction.SHORT:
        targets = 0.0 - targets
    warmup = warmup_warnings(len(bars), lookback + 1)
    return Decision(
        target_positions=targets, warnings=warmup + _one_sided(terms.direction)
    )


def _conditions(rules: dict[str, Built], bars: Bars) -> dict[str, NDArray[np.bool_]]:
    nodes = {name: rule.condition() for name, rule in rules.items()}
    evaluation = Evaluation(bars, *nodes.values())
    holds = {}
    for name, node in nodes.items():
        try:
            holds[name] = evaluation.condition(node).copy()
        except TooManyGapsError as error:
            raise refusal(name, str(error), under=STRATEGY_PARAMS) from None
    return holds


def _parsed(name: str, text: str) -> Built:
    try:
        return parse(text)
    except RuleError as error:
        detail = f"{place_of(text, error.offset)}: {error.detail}"
        raise refusal(name, detail, under=STRATEGY_PARAMS) from None


def _check_work(rules: dict[str, Built], bars: int) -> None:
    work = bars * sum(rule.work for rule in rules.values())
    if work > MAX_WORK:
        heaviest = max(rules, key=lambda name: rules[name].work)
        detail = (
            f"the rules would read {work:,} values over {bars:,} bars; at most "
            f"{MAX_WORK:,} are allowed: use fewer bars or shorter look-backs"
        )
        raise refusal(heaviest, detail, under=STRATEGY_PARAMS)


def _one_sided(direction: Direction) -> tuple[AnswerWarning, ...]:
    if direction is not Direction.BOTH:
        return ()
    detail = "entry and exit speak of one side: under direction both it is the long one"
    return (AnswerWarning(code=WarningCode.RULES_LONG_ONLY, detail=detail),)


RULES = StrategyDefinition(
    name="rules",
    description=(
        "Holds a position from a bar on which the entry expression is true until one "
        "on which the exit expression is. The language is described in docs/rules.md."
    ),
    params=RulesParams,
    default_fill=Fill.NEXT_OPEN,
    decide=decide,
)
