"""The documentation tells the truth: every list is whole and every example runs."""

from __future__ import annotations

import dataclasses
import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from docs.write_metrics import page
from examples.live_server import Server, running
from orchestrator import errors
from orchestrator.settings import Settings

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
METRICS = ROOT / "vendor" / "qtos-core" / "backtesting" / "metrics"
BASE = "http://127.0.0.1:8000"
FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)[^)]*\)")
PAGES = sorted([*ROOT.glob("*.md"), *DOCS.rglob("*.md")])


def blocks(language: str) -> Iterator[tuple[str, str]]:
    for path in PAGES:
        for number, found in enumerate(FENCE.finditer(path.read_text()), start=1):
            if found[1] == language:
                yield f"{path.relative_to(ROOT)} block {number}", found[2]


COMMANDS = dict(blocks("sh"))


def leaves(root: type[errors.OrchestratorError]) -> Iterator[str]:
    for leaf in root.__subclasses__():
        yield leaf.code
        yield from leaves(leaf)


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running({"WEB_CONCURRENCY": "1"}) as server:
        yield server


class TestSettingsPage:
    @pytest.mark.parametrize("item", dataclasses.fields(Settings), ids=lambda f: f.name)
    def test_names_every_variable_with_its_default_and_rule(
        self, item: dataclasses.Field[object]
    ) -> None:
        rows = (DOCS / "settings.md").read_text().splitlines()
        start = f"| `{item.metadata['variable']}` | "
        [row] = [line for line in rows if line.startswith(start)]

        default = item.default
        if isinstance(default, bool):
            assert f"| `{'on' if default else 'off'}` |" in row
        elif default is None:
            assert "| unset |" in row
        elif default is not dataclasses.MISSING:
            assert f"| `{default}` |" in row
        assert f"| {item.metadata['rule']} |" in row


class TestArchitecturePage:
    def test_names_files_that_exist(self) -> None:
        text = (DOCS / "architecture.md").read_text()
        found = re.findall(r"`([a-z_-]+/[\w./-]*|[a-z_]+\.py)`", text)

        roots = (ROOT, ROOT / "src" / "orchestrator", METRICS)
        missing = [
            name for name in found if not any((at / name).exists() for at in roots)
        ]

        assert len(found) > 40
        assert missing == []

    def test_names_every_room(self) -> None:
        text = (DOCS / "architecture.md").read_text()
        rooms = {
            path.name
            for path in (ROOT / "src" / "orchestrator").iterdir()
            if path.is_dir() or path.suffix == ".py"
        }

        assert {
            name
            for name in rooms - {"__init__.py", "__pycache__"}
            if f"`{name.rstrip('/')}" not in text
        } == set()


class TestErrorsPage:
    @pytest.mark.parametrize(
        "code",
        sorted(set(leaves(errors.OrchestratorError)) - {errors.DataError.code}),
    )
    def test_names_every_code(self, code: str) -> None:
        assert f"| `{code}` |" in (DOCS / "errors.md").read_text()


class TestMetricsPage:
    def test_is_what_the_catalogue_says(self) -> None:
        assert (DOCS / "metrics.md").read_text() == page()


class TestApiPage:
    def test_names_every_route(self) -> None:
        text = (DOCS / "api.md").read_text()
        paths = json.loads((ROOT / "openapi.json").read_text())["paths"]

        assert [path for path in paths if path not in text] == []


class TestExamples:
    @pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS.keys())
    def test_run_as_printed(self, server: Server, command: str, tmp_path: Path) -> None:
        bin_folder = Path(sys.executable).parent
        done = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", command.replace(BASE, server.url)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
            env=os.environ
            | {
                "PATH": f"{bin_folder}:{os.environ['PATH']}",
                "ORCHESTRATOR_DATABASE_URL": f"sqlite:///{tmp_path}/ledger.sqlite3",
            },
        )

        assert done.returncode == 0, done.stdout + done.stderr

    @pytest.mark.parametrize(
        "text", dict(blocks("json")).values(), ids=dict(blocks("json")).keys()
    )
    def test_of_json_are_json(self, text: str) -> None:
        json.loads(text)


class TestLinks:
    @pytest.mark.parametrize(
        "path", PAGES, ids=lambda path: str(path.relative_to(ROOT))
    )
    def test_lead_somewhere(self, path: Path) -> None:
        targets = LINK.findall(path.read_text())

        assert [one for one in targets if not (path.parent / one).exists()] == []
