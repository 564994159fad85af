"""The script behind the figure: small, seeded, and true to the gate."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

pytest.importorskip("matplotlib", reason="the figure needs matplotlib")

SCRIPT = Path(__file__).parents[3] / "examples/why_naive_gates_lie.py"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("why_naive_gates_lie", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_gives_the_same_shares_for_the_same_seed(script: ModuleType) -> None:
    assert script.simulate(4, seed=3) == script.simulate(4, seed=3)


def test_writes_its_figure_and_table(
    script: ModuleType,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    out = tmp_path / "figure.png"
    monkeypatch.setattr(sys, "argv", ["why", "--sets", "4", "--out", str(out)])

    script.main()

    assert out.read_bytes().startswith(b"\x89PNG")
    assert capsys.readouterr().out.count("\n") == 7


def test_its_figure_is_committed(script: ModuleType) -> None:
    assert script.FIGURE.read_bytes().startswith(b"\x89PNG")
