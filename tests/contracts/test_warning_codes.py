"""Every warning's code is given somewhere, and policies may name those of runs."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import orchestrator
from orchestrator.gate import PolicyBook
from orchestrator.gate.policies import NAMEABLE, RULES
from orchestrator.spec import WarningCode

SOURCE = Path(orchestrator.__file__).parent


def named_in(path: Path) -> set[str]:
    """Return the members of `WarningCode` that a module names."""
    return {
        node.attr
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) == "WarningCode"
    }


GIVEN = set().union(
    *(
        named_in(path)
        for room in ("loaders", "strategies", "backtest_runner", "services")
        for path in (SOURCE / room).rglob("*.py")
    ),
    named_in(SOURCE / "gate" / "condition_warnings.py"),
    named_in(SOURCE / "gate" / "verdict.py"),
    named_in(SOURCE / "gate" / "sufficiency.py"),
)


@pytest.mark.parametrize("code", list(WarningCode))
def test_every_code_is_given_somewhere(code: WarningCode) -> None:
    assert code.name in GIVEN


@pytest.mark.parametrize("code", list(WarningCode))
def test_is_spelled_like_its_name(code: WarningCode) -> None:
    assert code.value == code.name.lower()


def test_a_policy_may_wait_for_every_warning_of_a_run() -> None:
    rule = next(rule for rule in RULES if rule.name == "insufficient_on")

    assert set(WarningCode) - set(NAMEABLE) == {
        WarningCode.WEAK_EVIDENCE,
        WarningCode.SOURCE_NOT_LISTED,
    }
    assert rule.members == NAMEABLE


@pytest.mark.parametrize("name", ["standard", "strict"])
def test_shipped_policies_wait_for_data_from_the_future(name: str) -> None:
    held_back = PolicyBook.load().policies[name].insufficient_on

    assert {"future_bars", "dropped_rows"} <= set(held_back)
