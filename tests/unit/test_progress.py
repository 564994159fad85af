"""A bar shows after a second, to a person, and says until when."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from orchestrator.cli import progress as module
from orchestrator.cli.progress import progress


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "PATIENCE", 0.05)


def shown_by(*, terminal: bool, work: float) -> str:
    target = io.StringIO()
    console = Console(file=target, force_terminal=terminal, width=100)
    with progress("reading the ledger", console) as told:
        for done in range(10):
            told(done, 10)
            time.sleep(work / 10)
    return target.getvalue()


def test_work_that_takes_long_shows_a_bar_with_what_is_left() -> None:
    text = shown_by(terminal=True, work=0.5)

    assert "reading the ledger" in text
    assert "%" in text
    assert "left" in text


def test_quick_work_shows_nothing() -> None:
    assert "reading" not in shown_by(terminal=True, work=0.0)


def test_nothing_is_shown_to_a_program() -> None:
    assert shown_by(terminal=False, work=0.2) == ""
