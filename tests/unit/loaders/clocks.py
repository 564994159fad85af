"""The moment it is in these tests: a Friday afternoon."""

from __future__ import annotations

from datetime import UTC, datetime

NOW = datetime(2024, 6, 14, 15, 30, tzinfo=UTC)
