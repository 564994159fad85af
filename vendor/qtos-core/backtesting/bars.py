"""The bar contract: what every loader returns and every consumer may assume.

`Bars` is a struct of arrays:

* `timestamps`, ``datetime64[ns]`` in UTC, strictly increasing, from 1678 to 2261,
  labelled as the source labels them (a daily bar by its date);
* float64 `open`, `high`, `low`, `close` (quote currency per unit) and `volume`
  (units traded), all finite, with ``0 < low <= open, close <= high`` and
  ``volume >= 0``;
* no price under 1e-15 or over 1e15 and no volume over 1e20, so that products and
  squares of them stay far from the ends of float64.

`Bars.checked` proves the contract once, at the border.  Code behind the border
does not check again, and the arrays are read-only.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

import numpy as np
import pandas as pd

from backtesting.timetable import LabelTimetable

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from numpy.typing import ArrayLike, NDArray

    from backtesting.timetable import BarTimes, Timetable

PRICE_COLUMNS = ("open", "high", "low", "close")
COLUMNS = (*PRICE_COLUMNS, "volume")
ARRAYS = ("timestamps", *COLUMNS)
LOWEST_PRICE, HIGHEST_PRICE, LARGEST_VOLUME = 1e-15, 1e15, 1e20
MOST_REMEMBERED = 4

T = TypeVar("T")


class BarContractError(ValueError):
    """Bars that break the contract: which row, which column, which rule.

    Parameters
    ----------
    rule : str
        The rule in words, such as ``"low <= open <= high"``.
    row : int or None
        Zero-based position of the first bar that breaks it; None for a rule
        about the whole (lengths, emptiness).
    column : str
        The column at fault.
    value : object
        What stood there.
    """

    def __init__(
        self, rule: str, *, row: int | None, column: str, value: object
    ) -> None:
        place = column if row is None else f"row {row}, {column}"
        super().__init__(f"{place}: {value} breaks the rule {rule!r}")
        self.rule = rule
        self.row = row
        self.column = column
        self.value = value


@dataclass(frozen=True, kw_only=True, eq=False)
class Bars:
    """OHLCV bars that keep the contract; build them with `Bars.checked`.

    `timetable` knows when each bar opens and closes; it is no part of what the bars
    hold, nor of their hash.
    """

    timestamps: NDArray[np.datetime64]
    open: NDArray[np.float64]
    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]
    timetable: Timetable = field(default=LabelTimetable(), repr=False)

    def __len__(self) -> int:
        return int(self.timestamps.size)

    @classmethod
    def checked(
        cls,
        *,
        timestamps: ArrayLike,
        open: ArrayLike,
        high: ArrayLike,
        low: ArrayLike,
        close: ArrayLike,
        volume: ArrayLike,
    ) -> Self:
        """Return bars that keep the contract, as read-only copies.

        Raises
        ------
        BarContractError
            Naming the first row, the column and the rule that is broken.
        """
        bars = cls(
            timestamps=_sealed_times(timestamps),
            open=_sealed(open, "float64"),
            high=_sealed(high, "float64"),
            low=_sealed(low, "float64"),
            close=_sealed(close, "float64"),
            volume=_sealed(volume, "float64"),
        )
        _check(bars)
        return bars

    @classmethod
    def from_frame(cls, frame: pd.DataFrame) -> Self:
        """Return the bars of a frame with a DatetimeIndex and lower-case columns.

        A naive index is read as UTC; a missing volume column is zero.

        Raises
        ------
        BarContractError
            See `Bars.checked`.
        """
        index = pd.DatetimeIndex(frame.index)
        if index.tz is not None:
            index = index.tz_convert("UTC").tz_localize(None)
        volume = frame["volume"] if "volume" in frame else np.zeros(len(frame))
        return cls.checked(
            timestamps=index.to_numpy(),
            volume=np.asarray(volume, dtype=np.float64),
            **{name: frame[name].to_numpy(dtype=np.float64) for name in PRICE_COLUMNS},
        )

    def to_frame(self) -> pd.DataFrame:
        """Return a frame with a UTC DatetimeIndex named ``datetime``."""
        index = pd.DatetimeIndex(self.timestamps, name="datetime").tz_localize("UTC")
        return pd.DataFrame(
            {name: getattr(self, name) for name in COLUMNS}, index=index
        )

    def between(self, start: np.datetime64 | None, end: np.datetime64 | None) -> Self:
        """Return the bars with ``start <= timestamp < end``, sharing memory."""
        if start is None and end is None:
            return self
        first = 0 if start is None else int(np.searchsorted(self.timestamps, start))
        stop = len(self) if end is None else int(np.searchsorted(self.timestamps, end))
        return replace(
            self, **{name: getattr(self, name)[first:stop] for name in ARRAYS}
        )

    def times(self) -> BarTimes:
        """Return when each bar opens and closes."""
        return self.timetable.times(self.timestamps)

    def remembered(self, key: Hashable, compute: Callable[[], T]) -> T:
        """Return what `compute` gave for `key` the first time it was asked.

        For what depends on the bars alone and costs as much as a run does.  It is
        kept as long as the bars are; of more than `MOST_REMEMBERED` keys all are
        forgotten.
        """
        memory = self._memory
        try:
            return cast("T", memory[key])  # one look-up: another thread may clear
        except KeyError:
            found = compute()
        if len(memory) >= MOST_REMEMBERED:
            memory.clear()
        return cast("T", memory.setdefault(key, found))

    @cached_property
    def _memory(self) -> dict[Hashable, Any]:
        return {}

    def sha256(self) -> str:
        """Return the hash of the six arrays: equal bars have equal hashes."""
        return self._sha256

    @cached_property
    def _sha256(self) -> str:
        digest = hashlib.sha256()
        for name in ARRAYS:
            array = np.ascontiguousarray(getattr(self, name))
            digest.update(array.view(np.uint8).data)
        return digest.hexdigest()


def _sealed(values: ArrayLike, dtype: str) -> NDArray[Any]:
    array = np.array(values, dtype=dtype, order="C")
    array.flags.writeable = False
    return array


def _sealed_times(values: ArrayLike) -> NDArray[np.datetime64]:
    """Return times in nanoseconds; numpy wraps what lies beyond them."""
    times = _sealed(values, "datetime64[ns]")
    given = np.asarray(values)
    if given.dtype.kind not in "iuM":  # text or objects
        given = np.asarray(values, dtype="datetime64")
    if given.dtype.kind == "M" and given.dtype != times.dtype:
        same = (times.astype(given.dtype) == given) | np.isnat(given)
        if not same.all():
            at = int(same.argmin())
            rule = "a time from 1678 to 2261"
            raise BarContractError(rule, row=at, column="timestamps", value=given[at])
    return times


def _check(bars: Bars) -> None:
    for name in ARRAYS:
        array = getattr(bars, name)
        if array.ndim != 1 or array.size != len(bars):
            raise BarContractError(
                f"one value a bar ({len(bars)})",
                row=None,
                column=name,
                value=f"shape {array.shape}",
            )
    if len(bars) == 0:
        raise BarContractError("at least one bar", row=None, column="bars", value=0)
    _check_timestamps(bars.timestamps)
    for name in COLUMNS:
        _require(np.isfinite(getattr(bars, name)), "finite", name, bars)
    _require(bars.low > 0.0, "low > 0", "low", bars)
    _require(bars.low >= LOWEST_PRICE, "low >= 1e-15", "low", bars)
    _require(bars.high <= HIGHEST_PRICE, "high <= 1e15", "high", bars)
    for name in ("open", "close"):
        prices = getattr(bars, name)
        _require(prices >= bars.low, f"low <= {name}", name, bars)
        _require(prices <= bars.high, f"{name} <= high", name, bars)
    _require(bars.volume >= 0.0, "volume >= 0", "volume", bars)
    _require(bars.volume <= LARGEST_VOLUME, "volume <= 1e20", "volume", bars)


def _check_timestamps(timestamps: NDArray[np.datetime64]) -> None:
    missing = np.isnat(timestamps)
    if missing.any():
        row = int(missing.argmax())
        raise BarContractError(
            "a timestamp on every bar", row=row, column="timestamps", value="NaT"
        )
    rising = timestamps[1:] > timestamps[:-1]
    if not rising.all():
        row = int(rising.argmin()) + 1
        raise BarContractError(
            "strictly increasing timestamps",
            row=row,
            column="timestamps",
            value=timestamps[row],
        )


def _require(holds: NDArray[np.bool_], rule: str, column: str, bars: Bars) -> None:
    if not holds.all():
        row = int(holds.argmin())
        raise BarContractError(
            rule, row=row, column=column, value=getattr(bars, column)[row]
        )
