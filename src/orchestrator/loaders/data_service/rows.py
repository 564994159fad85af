"""The data service's JSON to columns, strictly: what is no price is no price."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from backtesting.bars import COLUMNS
from orchestrator.errors import DataSourceError
from orchestrator.loaders.files.timestamp_formats import TimestampsError
from orchestrator.loaders.files.timestamps import Moments, read_moments

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MOST_BARS = 10**12
_LONGEST_NAME = 64
_ROW = ("timestamp", "open", "high", "low", "close")
_MAYBE = ("symbol", "volume")


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """Rows of one answer, oldest first, in columns."""

    moments: Moments
    columns: dict[str, NDArray[np.float64]]

    def __len__(self) -> int:
        return int(self.moments.instants.size)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What the service says it has of one symbol."""

    first: np.datetime64
    last: np.datetime64
    bars: int


class OtherShapeError(Exception):
    """The answer has the shape of the service's other interface."""


def window_page(body: bytes, symbol: str, limit: int) -> Page:
    """Return the page of an answer that is a list of rows, oldest first.

    Raises
    ------
    OtherShapeError
        If it is an object with ``data``.
    DataSourceError
        If it is neither, is about another symbol, or has more than `limit` rows.
    """
    answer = _decoded(body)
    if isinstance(answer, dict) and "data" in answer:
        raise OtherShapeError
    _check_names(body, answer, (*_ROW, *_MAYBE))
    return _page(answer, symbol, limit)


def days_page(body: bytes, symbol: str, limit: int) -> Page:
    """Return the page of an object whose ``data`` are rows, newest first.

    Raises
    ------
    OtherShapeError
        If it is a list.
    DataSourceError
        If it is neither, is about another symbol, has more than `limit` rows, or
        miscounts them.
    """
    answer = _decoded(body)
    if isinstance(answer, list):
        raise OtherShapeError
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), list):
        raise _nonsense("it is no object with a list of rows")
    rows = answer["data"]
    _check_names(body, [answer], ("data", "count"))
    _check_names(body, [answer, *rows], (*_ROW, *_MAYBE))
    _check_symbols({answer.get("symbol")}, symbol)
    if "count" in answer and answer["count"] != len(rows):
        raise _nonsense(f"it counts {answer['count']!r:.40} rows and has {len(rows)}")
    return _page(rows[::-1], symbol, limit)


def says_nothing_found(body: bytes) -> bool:
    """Return whether the body of a 404 is the interface's own: ``{"detail": ...}``."""
    try:
        answer = orjson.loads(body)
    except orjson.JSONDecodeError:
        return False
    return isinstance(answer, dict) and "detail" in answer


def holdings(body: bytes) -> Mapping[str, Holding]:
    """Return what the service says it has, by symbol, in order.

    Raises
    ------
    DataSourceError
        If it is no list of symbols with their first and last timestamp and bars.
    """
    answer = _decoded(body)
    if not isinstance(answer, list):
        raise _nonsense("it is no list of symbols")
    try:
        _check_names(body, answer, ("symbol", "first", "last", "bars"))
        rows = sorted(
            (str(row["symbol"]), _count(row["bars"]), row["first"], row["last"])
            for row in answer
        )
        labels = _ends([row[2] for row in rows], [row[3] for row in rows])
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise _nonsense("it is no list of symbols") from error
    if np.isnat(labels).any():
        raise _nonsense("a timestamp cannot be read")
    _check_listed([row[0] for row in rows])
    return {
        row[0]: Holding(first=first, last=last, bars=row[1])
        for row, first, last in zip(rows, *labels, strict=True)
    }


def _ends(firsts: list[Any], lasts: list[Any]) -> NDArray[np.datetime64]:
    """Return the first and the last time of every symbol, in two rows."""
    try:
        labels = read_moments(firsts + lasts).labels().labels
    except TimestampsError:  # written in more than one way: each by itself
        pairs = zip(firsts, lasts, strict=True)
        each = [read_moments(list(pair)).labels().labels for pair in pairs]
        return np.array(each, dtype="datetime64[ns]").reshape(-1, 2).T
    return labels.reshape(2, -1)


