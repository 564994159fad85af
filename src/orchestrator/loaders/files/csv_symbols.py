"""Files that hold several symbols: the rows of the one that is asked for."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING

from orchestrator.loaders.files.csv_names import listed
from orchestrator.loaders.files.folder_index import stem_of

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.files.csv_layout import Layout

_ROWS_A_CHECK = 20_000


class UnknownSymbolError(ValueError):
    """A symbol that is not among those of a file."""


def rows_of_symbol(
    text: bytes, layout: Layout, symbol: str, deadline: Deadline
) -> tuple[bytes, str | None]:
    """Return the text with the rows of `symbol` alone, and its name in the file.

    A file without a column of symbols is returned as it is, and one with a single
    symbol in all of it, with that.  Lines keep their places, so that an error names
    the right one.

    Raises
    ------
    UnknownSymbolError
        If there are several, and not this one.
    """
    if layout.symbol is None:
        return text, None
    lines = text[layout.start :].decode().split("\n")
    names = list(_column(lines, layout, deadline))
    found = list(dict.fromkeys(names))
    wanted = symbol_among(found, symbol)
    if wanted is None or len(found) == 1:
        return text, wanted
    kept = "\n".join(
        line if name == wanted else "" for line, name in zip(lines, names, strict=True)
    )
    return text[: layout.start] + kept.encode(), wanted


def symbol_among(names: Sequence[str], symbol: str) -> str | None:
    """Return the name of `symbol` among the distinct names of a file.

    The one name where there is one only, whatever it is; None where there is none.

    Raises
    ------
    UnknownSymbolError
        If there are several, and not this one.
    """
    found = [name for name in names if name]
    if len(found) < 2:
        return next(iter(found), None)
    wanted = next((name for name in found if is_same_symbol(name, symbol)), None)
    if wanted is None:
        raise UnknownSymbolError(
            f"the file holds {len(found)} symbols, and {symbol} is not among them: "
            f"{listed(found)}; ask for one of them"
        )
    return wanted


def _column(lines: list[str], layout: Layout, deadline: Deadline) -> list[str]:
    """Return what stands in the column of symbols, nothing for a line without it."""
    at, names = layout.symbol or 0, []
    for row, line in enumerate(lines):
        if row % _ROWS_A_CHECK == 0:
            deadline.check("finding a symbol in a CSV file")
        cells = line.rstrip("\r").split(layout.separator)
        if '"' in line:
            cells = next(csv.reader(io.StringIO(line), delimiter=layout.separator), [])
        names.append(cells[at].strip() if at < len(cells) else "")
    return names


def is_same_symbol(name: str, symbol: str) -> bool:
    """Return whether two spellings are of one symbol: ``btc/usdt`` and ``BTC-USDT``."""
    return stem_of(name).upper() == stem_of(symbol).upper()
