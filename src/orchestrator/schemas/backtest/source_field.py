"""The field for ``data_source``: any source there is when the schema is built."""

from __future__ import annotations

from typing import Any

from orchestrator.loaders.sources import source_names
from orchestrator.schemas.fields import Choice
from orchestrator.spec import DataSource


class SourceField(Choice):
    """A source's name: a shipped one's, or that of one another package installs."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(DataSource, **kwargs)

    def _bind_to_schema(self, field_name: str, parent: Any) -> None:
        """Read the names as the field joins a schema: none is known at import."""
        super()._bind_to_schema(field_name, parent)
        self.members = {name: name for name in source_names()}
