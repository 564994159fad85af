"""The declarations of the figures: complete, distinct and documented."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.evidence import FIGURES, FigureDefinition

PAGE = (Path(__file__).parents[3] / "docs/evidence.md").read_text(encoding="utf-8")


def test_names_are_distinct() -> None:
    assert len({figure.name for figure in FIGURES}) == len(FIGURES)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure.name)
def test_is_defined_and_documented(figure: FigureDefinition) -> None:
    assert figure.unit
    assert figure.definition.endswith(".")
    assert f"`{figure.name}`" in PAGE
