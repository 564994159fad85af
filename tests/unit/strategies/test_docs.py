"""The pages of strategies, rules and hooks say what the code says."""

from __future__ import annotations

from pathlib import Path

import pytest

from docs.write_strategies import PAGES, page, schemas, tables
from orchestrator.strategies.rules.names import FUNCTIONS

DOCS = Path(__file__).parents[3] / "docs"


class TestTables:
    @pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
    def test_are_those_made_from_the_declarations(self, path: Path) -> None:
        assert path.read_text(encoding="utf-8") == page(path)

    def test_are_there_for_every_strategy_and_hook(self) -> None:
        found = [name for path in PAGES for name in tables(path)]

        assert sorted(found) == sorted(schemas())


class TestTheRulesPage:
    @pytest.mark.parametrize("name", FUNCTIONS)
    def test_lists_every_function(self, name: str) -> None:
        text = (DOCS / "rules.md").read_text(encoding="utf-8")

        assert f"`{name}(" in text or f"`{name}`" in text
