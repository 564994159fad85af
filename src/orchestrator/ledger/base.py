"""What the services may ask of a ledger, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from orchestrator.ledger.values import (
    Attempt,
    KeyedAnswer,
    Recorded,
    Ruling,
    RunFilter,
    RunPage,
    StoredRun,
    Trials,
)

Judge = Callable[[Trials], Ruling]
"""Judges an attempt given its trials.  Called once, while every other writer waits:
it must be quick, and must not use the ledger."""


class Ledger(Protocol):
    """A record that only grows.

    Every method raises `LedgerUnavailableError` when the record cannot be reached,
    read or written; what it raised for was not recorded.
    """

    def record(self, attempt: Attempt, judge: Judge) -> Recorded:
        """Count the trials, have them judged and record both, all in one transaction.

        Between the count and the row no other writer can slip in, so two callers at
        once never see the same count; when this returns, the row is committed.  What
        `judge` raises passes through, and nothing is recorded.
        """
        ...

    def standing(self, family: str, caller: str) -> Trials:
        """Return the trials counted so far, of one caller on one family of data."""
        ...

    def get(self, run_id: str, *, caller: str | None = None) -> StoredRun:
        """Return the newest row of a run, of one caller if `caller` is given.

        Raises
        ------
        RunNotFoundError
            If there is none.
        """
        ...

    def page(
        self, filters: RunFilter, *, cursor: str | None = None, limit: int = 50
    ) -> RunPage:
        """Return rows that pass `filters`, newest first.

        Raises
        ------
        InvalidRequestError
            If `cursor` is not one that a page with the same filters gave, or `limit`
            is not from 1 to 500.
        """
        ...

    def export(self, filters: RunFilter) -> Iterator[str]:
        """Return the rows that pass `filters` as lines of CSV, oldest first.

        The first rows are read at once: a record that cannot be read raises here.
        """
        ...

    def recall(self, caller: str, key: str, body_sha256: str) -> KeyedAnswer | None:
        """Return the answer kept under `key` in the last 24 hours, or claim the key.

        A claim keeps other bodies out for as long as an answer may take; the same body
        may be asked again meanwhile.

        Raises
        ------
        IdempotencyConflictError
            If the key was used with another body, or is claimed for one.
        """
        ...

    def keep(
        self, caller: str, key: str, body_sha256: str, answer: KeyedAnswer
    ) -> KeyedAnswer:
        """Keep `answer` under `key` and return it, or the one that came first.

        Raises
        ------
        IdempotencyConflictError
            If the key was used with another body.
        """
        ...

    def check(self) -> None:
        """Return if the record can be written and its schema is this version's.

        Every table is written to, and all of it taken back.
        """
        ...