def _check_listed(symbols: Sequence[str]) -> None:
    """Refuse a list, in order, with a name twice or one that cannot be shown."""
    for before, symbol in zip(("", *symbols[:-1]), symbols, strict=True):
        if not symbol.isprintable() or len(symbol) > _LONGEST_NAME:
            raise _nonsense(f"it lists {symbol[:40]!r}, which is no symbol")
        if symbol == before:
            raise _nonsense(f"it lists {symbol} twice")


def _check_names(body: bytes, rows: Any, names: Sequence[str]) -> None:
    """Refuse objects that name a key twice: which of its values is meant?

    A key is counted as it is written; an escaped one has every key counted.
    """
    if not isinstance(rows, list) or _has_a_colon_a_key(body, rows):
        return
    for name in names:
        written = body.count(f'"{name}"'.encode())
        if written > len(rows) or (name in _MAYBE and written):
            known = sum(name in row for row in rows if isinstance(row, dict))
            if written > known:
                raise _nonsense(f"it names {name} twice in one object")
    if b"\\u" in body:
        json.loads(body, object_pairs_hook=_unique)


def _has_a_colon_a_key(body: bytes, rows: Sequence[Any]) -> bool:
    """Return whether there is no colon but those of keys and timestamps: the usual."""
    try:
        keys = sum(map(len, rows))
        clocks = sum([row["timestamp"].count(":") for row in rows])
    except (AttributeError, KeyError, TypeError):
        return False
    return bool(body.count(b":") == keys + clocks)


def _unique(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _nonsense("it names a key twice in one object")
    return found


def _count(value: object) -> int:
    """Return a number of bars.

    Raises
    ------
    ValueError
        If it is no whole number, negative, or more than anybody has.
    """
    if type(value) is not int or not 0 <= value <= _MOST_BARS:
        raise ValueError(value)
    return value


def _decoded(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise _nonsense("it is no JSON, or cut short") from error


def _page(rows: Any, symbol: str, limit: int) -> Page:
    if not isinstance(rows, list):
        raise _nonsense("it is no list of rows")
    if len(rows) > limit:
        raise _nonsense(f"it has {len(rows)} rows, more than the {limit} asked for")
    try:
        _check_symbols({row.get("symbol") for row in rows}, symbol)
        stamps = list(map(itemgetter("timestamp"), rows))
        columns = {
            name: _floats(list(map(itemgetter(name), rows)))
            for name in COLUMNS
            if name != "volume" or any("volume" in row for row in rows[:1])
        }
    except (AttributeError, TypeError) as error:
        raise _nonsense("a row is no object") from error
    except KeyError as error:
        raise _nonsense(f"a row has no {error.args[0]}") from error
    if not set(map(type, stamps)) <= {str}:
        raise _nonsense("a timestamp is no text")
    columns.setdefault("volume", np.zeros(len(rows)))
    try:
        return Page(read_moments(stamps), columns)
    except TimestampsError as error:
        raise _nonsense(str(error)) from error


def _check_symbols(found: set[Any], symbol: str) -> None:
    for name in found - {symbol, None}:
        if not isinstance(name, str) or name.upper() != symbol.upper():
            raise _nonsense(f"it is about {name!r:.40}, not {symbol}")


def _floats(values: Sequence[Any]) -> NDArray[np.float64]:
    """Return numbers as they are and NaN for everything else, texts included."""
    if set(map(type, values)) <= {int, float}:
        return np.array(values, dtype=np.float64)
    return np.array(
        [float(value) if type(value) in {int, float} else math.nan for value in values]
    )


def _nonsense(why: str) -> DataSourceError:
    return DataSourceError(f"the data service's answer cannot be used: {why}")
