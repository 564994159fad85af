"""The hashes that tie the rows together.

The content of a row, without its sequence, has a hash; a link holds the hashes of its
try and of its run, and the hash of the link before.  So whoever changes, removes,
inserts or swaps rows must write anew every link after them, and the newest link's
hash, kept elsewhere, gives even that away.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import orjson

GENESIS = "0" * 64
"""What the first link has for the hash before."""

_HASHED_AS = {"trials": "tries"}
"""Tables whose rows were hashed under an older name: a hash is never written anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """One link: a row of ``chain``."""

    sequence: int
    trial_hash: str
    run_hash: str | None
    prev_hash: str
    row_hash: str

    @classmethod
    def after(
        cls, prev_hash: str, *, sequence: int, trial_hash: str, run_hash: str | None
    ) -> Link:
        """Return the link that follows the one with `prev_hash`."""
        return cls(
            sequence=sequence,
            trial_hash=trial_hash,
            run_hash=run_hash,
            prev_hash=prev_hash,
            row_hash=_hash([sequence, trial_hash, run_hash, prev_hash]),
        )

    @property
    def is_sound(self) -> bool:
        """Whether the link's own hash is that of its content."""
        content = [self.sequence, self.trial_hash, self.run_hash, self.prev_hash]
        try:
            return _hash(content) == self.row_hash
        except TypeError:  # SQLite keeps what it is given, bytes in a text column too
            return False


def content_hash(table: str, values: Sequence[object]) -> str:
    """Return the hash of a row: its columns in order, but for the sequence."""
    return _hash([_HASHED_AS.get(table, table), *values])


def _hash(content: list[object]) -> str:
    return hashlib.sha256(orjson.dumps(content)).hexdigest()
