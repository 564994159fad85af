"""What a newcomer runs first."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from examples.live_server import running

ROOT = Path(__file__).parents[2]


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


class TestDemo:
    def test_shows_metrics_and_a_verdict(self) -> None:
        done = run("-m", "examples.demo")

        assert done.returncode == 0, done.stderr
        assert "rsi_reversion: may I act on it?  pass" in done.stdout
        assert "sma_cross: may I act on it?  fail" in done.stdout
        assert re.search(r"literal +\d\d of 60", done.stdout)
        assert re.search(r"standard +0 of 60", done.stdout)
        assert "nothing is left running" in done.stdout
        assert "next: `make serve`, then open http://127.0.0.1:8000/" in done.stdout
        for path in re.findall(r"report: (\S+)", done.stdout):
            assert "<!DOCTYPE html>" in Path(path).read_text()

    def test_fails_where_gunicorn_cannot_start(self) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "examples.demo"],
            cwd=ROOT,
            env={"ORCHESTRATOR_WORK_BUDGET": "none", "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )

        assert done.returncode == 1
        assert "ORCHESTRATOR_WORK_BUDGET" in done.stderr


class TestDemoData:
    def test_gives_the_same_run_from_file_and_data_service(self) -> None:
        done = run("-m", "examples.demo_data")

        assert done.returncode == 0, done.stderr
        assert "5031 bars came through the data service" in done.stdout
        assert "to the last digit" in done.stdout


class TestGateAgent:
    def test_sends_no_alert_on_a_failed_gate(self) -> None:
        with running({"WEB_CONCURRENCY": "1"}) as server:
            done = run("examples/gate_agent.py", server.url)

        # From October 2007 to March 2009 the index lost 57 %.
        assert done.returncode == 1
        assert "no alert" in done.stdout
        assert "max_drawdown_pct" in done.stdout

    def test_fails_closed_without_a_service(self) -> None:
        done = run("examples/gate_agent.py", "http://127.0.0.1:9")

        assert done.returncode == 2
        assert done.stdout.splitlines() == [
            "no alert: no service at http://127.0.0.1:9; start one with `make serve`"
        ]
        assert done.stderr == ""
