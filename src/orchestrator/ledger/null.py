"""The ledger that is off: nothing is counted, nothing recorded, and it says so."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Never

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.base import Judge
from orchestrator.ledger.values import (
    Attempt,
    KeyedAnswer,
    KeyedRequest,
    Recorded,
    RunFilter,
    RunPage,
    StoredRun,
    Trials,
)
from orchestrator.spec import Sketch

_UNCOUNTED = Trials(caller=1, everyone=1, counted=False)


class NullLedger:
    """Stand in where the operator chose ``ORCHESTRATOR_LEDGER=off``."""

    def record(
        self,
        attempt: Attempt,  # noqa: ARG002
        judge: Judge,
        *,
        is_long: bool = False,  # noqa: ARG002
    ) -> Recorded:
        """Have one uncounted trial judged, and record nothing."""
        return Recorded(sequence=None, trials=_UNCOUNTED, ruling=judge(_UNCOUNTED))

    def records(self, *, judged: bool) -> bool:  # noqa: ARG002
        """Return that nothing is kept."""
        return False

    def family(self, sketch: Sketch, name: str | None) -> str:
        """Return the name, or that of the content: nothing is known of any."""
        return name or f"content:{sketch.digest}"

    def standing(self, family: str, caller: str) -> Trials:  # noqa: ARG002
        """Return that nothing is counted."""
        return _UNCOUNTED

    def get(self, run_id: str, *, caller: str | None = None) -> StoredRun:  # noqa: ARG002
        """Raise: there is no record to read."""
        _refuse("stored runs")

    def page(
        self,
        filters: RunFilter,  # noqa: ARG002
        *,
        cursor: str | None = None,  # noqa: ARG002
        limit: int = 50,  # noqa: ARG002
    ) -> RunPage:
        """Raise: there is no record to read."""
        _refuse("stored runs")

    def export(self, filters: RunFilter) -> Iterator[str]:  # noqa: ARG002
        """Raise: there is no record to read."""
        _refuse("stored runs")

    def recall(self, asked: KeyedRequest) -> KeyedAnswer | None:  # noqa: ARG002
        """Raise: a key that is not kept would promise what it does not do."""
        _refuse("idempotency keys")

    def keep(self, asked: KeyedRequest, answer: KeyedAnswer) -> KeyedAnswer:  # noqa: ARG002
        """Raise: a key that is not kept would promise what it does not do."""
        _refuse("idempotency keys")

    def check(self) -> None:
        """Return: what is off cannot fail."""


def _refuse(what: str) -> Never:
    raise LedgerUnavailableError(
        f"{what} need the ledger, which the operator has switched off "
        "(ORCHESTRATOR_LEDGER=off)"
    )
