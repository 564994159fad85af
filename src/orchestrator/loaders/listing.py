"""What can be asked for: every symbol a source can name, with its window."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from orchestrator.described import described
from orchestrator.errors import DataError
from orchestrator.spec import AnswerWarning, FileReading, Quality, WarningCode

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.base import BarLoader


@dataclass(frozen=True, slots=True, kw_only=True)
class DataEntry:
    """One symbol of one source."""

    symbol: str = described("Ask for it by this `symbol`")
    source: str = described("and this `data_source`")
    bars: int | None = described(
        "How many bars there are; null if that is not known", default=None
    )
    first: datetime | None = described("Time of the first bar", default=None)
    last: datetime | None = described("Time of the last bar", default=None)
    problem: str | None = described(
        "Why its bars cannot be used; null if they can", default=None
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DataDetail:
    """What there is of one symbol, and how it was read."""

    symbol: str = described("Ask for it by this `symbol`")
    source: str = described("and this `data_source`")
    bars: int = described("How many bars there are")
    first: datetime = described("Time of the first bar")
    last: datetime = described("Time of the last bar")
    periods_per_year: float | None = described("How many of them make a year")
    quality: Quality | None = described("What was found in the data", absent=True)
    reading: FileReading | None = described("How the file was read", absent=True)
    warnings: tuple[AnswerWarning, ...] = described("What to beware of")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataList:
    """What can be asked for."""

    entries: tuple[DataEntry, ...] = described("By source and symbol")
    after: str | None = described(
        "Where the next page begins; null on the last", default=None
    )
    warnings: tuple[AnswerWarning, ...] = described(
        "Sources that could not be listed", default=()
    )


@runtime_checkable
class Listable(Protocol):
    """A loader that can name its symbols."""

    def symbols(self, deadline: Deadline) -> tuple[str, ...]:
        """Return the symbols, in order."""
        ...

    def entry(self, symbol: str, deadline: Deadline) -> DataEntry:
        """Return what there is of one of them."""
        ...


@runtime_checkable
class Shelves(Protocol):
    """A loader some of whose symbols are there for one caller alone."""

    def seen_by(self, owner: str) -> Listable:
        """Return what a caller may ask for."""
        ...


def list_data(
    sources: Mapping[str, BarLoader],
    *,
    deadline: Deadline,
    owner: str = "",
    after: str | None = None,
    limit: int = 100,
) -> DataList:
    """Return the next `limit` entries, those of files before those of services.

    Parameters
    ----------
    sources : mapping of str to BarLoader
        Those that are `Listable` are listed.
    deadline : Deadline
    owner : str
        The caller, whose uploads are listed too.
    after : str, optional
        The `after` of the page before.
    limit : int, default=100
    """
    names: list[tuple[str, str]] = []
    warnings: list[AnswerWarning] = []
    shown: dict[str, Listable] = {}
    for source, loader in sources.items():
        if isinstance(loader, Shelves):
            shown[source] = loader.seen_by(owner)
        elif isinstance(loader, Listable):
            shown[source] = loader
    for source, shelf in shown.items():
        try:
            names += [(source, symbol) for symbol in shelf.symbols(deadline)]
        except DataError as error:
            detail = f"the symbols of {source} are not known: {error.detail}"
            warnings.append(
                AnswerWarning(code=WarningCode.SOURCE_NOT_LISTED, detail=detail)
            )
    names.sort()
    if after is not None:
        source, _, symbol = after.partition(":")
        names = [name for name in names if name > (source, symbol)]
    page = names[:limit]
    return DataList(
        entries=tuple(shown[source].entry(name, deadline) for source, name in page),
        after=":".join(page[-1]) if len(names) > limit else None,
        warnings=tuple(warnings),
    )
