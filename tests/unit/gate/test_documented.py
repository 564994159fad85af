"""The page on the gate: its policy file loads, its table is what ships."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.gate import RULES, PolicyBook
from tests.unit.gate.builders import policy

PAGE = (Path(__file__).parents[3] / "docs/gate.md").read_text(encoding="utf-8")


def test_its_policy_file_loads() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)

    book = PolicyBook.parse(example, source="docs/gate.md")

    assert book.choose(None).min_closed_trades == 50
    assert book.floor == "standard"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_names_every_rule(rule: object) -> None:
    assert f"`{rule.name}`" in PAGE  # type: ignore[attr-defined]


@pytest.mark.parametrize("row", [row for row in PAGE.splitlines() if "| `m" in row])
def test_its_table_is_what_ships(row: str) -> None:
    name = re.findall(r"`(\w+)`", row)[0]
    literal, standard, strict = (cell.strip() for cell in row.split("|")[2:5])

    for shipped, cell in (("standard", standard), ("strict", strict)):
        off = 1.0 if name.startswith("max_") else 0.0
        assert getattr(policy(shipped), name) == float(cell or off)
    assert literal == standard


@pytest.mark.parametrize("code", policy("standard").insufficient_on)
def test_names_every_warning_that_holds_back(code: str) -> None:
    assert f"`{code}`" in PAGE
