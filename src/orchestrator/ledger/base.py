"""What the services may ask of a ledger, whichever it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Protocol

from orchestrator.ledger.values import (
    Attempt,
    KeyedAnswer,
    KeyedRequest,
    Recorded,
    Ruling,
    RunFilter,
    RunPage,
    StoredRun,
    Trials,
)
from orchestrator.spec import Sketch

Judge = Callable[[Trials], Ruling]
"""Judges an attempt given its trials, and gives the same for the same.  It is called
once or twice, the last time perhaps while every other writer waits: it must be quick,
and must not use the ledger."""


class Ledger(Protocol):
    """A record that only grows.

    Every method raises `LedgerUnavailableError` when the record cannot be reached,
    read or written; what it raised for was not recorded.
    """

    def record(
        self, attempt: Attempt, judge: Judge, *, is_long: bool = False
    ) -> Recorded:
        """Count the trials, have them judged and record both, all in one transaction.

        Between the count and the row no other writer can slip in, so two callers at
        once never see the same count; when this returns, the row is committed.  What
        `judge` raises passes through, and nothing is recorded.  An answer that
        `is_long` is judged and packed before the record is locked, and again only
        where another trial came between.
        """
        ...

    def records(self, *, judged: bool) -> bool:
        """Return whether a run is kept, `judged` or not."""
        ...

    def family(self, sketch: Sketch, name: str | None) -> str:
        """Return the family of data that trials on bars are counted on.

        Bars of the operator have a `name`; those of a caller have none, and are of
        the family that the record knows with the same content.
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

    def recall(self, asked: KeyedRequest) -> KeyedAnswer | None:
        """Return the answer kept under a key in the last 24 hours, or claim the key.

        An answer by other policies than would judge now is none.

        A claim keeps other bodies out for as long as an answer may take; the same body
        may be asked again meanwhile.

        Raises
        ------
        IdempotencyConflictError
            If the key was used with another body, or is claimed for one.
        """
        ...

    def keep(self, asked: KeyedRequest, answer: KeyedAnswer) -> KeyedAnswer:
        """Keep `answer` under a key and return it, or the one that came first.

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
