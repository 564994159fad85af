"""Instants as the ledger writes them: text that sorts as time does."""

from __future__ import annotations

from datetime import UTC, datetime


def to_text(instant: datetime) -> str:
    """Return an aware instant as text of fixed width.

    Examples
    --------
    >>> to_text(datetime(2020, 1, 2, tzinfo=UTC))
    '2020-01-02T00:00:00.000000Z'
    """
    if instant.tzinfo is None:
        raise ValueError(f"{instant} has no time zone")
    # Not strftime: it writes the year 99 with two digits.
    whole = instant.astimezone(UTC).replace(tzinfo=None)
    return whole.isoformat(timespec="microseconds") + "Z"


def to_instant(text: str) -> datetime:
    """Return the instant that `to_text` wrote."""
    return datetime.fromisoformat(text).astimezone(UTC)
