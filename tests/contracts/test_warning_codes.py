"""What policies may name against what the code gives: equal, code by code."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import orchestrator
from orchestrator.gate import PolicyBook
from orchestrator.gate.verdict import WEAK_EVIDENCE
from orchestrator.gate.warning_codes import TRIALS_UNCOUNTED, WARNING_CODES
from orchestrator.loaders.notices import SUSPICIONS

SOURCE = Path(orchestrator.__file__).parent
# Given of no run: by the gate itself, and by the list of data.
OF_NO_RUN = {WEAK_EVIDENCE, "source_not_listed"}


def literals() -> Iterator[str]:
    """Yield the codes of notices that stand in the code as literals."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "Notice":
                for keyword in node.keywords:
                    if keyword.arg == "code" and isinstance(
                        keyword.value, ast.Constant
                    ):
                        yield keyword.value.value


def counted_signals() -> set[str]:
    """Return the codes that the counts of signals pass on by position."""
    text = (SOURCE / "strategies" / "signals/counts.py").read_text(encoding="utf-8")
    return {
        node.value
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and node.value.startswith("signals_")
        and " " not in node.value
    }


GIVEN = {*literals(), *SUSPICIONS, *counted_signals()} - OF_NO_RUN


@pytest.mark.parametrize("code", sorted({*WARNING_CODES} - {TRIALS_UNCOUNTED}))
def test_every_code_is_given_somewhere(code: str) -> None:
    assert code in GIVEN


@pytest.mark.parametrize("code", sorted(GIVEN))
def test_every_code_given_may_be_named(code: str) -> None:
    assert code in WARNING_CODES


def test_each_is_declared_once() -> None:
    assert len(set(WARNING_CODES)) == len(WARNING_CODES)


@pytest.mark.parametrize("name", ["standard", "strict"])
def test_shipped_policies_wait_for_data_from_the_future(name: str) -> None:
    held_back = PolicyBook.load().policies[name].insufficient_on

    assert {"future_bars", "dropped_rows"} <= set(held_back)
