"""Conditions as callers write them: ``metric op number``.

A metric is a name of the catalogue, ``benchmark.`` and the name of one that an equity
curve has, or ``evidence.`` and the name of a figure.  An operator is ``>``, ``>=``,
``<`` or ``<=``: equality of floating-point numbers is not a condition.  A number is a
plain ASCII decimal.

A condition that every value of its metric meets, or none does, judges nothing: it is
refused by the bounds that metrics and figures declare.
"""

from __future__ import annotations

import math
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from backtesting.metrics import CATALOGUE, CURVE_METRICS
from orchestrator.errors import InvalidRequestError, Place, reference_token
from orchestrator.evidence import FIGURES
from orchestrator.parameters import nearest
from orchestrator.spec import Condition, GateSpec

MOST_CONDITIONS = 50
LONGEST_CONDITION = 200
MOST_TRIALS = 1_000_000_000
OPERATORS = (">", ">=", "<", "<=")
RANGES: Mapping[str, tuple[float, float]] = {
    f"{prefix}{one.name}": (
        -math.inf if one.lowest is None else one.lowest,
        math.inf if one.highest is None else one.highest,
    )
    for prefix, definitions in (
        ("", CATALOGUE),
        ("benchmark.", CURVE_METRICS),
        ("evidence.", FIGURES),
    )
    for one in definitions
}
"""The least and the greatest value of whatever a condition may name."""
KNOWN_NAMES = frozenset(RANGES)

