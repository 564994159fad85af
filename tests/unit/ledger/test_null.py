"""The ledger that is off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.base import Ledger
from orchestrator.ledger.null import NullLedger
from orchestrator.ledger.opening import open_ledger
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import KeyedAnswer, RunFilter
from orchestrator.settings import LedgerMode, Settings
from tests.unit.ledger.builders import attempt, passes


class TestNullLedger:
    def test_judges_and_says_that_nothing_was_counted(self) -> None:
        recorded = NullLedger().record(attempt("a"), passes)

        assert recorded.sequence is None
        assert recorded.ruling.verdict == "pass"
        assert not recorded.tries.counted
        assert (recorded.tries.caller, recorded.tries.everyone) == (1, 1)

    @pytest.mark.parametrize(
        "use",
        [
            lambda ledger: ledger.get("ab"),
            lambda ledger: ledger.page(RunFilter()),
            lambda ledger: ledger.export(RunFilter()),
            lambda ledger: ledger.recall("alice", "key", "ab"),
            lambda ledger: ledger.keep(
                "alice", "key", "ab", KeyedAnswer(status=200, body=b"")
            ),
        ],
        ids=["get", "page", "export", "recall", "keep"],
    )
    def test_refuses_to_read_what_it_does_not_keep(
        self, use: Callable[[Ledger], object]
    ) -> None:
        with pytest.raises(LedgerUnavailableError, match="ORCHESTRATOR_LEDGER=off"):
            use(NullLedger())

    def test_is_always_ready(self) -> None:
        NullLedger().check()


class TestOpenLedger:
    def test_gives_none_when_it_is_off(self) -> None:
        assert isinstance(open_ledger(Settings(ledger=LedgerMode.OFF)), NullLedger)

    @pytest.mark.parametrize("mode", [LedgerMode.ALL, LedgerMode.DECISIONS])
    def test_connects_to_nothing_yet(self, mode: LedgerMode) -> None:
        settings = Settings(ledger=mode, database_url="postgresql://127.0.0.1:1/none")

        assert isinstance(open_ledger(settings), SqlLedger)
