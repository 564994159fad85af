"""Look-back periods such as ``30d``, ``6mo``, ``1y``, ``ytd`` and ``max``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Self

import pandas as pd

_PERIOD = re.compile(r"([1-9][0-9]{0,4})(d|wk|mo|y)", re.ASCII)
_OFFSETS: Mapping[str, Callable[[int], pd.DateOffset]] = MappingProxyType(
    {
        "d": lambda count: pd.DateOffset(days=count),
        "wk": lambda count: pd.DateOffset(weeks=count),
        "mo": lambda count: pd.DateOffset(months=count),
        "y": lambda count: pd.DateOffset(years=count),
    }
)
PATTERN = (
    r"^(?:[1-9][0-9]{0,4}(?:[dD]|[wW][kK]|[mM][oO]|[yY])|[yY][tT][dD]|[mM][aA][xX])$"
)


@dataclass(frozen=True, slots=True)
class Period:
    """A calendar span that ends at an anchor; build it with `Period.parse`."""

    unit: str
    count: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the period of `text`, in any case.

        Raises
        ------
        ValueError
            If `text` is none of ``Nd``, ``Nwk``, ``Nmo``, ``Ny`` with N from 1 to
            99999, ``ytd`` and ``max``.

        Examples
        --------
        >>> Period.parse("6MO")
        Period(unit='mo', count=6)
        """
        folded = text.lower() if text.isascii() else text
        if folded in {"ytd", "max"}:
            return cls(folded)
        match = _PERIOD.fullmatch(folded)
        if match is None:
            raise ValueError(
                f"{text!r} is not a period: use Nd, Nwk, Nmo or Ny (N from 1 to "
                "99999, such as 30d, 6mo, 1y), ytd or max"
            )
        return cls(match[2], int(match[1]))

    def __str__(self) -> str:
        return self.unit if self.count == 0 else f"{self.count}{self.unit}"

    def start_before(self, anchor: datetime) -> datetime | None:
        """Return where the period that ends at `anchor` starts; None for all.

        Months and years are calendar months and years, cut to the last day of a
        shorter month.  A start before the year 1 is all there is.
        """
        if self.unit == "max":
            return None
        if self.unit == "ytd":
            return datetime(anchor.year, 1, 1, tzinfo=UTC)
        try:
            offset = _OFFSETS[self.unit](self.count)
            return (pd.Timestamp(anchor) - offset).to_pydatetime()
        except (OverflowError, ValueError):  # before pandas' first instant
            return None
