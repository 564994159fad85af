"""What the columns of a table are called: header names to what they hold."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from backtesting.bars import PRICE_COLUMNS

TIMESTAMP, SYMBOL = "timestamp", "symbol"
_TIMES = (
    "datetime",
    "timestamp",
    "date",
    "time",
    "gmt time",
    "local time",
    "open time",
    "date time",
    "datum",
    "fecha",
    "data",
    "tanggal",
    "unix",
    "unix timestamp",
    "ts",
    "t",
)
_CLOCKS = ("time", "uhrzeit", "hora")
_NAMES: Mapping[str, tuple[str, ...]] = {
    "open": (
        *("open", "o", "1. open", "open price", "opening price"),
        *("eroffnung", "eroeffnung", "erster", "ouverture", "apertura", "pembukaan"),
    ),
    "high": (
        *("high", "h", "2. high", "high price", "hoch", "tageshoch", "haut"),
        *("plus haut", "maximo", "massimo", "tertinggi", "max"),
    ),
    "low": (
        *("low", "l", "3. low", "low price", "tief", "tagestief", "bas", "plus bas"),
        *("minimo", "terendah", "min"),
    ),
    "close": (
        *("close", "c", "4. close", "close price", "closing price", "close/last"),
        *("schluss", "schlusskurs", "letzter", "cloture", "dernier", "cierre"),
        *("chiusura", "ultimo", "terakhir", "last", "price", "prezzo", "zuletzt"),
    ),
    "volume": (
        *("volume", "tickvol", "vol", "v", "vol.", "5. volume", "6. volume"),
        *("umsatz", "stuck", "stueck", "volumen", "shares traded", "base volume"),
        *("total traded quantity", "ttl trd qnty", "trade volume"),
    ),
    "adjusted": (
        *("adj close", "adj. close", "adjclose", "adjusted close"),
        *("5. adjusted close", "adjusted"),
    ),
    "splits": (
        *("split coefficient", "8. split coefficient", "stock splits"),
        *("split factor", "split ratio", "splits", "split", "stock split"),
    ),
    SYMBOL: (
        *("symbol", "ticker", "name", "tic", "act symbol", "instrument", "stock"),
        *("stock code", "security", "scrip", "code", "simbol", "simbolo", "pair"),
        *("asset", "coin", "contract", "product", "underlying", "company", "market"),
        *("symbol id", "security id", "instrument id", "ticker symbol"),
        *("stock symbol", "symbol name", "stock name", "company name", "ric", "epic"),
        *("isin", "wkn", "cusip", "sedol", "figi", "permno", "gvkey"),
    ),
}
MAPPABLE = (TIMESTAMP, *PRICE_COLUMNS, "volume", "adjusted", SYMBOL)
"""What a caller may say the name of."""

_VOLUME_OF = re.compile(r"vol(?:ume)?[ (]+([a-z0-9]+)\)?")
_MONEY = frozenset({"usd", "usdt", "usdc", "busd", "eur", "gbp", "jpy", "quote", "adj"})


class UnknownColumnError(ValueError):
    """A column the caller names, and the table does not have."""

    def __init__(self, column: str, name: str, names: Sequence[str]) -> None:
        super().__init__(
            f"the file has no column {name[:40]!r} for {column}; it has {listed(names)}"
        )
        self.column = column


@dataclass(frozen=True, slots=True, kw_only=True)
class Named:
    """Where the columns of a table are.

    `columns` maps ``open`` and so on to positions, ``adjusted``, ``splits`` and
    ``symbol`` where they are; `times` has two positions where date and clock stand
    apart.
    """

    columns: Mapping[str, int]
    times: tuple[int, ...]

    @property
    def missing(self) -> str | None:
        """The first of the four prices and the time that is not there."""
        there = {*self.columns, *([TIMESTAMP] if self.times else ())}
        wanted = (*PRICE_COLUMNS, TIMESTAMP)
        return next((name for name in wanted if name not in there), None)


def named(names: Sequence[str], own: Iterable[tuple[str, str]] = ()) -> Named:
    """Return where the columns of a table are.

    Parameters
    ----------
    names : sequence of str
        The header.
    own : iterable of (str, str)
        What the caller says: a column and its name in the header.

    Raises
    ------
    UnknownColumnError
        If the header has no such name.
    """
    normal = [_normal(name) for name in names]
    joined = [_joined(name) for name in normal]
    columns = {
        column: joined.index(_joined(alias))
        for column, aliases in _NAMES.items()
        for alias in reversed(aliases)
        if _joined(alias) in joined
    }
    if "volume" not in columns:
        columns |= _volume(normal)
    times = _times(joined)
    for column, name in own:
        at = _place(name, names, normal)
        if at is None:
            raise UnknownColumnError(column, name, names)
        if column == TIMESTAMP:
            times = (at,)
        else:
            columns[column] = at
    if columns.get("close") in times:  # yfinance: Price stands over its dates
        del columns["close"]
    return Named(columns=columns, times=times)


def is_repeated(names: Sequence[str], position: int) -> bool:
    """Return whether the header names a column twice."""
    normal = [_normal(name) for name in names]
    return normal.count(normal[position]) > 1


def listed(names: Sequence[str]) -> str:
    """Return names as words, the first twelve of them."""
    shown = ", ".join(repr(name.strip()[:30]) for name in names[:12])
    return f"{shown}, ..." if len(names) > 12 else shown


def _place(name: str, names: Sequence[str], normal: Sequence[str]) -> int | None:
    stripped = [given.strip() for given in names]
    if name.strip() in stripped:
        return stripped.index(name.strip())
    return normal.index(_normal(name)) if _normal(name) in normal else None


def _normal(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    bare = letters.strip().strip("<>").replace("_", " ").lower()
    return " ".join(bare.split())


def _joined(name: str) -> str:
    """Return a name without spaces: ``splitFactor`` is ``split factor``."""
    return name.replace(" ", "")


def _volume(normal: Sequence[str]) -> dict[str, int]:
    """Return the volume of a table that says of what, ``Volume BTC``."""
    found = [
        (at, match[1])
        for at, name in enumerate(normal)
        if (match := _VOLUME_OF.fullmatch(name))
    ]
    of_units = [at for at, unit in found if unit not in _MONEY]
    chosen = of_units or [at for at, _ in found]
    return {"volume": chosen[0]} if chosen else {}


def _times(joined: Sequence[str]) -> tuple[int, ...]:
    for clock in _CLOCKS:
        for date in ("date", "datum", "fecha"):
            if date in joined and clock in joined:
                return joined.index(date), joined.index(clock)
    for name in map(_joined, _TIMES):
        if name in joined:
            return (joined.index(name),)
    return (0,) if joined[:1] in (["index"], ["unnamed:0"], [""], ["price"]) else ()
