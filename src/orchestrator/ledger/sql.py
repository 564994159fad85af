"""The ledger over a database: what was asked of it, one short transaction each."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from threading import Lock

from cachetools import LRUCache

from orchestrator.errors import InvalidRequestError, RunNotFoundError
from orchestrator.ledger import keys, reading
from orchestrator.ledger.base import Judge
from orchestrator.ledger.cursor import decode_cursor, encode_cursor
from orchestrator.ledger.database import Database
from orchestrator.ledger.export import csv_lines
from orchestrator.ledger.families import add_sketch, find_family
from orchestrator.ledger.probe import commit_probe, try_writing
from orchestrator.ledger.schema import check_schema
from orchestrator.ledger.trials import count, stand
from orchestrator.ledger.values import (
    Attempt,
    KeyedAnswer,
    KeyedRequest,
    Recorded,
    Ruling,
    RunFilter,
    RunPage,
    RunSummary,
    StoredRun,
    Trials,
)
from orchestrator.ledger.writing import Foreseen, Prepared, append
from orchestrator.spec import Sketch

MAX_PAGE = 500
_EXPORT_PAGE = 500
_FAMILIES = 4096


def _now() -> datetime:
    return datetime.now(UTC)


class SqlLedger:
    """Keep the record in SQLite or PostgreSQL; see `Ledger` for what each method does.

    Parameters
    ----------
    url : str
        ``sqlite:///path`` or ``postgresql://...``; migrated by `migrate.upgrade`.
    decisions_only : bool, default=False
        Record runs that were judged alone; the trials of the others still count.
    claimed_for : timedelta, default=1 minute
        How long a key stays claimed for a body that is not answered yet.
    clock : callable, optional
        Gives the time, aware.
    """

    def __init__(
        self,
        url: str,
        *,
        decisions_only: bool = False,
        claimed_for: timedelta = timedelta(minutes=1),
        clock: Callable[[], datetime] = _now,
    ) -> None:
        self._database = Database(url)
        self._decisions_only = decisions_only
        self._claimed_for = claimed_for
        self._clock = clock
        self._families_lock = Lock()
        self._families: LRUCache[tuple[str, str | None], str] = LRUCache(_FAMILIES)

    def record(
        self, attempt: Attempt, judge: Judge, *, is_long: bool = False
    ) -> Recorded:
        """Count, judge and record in one transaction; see `Ledger.record`."""
        prepared = Prepared.of(attempt)
        expected = self._foreseen(attempt, judge) if is_long else None
        with self._database.write() as connection:
            standing = stand(connection, attempt)
            if expected is None or expected.trials != standing.trials:
                expected = Foreseen.of(standing.trials, judge)
            ruling, kept = expected.ruling, self._keeps(expected.ruling)
            append(
                connection,
                prepared,
                standing,
                foreseen=expected if kept else None,
                time=self._clock(),
            )
        return Recorded(
            sequence=standing.sequence if kept else None,
            trials=standing.trials,
            ruling=ruling,
        )

    def _foreseen(self, attempt: Attempt, judge: Judge) -> Foreseen:
        """Judge by the count as it stands: it mostly is the same a moment later."""
        with self._database.read() as connection:
            standing = stand(connection, attempt)
        return Foreseen.of(standing.trials, judge)

    def records(self, *, judged: bool) -> bool:
        """Return whether a run is kept: decisions alone, if the operator says so."""
        return not self._decisions_only or judged

    def family(self, sketch: Sketch, name: str | None) -> str:
        """Return the family bars are of; see `Ledger.family`."""
        key = (sketch.digest, name)
        with self._families_lock:
            known = self._families.get(key)
        if known is not None:
            return known
        with self._database.read() as connection:
            found = find_family(connection, sketch, name)
        if not found.is_known:
            with self._database.write() as connection:
                found = find_family(connection, sketch, name)
                if not found.is_known:
                    add_sketch(connection, sketch, name, found.family)
        with self._families_lock:
            self._families[key] = found.family
        return found.family

    def standing(self, family: str, caller: str) -> Trials:
        """Return the trials so far; see `Ledger.standing`."""
        with self._database.read() as connection:
            return count(connection, family, caller)

    def get(self, run_id: str, *, caller: str | None = None) -> StoredRun:
        """Return the newest row of a run; see `Ledger.get`."""
        # A database may refuse what no run is named, NUL or half a surrogate pair.
        if run_id.isascii() and run_id.isprintable():
            with self._database.read() as connection:
                found = reading.newest_run(connection, run_id, caller)
            if found is not None:
                return found
        raise RunNotFoundError(f"the ledger has no run {run_id[:64]!r}")

    def page(
        self, filters: RunFilter, *, cursor: str | None = None, limit: int = 50
    ) -> RunPage:
        """Return rows that pass, newest first; see `Ledger.page`."""
        if not 1 <= limit <= MAX_PAGE:
            detail = f"must be from 1 to {MAX_PAGE}"
            raise InvalidRequestError.at("/limit", detail, subject="limit")
        before = None if cursor is None else decode_cursor(cursor, filters)
        with self._database.read() as connection:
            runs = reading.runs_before(
                connection, filters, before=before, limit=limit + 1
            )
        more = len(runs) > limit
        runs = runs[:limit]
        return RunPage(
            runs=runs,
            next_cursor=encode_cursor(runs[-1].sequence, filters) if more else None,
        )

    def export(self, filters: RunFilter) -> Iterator[str]:
        """Yield lines of CSV, oldest first; see `Ledger.export`."""
        # Now, not when the first line is asked for: an error still has an answer.
        first = self._runs_after(filters, 0)
        return csv_lines(self._all_runs(filters, first))

    def recall(self, asked: KeyedRequest) -> KeyedAnswer | None:
        """Return the answer kept under a key, or claim it; see `Ledger.recall`."""
        now, claimed_for = self._clock(), self._claimed_for
        with self._database.read() as connection:
            found = keys.find(connection, asked, now, claimed_for=claimed_for)
        if found.answer is not None or found.claimed:
            return found.answer
        with self._database.write() as connection:
            found = keys.find(connection, asked, now, claimed_for=claimed_for)
            if found.answer is None and not found.claimed:
                keys.claim(connection, asked, now)
        return found.answer

    def keep(self, asked: KeyedRequest, answer: KeyedAnswer) -> KeyedAnswer:
        """Keep an answer under a key; see `Ledger.keep`."""
        with self._database.write() as connection:
            return keys.find_or_insert(connection, asked, answer, self._clock())

    def check(self) -> None:
        """Return if the schema is this version's; see `Ledger.check`."""
        check_schema(self._database)
        try_writing(self._database, self._clock())
        commit_probe(self._database, self._clock())

    def close(self) -> None:
        """Close this process's connections."""
        self._database.close()

    def _keeps(self, ruling: Ruling) -> bool:
        return self.records(judged=ruling.verdict is not None)

    def _all_runs(
        self, filters: RunFilter, runs: tuple[RunSummary, ...]
    ) -> Iterator[RunSummary]:
        # A page at a time, so that no reading transaction stays open while a client
        # reads slowly: it would keep SQLite's write-ahead log from shrinking.
        yield from runs
        while len(runs) == _EXPORT_PAGE:
            runs = self._runs_after(filters, runs[-1].sequence)
            yield from runs

    def _runs_after(self, filters: RunFilter, after: int) -> tuple[RunSummary, ...]:
        with self._database.read() as connection:
            return reading.runs_after(
                connection, filters, after=after, limit=_EXPORT_PAGE
            )
