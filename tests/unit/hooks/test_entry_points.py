"""Hooks of other packages, found by their entry points.

The example package is put on the path of a new process as an installer would put
it: its module beside a ``dist-info`` folder with the entry points it declares.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

EXAMPLE = Path(__file__).parents[2] / "packages" / "qtos_example_hooks"

RUN = """
import json
from orchestrator.backtest_runner import run_backtest
from orchestrator.hooks.base import HookKind
from orchestrator.hooks.loading import load_hooks
from tests.unit.strategies.bar_makers import closes

answer = run_backtest(
    closes([10.0, 11.0, 12.0, 30.0, 31.0, 13.0, 14.0, 15.0]),
    "X",
    10_000.0,
    1.0,
    "signals",
    strategy_params={
        "signals": [
            {"timestamp": f"2020-01-0{day}", "side": side}
            for day, side in [(1, "buy"), (2, "sell"), (6, "buy"), (7, "sell")]
        ]
    },
    advisors=load_hooks(
        HookKind.ADVISORS, [{"type": "weekday_filter", "params": {"weekday": 0}}]
    ),
    validators=load_hooks(
        HookKind.VALIDATORS, [{"type": "price_ceiling", "params": {"price": 20.0}}]
    ),
    observers=load_hooks(HookKind.OBSERVERS, [{"type": "commission_meter"}]),
)
print(json.dumps(answer["hooks"]))
"""

LIST = """
from orchestrator.hooks.base import HookKind
from orchestrator.hooks.registry import hooks_of
print([list(hooks_of(kind)) for kind in HookKind])
"""


def install(target: Path, entry_points: dict[str, dict[str, str]]) -> Path:
    """Lay the example package out in `target` as an installer would."""
    shutil.copy(EXAMPLE / "qtos_example_hooks.py", target)
    info = target / "qtos_example_hooks-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        "Metadata-Version: 2.1\nName: qtos-example-hooks\nVersion: 1.0\n"
    )
    lines = [
        line
        for group, points in entry_points.items()
        for line in (f"[{group}]", *(f"{name} = {at}" for name, at in points.items()))
    ]
    (info / "entry_points.txt").write_text("\n".join(lines) + "\n")
    return target


def python(code: str, path: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": f"{path}:{root}"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def declared() -> dict[str, Any]:
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    points: dict[str, Any] = project["entry-points"]
    return points


class TestAnInstalledPackage:
    def test_adds_hooks_that_run_and_report(self, tmp_path: Path) -> None:
        done = python(RUN, install(tmp_path, declared()))

        assert done.returncode == 0, done.stderr
        hooks = json.loads(done.stdout)
        # 1 January 2020 was a Wednesday, the 6th a Monday.
        assert hooks["advisors"][0]["report"] == {"buys_dropped": 1}
        assert hooks["validators"][0]["report"] == {}
        assert hooks["observers"][0]["report"] == {"paid": 0.0, "bars": 8}

    @pytest.mark.parametrize(
        ("points", "words"),
        [
            (
                {"qtos.advisors": {"cooldown": "qtos_example_hooks:WEEKDAY_FILTER"}},
                "the name is taken",
            ),
            (
                {"qtos.advisors": {"other": "qtos_example_hooks:WEEKDAY_FILTER"}},
                "it defines 'weekday_filter' of advisors",
            ),
            (
                {
                    "qtos.advisors": {
                        "price_ceiling": "qtos_example_hooks:PRICE_CEILING"
                    }
                },
                "it defines 'price_ceiling' of validators",
            ),
            (
                {"qtos.advisors": {"filter": "qtos_example_hooks:WeekdayFilter"}},
                "is no HookDefinition",
            ),
        ],
        ids=["a taken name", "another name", "another kind", "no definition"],
    )
    def test_is_refused_by_name_when_it_breaks_the_rules(
        self, tmp_path: Path, points: dict[str, dict[str, str]], words: str
    ) -> None:
        done = python(LIST, install(tmp_path, points))

        assert done.returncode != 0
        assert "HookRegistrationError" in done.stderr
        assert words in done.stderr
