"""The spec's own values as a request has them, for callers in process.

A caller in Python may give `Costs(commission_bps=1)` or `Fill.CLOSE` where JSON has
an object or a string.  Here they become what JSON would have held, and one schema
reads both.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import singledispatch
from typing import Any

import numpy as np

from backtesting.terms import Sizing
from orchestrator.errors import InvalidRequestError, reference_token
from orchestrator.period import Period
from orchestrator.spec import Condition
from orchestrator.strategies.signals.series import Signals


def plain_fields(given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the fields of a request, with nothing in them that JSON has not.

    Raises
    ------
    InvalidRequestError
        For a text that is no Unicode, as a body could not hold it.
    """
    named = dict(given)
    sizing = named.get("sizing")
    if isinstance(sizing, Sizing):
        named["quantity"] = sizing.quantity
    plain = {name: _plain(value, f"/{name}") for name, value in named.items()}
    if isinstance(sizing, Sizing):
        del plain["sizing"]["quantity"]
    return plain


@singledispatch
def _plain(value: Any, pointer: str) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        named = {field.name: getattr(value, field.name) for field in fields(value)}
        return _mapping(named, pointer)
    return value


@_plain.register
def _text(value: str, pointer: str) -> str:
    try:
        value.encode()
    except UnicodeEncodeError:
        raise InvalidRequestError.at(pointer, "is not Unicode text") from None
    return str(value)


@_plain.register
def _number(value: np.generic, _: str) -> Any:
    return value.item()


@_plain.register
def _column(value: np.ndarray, _: str) -> Any:
    return value.tolist()


@_plain.register
def _moment(value: datetime, _: str) -> str:
    return value.isoformat()


@_plain.register
def _period(value: Period, _: str) -> str:
    return str(value)


@_plain.register
def _condition(value: Condition, _: str) -> str:
    return f"{value.metric} {value.op} {value.threshold!r}"


@_plain.register
def _signals(value: Signals, _: str) -> dict[str, list[object]]:
    return value.to_json()


@_plain.register
def _mapping(value: Mapping, pointer: str) -> dict[str, Any]:  # type: ignore[type-arg]
    return {
        str(name): _plain(item, f"{pointer}/{reference_token(name)}")
        for name, item in value.items()
    }


@_plain.register(list)
@_plain.register(tuple)
def _sequence(value: Sequence[Any], pointer: str) -> list[Any]:
    return [_plain(item, f"{pointer}/{row}") for row, item in enumerate(value)]


@_plain.register(set)
@_plain.register(frozenset)
def _names(value: Iterable[Any], pointer: str) -> list[Any]:
    return sorted(_plain(item, pointer) for item in value)
