"""Is the record still what was written?  Finds each row of which that is not so.

What it cannot find: rows removed from the end of every table with all trace of them,
the highest sequence that the database remembers included; and a chain written anew from
some row on.  Both change the newest link, so an operator who keeps its hash elsewhere
(`orchestrator ledger verify` prints it) can have it looked for: that finds these too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection

from orchestrator.ledger.chain import GENESIS, Link
from orchestrator.ledger.database import Database
from orchestrator.ledger.keyrows import key_findings
from orchestrator.ledger.verification.findings import (
    Alteration,
    Finding,
    Record,
    row_findings,
)
from orchestrator.ledger.verification.scan import (
    body_findings,
    highest_remembered,
    last_sequence,
    records,
)

MAX_FINDINGS = 100
_TOLD_EVERY = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchor:
    """A link that is known from elsewhere to have been written."""

    sequence: int
    row_hash: str

    @classmethod
    def parse(cls, text: str) -> Anchor:
        """Return the anchor that ``str()`` of one gave.

        Raises
        ------
        ValueError
            If `text` is not ``SEQUENCE:HASH``.
        """
        sequence, _, row_hash = text.partition(":")
        if not (sequence.isascii() and sequence.isdigit() and len(row_hash) == 64):
            raise ValueError(f"{text!r} is not SEQUENCE:HASH as verify prints it")
        return cls(sequence=int(sequence), row_hash=row_hash.lower())

    def __str__(self) -> str:
        return f"{self.sequence}:{self.row_hash}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What `verify` found, and the newest link; it stops at a hundred findings."""

    records: int
    newest: Anchor | None
    findings: tuple[Finding, ...]

    @property
    def is_intact(self) -> bool:
        """Whether nothing was altered."""
        return not self.findings


def verify(
    database: Database,
    anchor: Anchor | None = None,
    told: Callable[[int, int], None] | None = None,
) -> Verification:
    """Read the whole record and return every way in which it was altered.

    Parameters
    ----------
    database : Database
    anchor : Anchor, optional
        A link that must be there.
    told : callable, optional
        Told now and then how many rows of how many were read.

    Raises
    ------
    LedgerUnavailableError
        If it cannot be read.
    """
    with database.read() as connection:
        highest = highest_remembered(connection)
    walk = _Walk(highest, told)
    with database.read() as connection:
        found = _findings(connection, walk, anchor, highest)
        findings = tuple(islice(found, MAX_FINDINGS))
    return Verification(records=walk.records, newest=walk.newest, findings=findings)


class _Walk:
    """Walks along the chain, remembering where it is."""

    def __init__(self, highest: int, told: Callable[[int, int], None] | None) -> None:
        self._highest = highest
        self._told = told
        self.records = 0
        self.newest: Anchor | None = None
        self._expected = 1

    @property
    def last(self) -> int:
        """The sequence of the newest record seen."""
        return self._expected - 1

    def step(self, record: Record) -> Iterator[Finding]:
        """Yield what is wrong between the record before and this one."""
        self.records += 1
        if self._told is not None and self.records % _TOLD_EVERY == 0:
            self._told(self.records, self._highest)
        sequence, link = record.sequence, record.link
        if sequence != self._expected:
            yield Finding(
                sequence=self._expected,
                alteration=Alteration.MISSING,
                detail=f"rows {self._expected} to {sequence - 1} are in no table",
            )
        if link is not None:
            yield from self._follow(link)
            self.newest = Anchor(sequence=sequence, row_hash=link.row_hash)
        self._expected = sequence + 1

    def _follow(self, link: Link) -> Iterator[Finding]:
        before = self.newest
        at = before.sequence if before is not None else 0
        if link.sequence != at + 1:
            return  # what lies between is missing, and was reported
        if link.prev_hash != (GENESIS if before is None else before.row_hash):
            yield Finding(
                sequence=link.sequence,
                alteration=Alteration.CHANGED,
                detail="its link does not follow the link before it",
            )


def _findings(
    connection: Connection, walk: _Walk, anchor: Anchor | None, highest: int
) -> Iterator[Finding]:
    anchored = anchor is None
    last = last_sequence(connection)
    for record in records(connection):
        yield from walk.step(record)
        yield from row_findings(connection, record, last=last)
        if anchor is not None and record.sequence == anchor.sequence:
            anchored = (
                record.link is not None and record.link.row_hash == anchor.row_hash
            )
    if highest > max(last, walk.last):
        yield Finding(
            sequence=highest,
            alteration=Alteration.MISSING,
            detail=f"there were rows up to it, now the newest is {walk.last}",
        )
    yield from body_findings(connection)
    yield from key_findings(connection)
    if anchor is not None and not anchored:
        yield Finding(
            sequence=anchor.sequence,
            alteration=Alteration.MISSING,
            detail="the link known from elsewhere is not in the chain: it and all "
            "after it were removed or written anew",
        )
