"""A file as it was read: its rows, and what was understood of it."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.loaders.checks.rows import CheckedRows
from orchestrator.spec import FileReading


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedFile:
    """The checked rows of a file, and how it was read."""

    rows: CheckedRows
    reading: FileReading
