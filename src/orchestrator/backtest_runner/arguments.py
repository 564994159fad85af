"""The arguments of the published functions, checked as a request's fields are."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import fields
from enum import StrEnum
from typing import Any, TypeVar

import pandas as pd

from backtesting import load_dataframe
from backtesting.bars import Bars
from backtesting.terms import Costs, Direction, Exits, Fill, Sizing
from orchestrator.errors import DataInvalidError, InvalidRequestError, Place
from orchestrator.loaders.base import moment_of
from orchestrator.loaders.sources import source_names
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.period import Period
from orchestrator.spec import (
    SYMBOL_PATTERN,
    DataSource,
    Include,
    LoadedBars,
    Provenance,
    StrategyParams,
    Window,
)
from orchestrator.strategies.registry import get_strategy

_SYMBOL = re.compile(SYMBOL_PATTERN, re.ASCII)
ValueT = TypeVar("ValueT")


def refused(name: str, detail: str) -> InvalidRequestError:
    """Return the error that refuses one argument."""
    return InvalidRequestError(f"{name}: {detail}", places=(Place(f"/{name}", detail),))


def symbol_of(value: object) -> str:
    """Return a symbol, upper-cased.

    Raises
    ------
    InvalidRequestError
        If it is none.
    """
    if isinstance(value, str) and _SYMBOL.fullmatch(value):
        return value.upper()
    raise refused(
        "symbol",
        f"{value!r} is not 1 to 32 letters, digits and . ^ = _ - with no sign first",
    )


def positive(name: str, value: object) -> float:
    """Return a finite number above 0.

    Raises
    ------
    InvalidRequestError
        If it is none.
    """
    number = _number(value)
    if number is None or number <= 0.0:
        raise refused(name, f"{value!r} is not a finite number above 0")
    return number


def params_of(
    strategy_type: str, given: Mapping[str, object] | StrategyParams | None
) -> StrategyParams:
    """Return the parameters of a strategy, checked."""
    wanted = get_strategy(strategy_type).params
    if isinstance(given, StrategyParams):
        if isinstance(given, wanted):
            return given
        detail = f"{type(given).__name__} are not the parameters of {strategy_type}"
        raise refused("strategy_params", detail)
    params: StrategyParams = load(wanted, given or {}, under=STRATEGY_PARAMS)
    return params


def options_of(options: Mapping[str, Any]) -> dict[str, Any]:
    """Return further fields of a spec, plain values turned into the spec's own.

    Raises
    ------
    InvalidRequestError
        If one breaks its rule.
    """
    _refuse_what_is_not_judged_here(options)
    return {
        name: _READERS[name](name, value)
        if name in _READERS and value is not None
        else value
        for name, value in options.items()
    }


def _refuse_what_is_not_judged_here(options: Mapping[str, Any]) -> None:
    # An answer without the verdict that was asked for reads like a pass.
    if options.get("gate") is not None:
        raise refused("gate", "is judged by POST /gate and POST /backtest alone")


def source_of(name: str) -> str:
    """Return the name of a data source there is."""
    if name not in source_names():
        raise refused("data_source", f"{name!r} is none of {', '.join(source_names())}")
    return name


def period_of(text: str) -> Period:
    """Return a look-back period."""
    try:
        return Period.parse(text)
    except (ValueError, AttributeError) as error:
        raise refused("period", str(error)) from None


def loaded_of(data: pd.DataFrame | Bars | LoadedBars, symbol: str) -> LoadedBars:
    """Return bars with their origin.

    Raises
    ------
    DataInvalidError
        If they break the bar contract.
    InvalidRequestError
        If `data` is neither bars nor a frame.
    """
    if isinstance(data, LoadedBars):
        return data
    if not isinstance(data, (Bars, pd.DataFrame)):
        raise refused("data", f"{type(data).__name__} is neither Bars nor a DataFrame")
    try:
        bars = data if isinstance(data, Bars) else Bars.from_frame(load_dataframe(data))
    except ValueError as error:
        raise DataInvalidError(str(error)) from error
    first, last = (moment_of(bars.timestamps[row]) for row in (0, -1))
    window = Window(start=first, end=last, bars=len(bars))
    return LoadedBars(
        bars=bars,
        provenance=Provenance(
            source=DataSource.INLINE,
            symbol=symbol,
            dataset=f"{DataSource.INLINE}:{symbol}",
            bars=len(bars),
            first=first,
            last=last,
            sha256=bars.sha256(),
            requested=window,
            received=window,
        ),
    )


def _number(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return float(value) if math.isfinite(value) else None


def _rate(name: str, value: object) -> float:
    number = _number(value)
    if number is None or number <= -1.0:
        raise refused(name, f"{value!r} is not a finite number above -1")
    return number


def _member(kind: type[StrEnum]) -> Callable[[str, object], StrEnum]:
    def read(name: str, value: object) -> StrEnum:
        try:
            return kind(str(value))
        except ValueError:
            raise refused(name, f"{value!r} is none of {', '.join(kind)}") from None

    return read


def _value(kind: type[ValueT]) -> Callable[[str, object], ValueT]:
    def read(name: str, value: object) -> ValueT:
        if isinstance(value, kind):
            return value
        known = [field.name for field in fields(kind)]  # type: ignore[arg-type]
        if not isinstance(value, Mapping) or not set(value) <= set(known):
            raise refused(name, f"give a mapping of {', '.join(known)}")
        try:
            return kind(**value)
        except (TypeError, ValueError) as error:
            raise refused(name, str(error)) from error

    return read


def _included(name: str, value: object) -> frozenset[Include]:
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise refused(name, f"give a list of {', '.join(_READABLE)}")
    parts = [str(part) for part in value]
    for part in parts:
        if part not in _READABLE:
            detail = f"{part!r} is none of {', '.join(_READABLE)}"
            if part in tuple(Include):
                detail = f"{part!r} is weighed by POST /backtest alone"
            raise refused(name, detail)
    return frozenset(map(Include, parts))


_READABLE = (Include.EQUITY_CURVE, Include.TRADES, Include.ORDERS)

_READERS: Mapping[str, Callable[[str, Any], object]] = {
    "include": _included,
    "fill": _member(Fill),
    "direction": _member(Direction),
    "costs": _value(Costs),
    "sizing": _value(Sizing),
    "exits": _value(Exits),
    "periods_per_year": positive,
    "risk_free_rate": _rate,
}
