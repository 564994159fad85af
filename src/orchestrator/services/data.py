"""What data there is, and adding to it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.loaders.listing import DataList, list_data

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.loaders.base import BarLoader
    from orchestrator.loaders.files.uploads import StoredCsv, Uploads


@dataclass(frozen=True, slots=True, kw_only=True)
class Data:
    """List what can be asked for, and store files that callers send."""

    loaders: Mapping[str, BarLoader]
    uploads: Uploads

    def page(self, *, deadline: Deadline, after: str | None, limit: int) -> DataList:
        """Return the next entries; see `list_data`."""
        return list_data(self.loaders, deadline=deadline, after=after, limit=limit)

    def store_csv(
        self, symbol: str, chunks: Iterable[bytes], *, replace: bool, deadline: Deadline
    ) -> StoredCsv:
        """Check a CSV file and store it under its symbol; see `Uploads.store`."""
        return self.uploads.store(symbol, chunks, deadline, replace=replace)
