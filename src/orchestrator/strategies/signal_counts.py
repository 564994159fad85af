"""What became of each of the caller's own signals."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalCounts:
    """Counts that add up: received = acted + duplicates + outside the data.

    Parameters
    ----------
    received : int
    acted : int
        Signals that were handed to a bar.
    before_data, after_data : int
        Signals before the first bar's label, and after the last one's.
    duplicates : int
        Signals that repeat the time and side of another; each is acted on once.
    moved : int
        Of those acted on, how many carried the time of no bar and act on the next.
    without_effect : int
        Of those acted on, how many found nothing to do: a sell while flat in
        direction ``long``, a buy while flat in direction ``short``.
    cut : int
        Of those acted on, how many were larger than the position they reduced.
    """

    received: int
    acted: int
    before_data: int
    after_data: int
    duplicates: int
    moved: int
    without_effect: int
    cut: int

    def to_json(self) -> dict[str, int]:
        """Return the counts by name."""
        return asdict(self)
