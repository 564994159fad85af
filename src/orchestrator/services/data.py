"""What data there is, and adding to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.errors import DataNotFoundError, InvalidRequestError
from orchestrator.loaders.listing import DataDetail, DataList, list_data
from orchestrator.spec import SAMPLE_SOURCE, DataSource

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.base import BarLoader
    from orchestrator.loaders.files.uploads import StoredCsv, Uploads
    from orchestrator.spec import BarQuery


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """List what can be asked for, and store files that callers send."""

    loaders: Mapping[str, BarLoader]
    uploads: Uploads

    def page(
        self, *, owner: str, deadline: Deadline, after: str | None, limit: int
    ) -> DataList:
        """Return the next entries; see `list_data`."""
        return list_data(
            self.loaders, owner=owner, deadline=deadline, after=after, limit=limit
        )

    def detail(self, query: BarQuery, deadline: Deadline) -> DataDetail:
        """Return how a symbol's bars were read, and what was found in them.

        Raises
        ------
        DataNotFoundError
            If the source has no bars of the symbol; the sample is none.
        InvalidRequestError
            If there is no such source.
        """
        loader = self.loaders.get(query.source)
        if loader is None or query.source == DataSource.INLINE:
            known = ", ".join(name for name in self.loaders if name != "inline")
            detail = f"{query.source[:40]!r} is no source; there are {known}"
            raise InvalidRequestError.at("/source", detail)
        loaded = loader.load(query, deadline)
        if loaded.provenance.source == SAMPLE_SOURCE:
            raise DataNotFoundError(
                f"the data folder has no file of {query.symbol}; GET /data lists what "
                "there is"
            )
        return DataDetail(
            symbol=query.symbol,
            source=query.source,
            bars=loaded.provenance.bars,
            first=loaded.provenance.first,
            last=loaded.provenance.last,
            periods_per_year=None if loaded.periods is None else loaded.periods.periods,
            quality=loaded.quality,
            reading=loaded.reading,
            warnings=loaded.warnings,
        )

    def store_csv(
        self,
        query: BarQuery,
        chunks: Iterable[bytes],
        *,
        replace: bool,
        deadline: Deadline,
    ) -> StoredCsv:
        """Check a CSV file and store it under its symbol; see `Uploads.store`."""
        return self.uploads.store(query, chunks, deadline, replace=replace)
