"""A source another package installs is asked over HTTP like a shipped one.

The example package is put on the path of a new process as an installer would put
it, because sources are found when a process starts.
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

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "tests" / "packages" / "qtos_example_source"

ASK = """
import json
import sys
from pathlib import Path

from orchestrator.bootstrap import build_services
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

folder = Path(sys.argv[1])
settings = Settings(database_url=f"sqlite:///{folder}/ledger.sqlite3", data_dir=folder)
upgrade(settings.database_url)
client = create_app(build_services(settings), settings).test_client()

def told(response):
    return {"status": response.status_code, "body": response.json}

ask = {"data_source": "ramp", "symbol": "X", "period": "10d"}
gate = {"conditions": ["total_pnl > 0"], "policy": "literal"}
posted = client.post("/backtest", json=ask)
document = client.get("/openapi.json").json
print(json.dumps({
    "posted": told(posted),
    "queried": told(client.get("/backtest", query_string=ask)),
    "judged": told(client.post("/gate", json=ask | {"gate": gate})),
    "verified": told(client.get(f"/runs/{posted.json['run_id']}/verify")),
    "with a path": told(client.post("/backtest", json=ask | {"csv_path": "a.csv"})),
    "unknown": told(client.post("/backtest", json={"data_source": "rampe"})),
    "names": document["components"]["schemas"]["DataSource"]["enum"],
}))
"""


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    site = tmp_path_factory.mktemp("site")
    shutil.copy(EXAMPLE / "qtos_example_source.py", site)
    project = tomllib.loads((EXAMPLE / "pyproject.toml").read_text())["project"]
    info = site / "qtos_example_source-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: 1.0\n"
    )
    points = project["entry-points"]["qtos.loaders"]
    lines = [f"{name} = {at}" for name, at in points.items()]
    (info / "entry_points.txt").write_text("\n".join(["[qtos.loaders]", *lines]))
    done = subprocess.run(
        [sys.executable, "-c", ASK, str(tmp_path_factory.mktemp("data"))],
        env={"PYTHONPATH": str(site)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


class TestAnInstalledSource:
    def test_answers_a_backtest(self, answers: dict[str, Any]) -> None:
        body = answers["posted"]["body"]

        assert answers["posted"]["status"] == 200
        assert body["data"]["source"] == "ramp"
        # Ten days before the last bar are bars 50 to 60, with closes 150 to 160;
        # 50 shares bought at the first close gain 10 each.
        assert body["data"]["bars"] == 11
        assert body["metrics"]["total_pnl"] == 500.0

    def test_answers_a_query_alike(self, answers: dict[str, Any]) -> None:
        assert answers["queried"] == answers["posted"]

    def test_is_judged_recorded_and_verified(self, answers: dict[str, Any]) -> None:
        assert answers["judged"]["body"]["verdict"] == "pass"
        assert answers["verified"]["body"]["outcome"] == "same"

    def test_takes_no_path_of_another_source(self, answers: dict[str, Any]) -> None:
        refused = answers["with a path"]

        assert refused["status"] == 422
        assert refused["body"]["errors"][0]["pointer"] == "/csv_path"

    def test_is_named_where_sources_are(self, answers: dict[str, Any]) -> None:
        names = ["csv", "data_service", "inline", "ramp"]

        assert answers["names"] == names
        assert answers["unknown"]["status"] == 422
        assert ", ".join(names) in answers["unknown"]["body"]["detail"]