_SPACE = r"[ \t\r\n]*"
_NAME = r"([A-Za-z_][A-Za-z0-9_.]*)"
_OPERATOR = r"([<>=!~]+)"
_WORD = r"([^ \t\r\n<>=!~]+)"
_PARTS = re.compile(_SPACE.join(("", _NAME, _OPERATOR, _WORD, "")))
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_COMPARE: Mapping[str, Callable[[float, float], bool]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_GATE_FIELDS = ("conditions", "policy", "trials")


def parse_condition(text: object, *, pointer: str = "/gate/0") -> Condition:
    """Return the condition that `text` states.

    Parameters
    ----------
    text : object
        Such as ``"sharpe_ratio > 0.5"``.
    pointer : str
        Where it stands in the request, for the error.

    Raises
    ------
    InvalidRequestError
        Naming what is wrong: the nearest name for an unknown metric, the possible
        values for a threshold that all or none of them meet.

    Examples
    --------
    >>> parse_condition("max_drawdown_pct<20")
    Condition(metric='max_drawdown_pct', op='<', threshold=20.0)
    """
    if not isinstance(text, str):
        raise _refusal(pointer, "a condition is a string such as 'sharpe_ratio > 0.5'")
    if len(text) > LONGEST_CONDITION:
        raise _refusal(
            pointer, f"a condition has at most {LONGEST_CONDITION} characters"
        )
    parts = _PARTS.fullmatch(text)
    if parts is None:
        raise _refusal(
            pointer,
            f"{text!r} is not a condition: write metric op number, such as "
            "'sharpe_ratio > 0.5', with op one of > >= < <=",
        )
    metric, op, number = parts.groups()
    if op not in OPERATORS:
        raise _refusal(pointer, f"{op!r} is not an operator: use > >= < or <=")
    if metric not in KNOWN_NAMES:
        raise _refusal(pointer, _unknown_metric(metric))
    condition = Condition(metric=metric, op=op, threshold=_threshold(number, pointer))
    _refuse_foregone(condition, pointer)
    return condition


def parse_conditions(
    texts: Sequence[object], *, pointer: str = "/gate"
) -> tuple[Condition, ...]:
    """Return the conditions of a list; every faulty one is named at once.

    Raises
    ------
    InvalidRequestError
        If the list is empty or too long, or for any condition.
    """
    if not texts:
        raise _refusal(
            pointer, "a gate needs at least one condition: an empty one passes all"
        )
    if len(texts) > MOST_CONDITIONS:
        raise _refusal(
            pointer, f"{len(texts)} conditions; a gate has at most {MOST_CONDITIONS}"
        )
    conditions: list[Condition] = []
    places: list[Place] = []
    for index, text in enumerate(texts):
        try:
            conditions.append(parse_condition(text, pointer=f"{pointer}/{index}"))
        except InvalidRequestError as error:
            places.extend(error.places)
    if places:
        raise InvalidRequestError(places[0].detail, places=tuple(places))
    return tuple(conditions)


def parse_gate(value: object, *, pointer: str = "/gate") -> GateSpec:
    """Return the gate of a request: a list, or an object around one.

    Raises
    ------
    InvalidRequestError
        For another shape, an unknown field, a policy that is not a string, trials
        that are not a whole number from 1 on, or any condition.
    """
    if isinstance(value, list | tuple):
        return GateSpec(conditions=parse_conditions(value, pointer=pointer))
    if not isinstance(value, Mapping):
        raise _refusal(
            pointer,
            'a gate is a list of conditions, such as ["sharpe_ratio > 0.5"], or an '
            "object that holds one",
        )
    for name in value:
        if name not in _GATE_FIELDS:
            raise _refusal(
                f"{pointer}/{reference_token(name)}", _not_of_a_gate(name, value[name])
            )
    texts = value.get("conditions")
    if not isinstance(texts, list | tuple):
        raise _refusal(f"{pointer}/conditions", "a gate needs a list of conditions")
    policy = value.get("policy")
    if policy is not None and not isinstance(policy, str):
        raise _refusal(f"{pointer}/policy", "a policy is named by a string")
    return GateSpec(
        conditions=parse_conditions(texts, pointer=f"{pointer}/conditions"),
        policy=policy,
        trials=_trials(value.get("trials"), f"{pointer}/trials"),
    )


def _not_of_a_gate(name: object, value: object) -> str:
    spoken = str(name)[:LONGEST_CONDITION]
    metric = _ALIASES.get(spoken.lower(), spoken)
    if metric in KNOWN_NAMES and type(value) in {int, float}:
        return (
            "is no field of a gate: conditions are texts, "
            f'{{"conditions": ["{metric} > {value}"]}}'
        )
    return f"is not a known field{nearest(spoken, tuple(_GATE_FIELDS))}"


def _trials(value: Any, pointer: str) -> int | None:
    if value is None:
        return None
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if number and 1 <= value <= MOST_TRIALS and value == int(value):
        return int(value)
    raise _refusal(pointer, f"trials is a whole number from 1 to {MOST_TRIALS}")


def _threshold(number: str, pointer: str) -> float:
    threshold = float(number) if _NUMBER.fullmatch(number) else math.nan
    if not math.isfinite(threshold):
        raise _refusal(
            pointer,
            f"{number!r} is not a finite decimal number, such as 0.5, -3 or 1e6; "
            "figures in percent are compared with plain numbers: 20, not 20%",
        )
    return threshold + 0.0  # minus zero becomes zero


def _refuse_foregone(condition: Condition, pointer: str) -> None:
    """Refuse what both ends of the range meet, or neither: so does all between."""
    lowest, highest = RANGES[condition.metric]
    meets = _COMPARE[condition.op]
    at_lowest = meets(lowest, condition.threshold)
    if at_lowest is not meets(highest, condition.threshold):
        return
    text = f"{condition.metric} {condition.op} {condition.threshold:g}"
    outcome = "cannot fail" if at_lowest else "cannot hold"
    bounds = [("under", "over", lowest), ("over", "under", highest)]
    bounds = [bound for bound in bounds if math.isfinite(bound[2])]
    never = " and ".join(f"never {beyond} {end:g}" for beyond, _, end in bounds)
    cure = " and ".join(f"{within} {end:g}" for _, within, end in bounds)
    sign = ", without a minus sign" if condition.threshold < 0.0 <= lowest else ""
    raise _refusal(
        pointer,
        f"'{text}' {outcome}: {condition.metric} is {never}; "
        f"compare it with a number {cure}{sign}",
    )


_SPOKEN = {
    "max_drawdown_pct": "mdd maxdd max_dd dd drawdown drawdown_pct",
    "cagr": "annual_return annualized_return annualised_return ann_return apr cagr_pct",
    "total_return_pct": "return returns total_return profit_pct roi",
    "expected_shortfall_95_pct": "cvar es expected_shortfall cvar_95 cvar_95_pct",
    "volatility_pct": "vol volatility annual_volatility ann_vol stdev std sigma",
    "sharpe_ratio": "sharpe sr sharpe_annual annual_sharpe",
    "sortino_ratio": "sortino",
    "calmar_ratio": "calmar mar mar_ratio",
    "profit_factor": "pf",
    "win_rate_pct": "win_rate winrate hit_rate hitrate win_pct accuracy",
    "closed_trades": "trades num_trades n_trades trade_count round_trips",
    "total_pnl": "pnl profit net_profit total_profit",
    "exposure_pct": "exposure time_in_market",
    "alpha_pct": "alpha jensen_alpha",
    "evidence.p_value": "p p_value pvalue p_val",
    "evidence.psr": "psr probabilistic_sharpe probabilistic_sharpe_ratio",
    "evidence.dsr": "dsr deflated_sharpe deflated_sharpe_ratio",
}
"""What people call a metric that has another name here."""
_ALIASES = {alias: name for name, words in _SPOKEN.items() for alias in words.split()}


def _unknown_metric(name: str) -> str:
    spoken = _ALIASES.get(name.lower())
    known = sorted(KNOWN_NAMES)
    meant = spoken or get_close_matches(name.lower(), known, n=1, cutoff=0.0)[0]
    return f"{name!r} is not a metric: did you mean {meant!r}?"


def _refusal(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError.at(pointer, detail)
