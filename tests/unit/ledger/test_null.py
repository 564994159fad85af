"""The ledger that is off."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.base import Ledger
from orchestrator.ledger.null import NullLedger
from orchestrator.ledger.values import KeyedAnswer, KeyedRequest, RunFilter
from tests.unit.ledger.builders import attempt, passes

KEYED = KeyedRequest(caller="alice", key="key", body_sha256="ab")


class TestNullLedger:
    def test_judges_and_says_that_nothing_was_counted(self) -> None:
        recorded = NullLedger().record(attempt("a"), passes)

        assert recorded.sequence is None
        assert recorded.ruling.verdict == "pass"
        assert not recorded.trials.counted
        assert (recorded.trials.caller, recorded.trials.everyone) == (1, 1)

    @pytest.mark.parametrize(
        "use",
        [
            lambda ledger: ledger.get("ab"),
            lambda ledger: ledger.page(RunFilter()),
            lambda ledger: ledger.export(RunFilter()),
            lambda ledger: ledger.recall(KEYED),
            lambda ledger: ledger.keep(KEYED, KeyedAnswer(status=200, body=b"")),
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
