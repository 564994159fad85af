"""Lists of hooks in a body."""

from __future__ import annotations

from orchestrator.web.fields import Declared


def hook_fields() -> dict[str, Declared]:
    """Return the fields `advisors`, `validators` and `observers`."""
    return {}
