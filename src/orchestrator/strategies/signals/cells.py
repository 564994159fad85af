"""The cells of a table of signals, given as rows or as columns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from orchestrator.errors import InvalidRequestError, Place, reference_token
from orchestrator.parameters import STRATEGY_PARAMS, nearest

MAX_SIGNALS = 100_000
COLUMNS = ("timestamp", "side", "quantity")
REQUIRED = ("timestamp", "side")

_POINTER = f"{STRATEGY_PARAMS}/signals"


def refused(pointer: str, detail: str) -> InvalidRequestError:
    """Return the error that refuses what stands at `pointer` below the signals."""
    place = Place(_POINTER + pointer, detail)
    return InvalidRequestError(f"signals{pointer}: {detail}", places=(place,))


@dataclass(frozen=True, slots=True, kw_only=True)
class Cells:
    """Three columns of values not yet looked at."""

    timestamps: Sequence[object]
    sides: Sequence[object]
    quantities: Sequence[object] | None
    by_row: bool

    def pointer(self, row: int, column: str) -> str:
        """Return where a cell stood below the signals."""
        return f"/{row}/{column}" if self.by_row else f"/{column}/{row}"


def from_rows(rows: Sequence[Any]) -> Cells:
    """Return the cells of ``[{timestamp, side, quantity?}]``.

    Raises
    ------
    InvalidRequestError
        If there are none or too many, or a row is no such object.
    """
    _check_count(len(rows), "")
    for number, row in enumerate(rows):
        if not isinstance(row, dict):
            raise refused(f"/{number}", "is not an object")
        _check_names(row, f"/{number}")
    return Cells(
        timestamps=[row["timestamp"] for row in rows],
        sides=[row["side"] for row in rows],
        quantities=[row.get("quantity") for row in rows],
        by_row=True,
    )


def from_columns(columns: object) -> Cells:
    """Return the cells of ``{timestamp: [], side: [], quantity?: []}``.

    Raises
    ------
    InvalidRequestError
        If it is no such object, or its lists are empty, too long or of two lengths.
    """
    if not isinstance(columns, dict):
        raise refused("", "is neither a list of signals nor an object of columns")
    _check_names(columns, "")
    for name, column in columns.items():
        if not isinstance(column, list):
            raise refused(f"/{name}", "is not a list")
    for name, column in columns.items():
        _check_count(len(column), f"/{name}")
        if len(column) != len(columns["timestamp"]):
            raise refused(
                f"/{name}",
                f"has {len(column)} values where timestamp has "
                f"{len(columns['timestamp'])}",
            )
    return Cells(
        timestamps=columns["timestamp"],
        sides=columns["side"],
        quantities=columns.get("quantity"),
        by_row=False,
    )


def _check_names(given: dict[str, object], pointer: str) -> None:
    for name in given:
        if name not in COLUMNS:
            hint = nearest(name, COLUMNS)
            raise refused(
                f"{pointer}/{reference_token(name)}", f"is not part of a signal{hint}"
            )
    for name in REQUIRED:
        if name not in given:
            raise refused(f"{pointer}/{name}", "is required")


def _check_count(count: int, pointer: str) -> None:
    if count == 0:
        raise refused(pointer, "is empty; at least one signal is needed")
    if count > MAX_SIGNALS:
        raise refused(
            pointer, f"holds {count} signals; at most {MAX_SIGNALS} are taken"
        )
