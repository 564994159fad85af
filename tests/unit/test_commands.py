"""What people type to ask and to look, in this process and against a service."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from examples.live_server import Server, running
from orchestrator.cli import main
from tests.failopen.desk import asked, edge

Run = Callable[..., Result]
SMA = ("--csv-path", "sp500.csv", "--symbol", "SP500", "--strategy", "sma_cross")
HISTORY = (*SMA, "-p", "fast=10", "-p", "slow=30", "--end", "2019-01-01")


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run a command with a ledger of this test's own."""
    environment = {"ORCHESTRATOR_DATABASE_URL": f"sqlite:///{tmp_path}/l.sqlite3"}

    def invoke(*arguments: str, stdin: str = "", **variables: str) -> Result:
        return CliRunner().invoke(
            main, arguments, env=environment | variables, input=stdin
        )

    return invoke


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running({"WEB_CONCURRENCY": "1"}) as server:
        yield server


@pytest.fixture
def passing(tmp_path: Path) -> tuple[str, dict[str, str]]:
    """Return a request that passes, and the settings it passes under."""
    (tmp_path / "data").mkdir()
    edge().to_csv(tmp_path / "data" / "EDGE.csv", index=False)
    return json.dumps(asked()), {"ORCHESTRATOR_DATA_DIR": str(tmp_path / "data")}


class TestGate:
    def test_exits_with_0_for_a_pass(
        self, run: Run, passing: tuple[str, dict[str, str]]
    ) -> None:
        request, settings = passing

        ran = run("gate", "-", stdin=request, **settings)

        assert ran.exit_code == 0, ran.output
        assert ran.output.startswith("PASS by standard")

    def test_exits_with_1_for_a_fail(self, run: Run) -> None:
        ran = run("gate", *HISTORY, "-c", "sharpe_ratio > 0.5")

        assert ran.exit_code == 1
        assert "sharpe_ratio is 0.244317, not above 0.5" in ran.output

    def test_exits_with_2_for_insufficient_evidence(self, run: Run) -> None:
        ran = run("gate", "--symbol", "NONE", "-c", "max_drawdown_pct < 90")

        assert ran.exit_code == 2
        assert "INSUFFICIENT_EVIDENCE" in ran.output
        assert "there is no file for NONE" in ran.output

    @pytest.mark.parametrize(
        ("arguments", "status", "said"),
        [
            (("-c", "sharp > 1"), 3, "sharpe_ratio"),
            (("--strategy", "sma", "-c", "cagr > 1"), 3, "sma_cross"),
            (("--csv-path", "none.csv", "-c", "cagr > 1"), 3, "GET /data"),
            ((), 3, "gate"),
            (("-p", "fast", "-c", "cagr > 1"), 4, "NAME=VALUE"),
            (("--colour", "red"), 4, "No such option"),
            (("nowhere.json",), 3, "nowhere.json"),
            (("--url", "http://127.0.0.1:9", "-c", "cagr > 1"), 3, "make serve"),
        ],
    )
    def test_exits_with_3_or_more_and_one_line_for_an_error(
        self, run: Run, arguments: tuple[str, ...], status: int, said: str
    ) -> None:
        ran = run("gate", *arguments)

        assert ran.exit_code == status, ran.output
        assert said in ran.output
        assert "Traceback" not in ran.output

    def test_takes_a_file_with_options_over_it(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "request.json"
        file.write_text(
            json.dumps(
                {
                    "symbol": "SP500",
                    "strategy_type": "sma_cross",
                    "strategy_params": {"fast": 50, "slow": 200},
                    "gate": ["cagr > 99"],
                }
            )
        )

        ran = run(
            "gate",
            str(file),
            *("--end", "2019-01-01", "-p", "fast=10", "--policy", "literal"),
            *("--set", 'sizing={"rule": "all_in"}', "--json"),
        )

        verdict = json.loads(ran.output)
        assert ran.exit_code == 1
        assert verdict["policy"]["name"] == "literal"
        shown = json.loads(run("runs", "show", verdict["run_id"], "--json").output)
        assert shown["assumptions"]["strategy_params"] == {"fast": 10, "slow": 200}
        assert shown["assumptions"]["sizing"]["rule"] == "all_in"


class TestBacktest:
    def test_prints_its_metrics(self, run: Run) -> None:
        ran = run("backtest", *HISTORY)

        assert ran.exit_code == 0, ran.output
        assert "sma_cross on SP500, 5031 bars" in ran.output
        assert "sharpe_ratio" in ran.output

    def test_with_conditions_has_the_status_of_the_verdict(self, run: Run) -> None:
        assert run("backtest", *HISTORY, "-c", "cagr > 50").exit_code == 1

    def test_prints_what_http_answers(self, run: Run, server: Server) -> None:
        here = json.loads(run("backtest", *HISTORY, "--json").output)
        there = json.loads(
            run("backtest", *HISTORY, "--json", "--url", server.url).output
        )

        assert here == there


class TestRuns:
    def test_are_listed_shown_and_verified(self, run: Run) -> None:
        run("gate", *HISTORY, "-c", "sharpe_ratio > 0.5")
        listed = json.loads(run("runs", "list", "--json").output)["runs"]
        (run_id,) = (each["run_id"] for each in listed)

        assert run_id in run("runs", "list").output
        assert "FAIL by standard" in run("runs", "show", run_id).output
        verified = run("runs", "verify", run_id)
        assert (verified.exit_code, verified.output.split()[0]) == (0, "same")

    def test_that_are_not_there_are_said(self, run: Run) -> None:
        ran = run("runs", "show", "0" * 32)

        assert ran.exit_code == 3
        assert "the ledger has no run" in ran.output


class TestData:
    def test_of_a_file_says_what_is_understood(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "de.csv"
        file.write_text(
            "Datum;Erster;Hoch;Tief;Schlusskurs\n"
            "02.01.2024;1.000,5;1.010,0;990,25;1.005,0\n"
            "03.01.2024;1.005,0;1.020,0;1.000,00;1.015,5\n"
        )

        ran = run("data", "check", str(file))

        assert ran.exit_code == 0, ran.output
        for said in ("separator", "decimal", "Schlusskurs", "2024-01-02"):
            assert said in ran.output

    def test_that_is_not_understood_says_where_and_what_to_do(
        self, run: Run, tmp_path: Path
    ) -> None:
        file = tmp_path / "odd.csv"
        file.write_text("Day,Px\n2024-01-02,1\n")

        ran = run("data", "check", str(file))

        assert ran.exit_code == 3
        assert "'Day', 'Px'" in ran.output
        assert '"columns"' in ran.output

    def test_is_converted_to_the_plain_form(self, run: Run, tmp_path: Path) -> None:
        file, out = tmp_path / "odd.csv", tmp_path / "plain.csv"
        file.write_text("Tag;Auf;Hoch;Tief;Px\n02/03/2024;1,5;2,5;1,25;2\n")

        ran = run(
            *("data", "convert", str(file), str(out), "--date-format", "%d/%m/%Y"),
            *("--column", "timestamp=Tag", "--column", "open=Auf"),
            *("--column", "close=Px"),
        )

        assert ran.exit_code == 0, ran.output
        assert out.read_text() == (
            "timestamp,open,high,low,close,volume\n"
            "2024-03-02T00:00:00,1.5,2.5,1.25,2.0,0.0\n"
        )

    def test_is_listed_with_its_problems(self, run: Run, tmp_path: Path) -> None:
        (tmp_path / "data").mkdir()
        (tmp_path / "data" / "BAD.csv").write_text("nothing\n")

        ran = run("data", "list", ORCHESTRATOR_DATA_DIR=str(tmp_path / "data"))

        assert "BAD" in ran.output
        assert "breaks the rule" in ran.output


class TestCatalogues:
    def test_of_policies_says_what_each_holds(self, run: Run) -> None:
        ran = run("policies")

        assert "standard (default)" in ran.output
        assert "strict" in ran.output

    def test_of_strategies_names_their_parameters(self, run: Run) -> None:
        assert "fast, slow" in run("strategies").output

    @pytest.mark.parametrize("name", ["policies", "strategies"])
    def test_are_those_of_the_service(
        self, run: Run, server: Server, name: str
    ) -> None:
        here = json.loads(run(name, "--json").output)
        there = json.loads(run(name, "--json", "--url", server.url).output)

        assert here == there


class TestTheProgram:
    def test_says_its_version(self, run: Run) -> None:
        assert run("--version").output.startswith("orchestrator, version 0.")

    def test_ends_quietly_where_its_reader_does(self) -> None:
        """As in ``orchestrator strategies --json | head -1``."""
        command = [sys.executable, "-m", "orchestrator.cli", "strategies", "--json"]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as ran:
            assert ran.stdout is not None
            assert ran.stderr is not None
            first = ran.stdout.readline()
            ran.stdout.close()
            said = ran.stderr.read()

        assert (first.strip(), said) == ("{", "")

    def test_says_at_once_that_a_port_is_busy(self, run: Run) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            port = str(taken.getsockname()[1])
            ran = run("serve", "--port", port)

        assert ran.exit_code == 1
        assert f"port {port} is busy" in ran.output
        assert "--port" in ran.output


class TestReport:
    def test_is_a_page_that_stands_on_its_own(self, run: Run, tmp_path: Path) -> None:
        asked_for = run("gate", *HISTORY, "-c", "sharpe_ratio > 9", "--json")
        run_id = json.loads(asked_for.stdout)["run_id"]
        target = tmp_path / "report.html"

        done = run("report", run_id, "--output", str(target))

        assert done.exit_code == 0, done.output
        assert '<p class="outcome">Fail</p>' in target.read_text()
        assert 'href="/' not in target.read_text()

    def test_of_a_service_is_the_one_it_serves(
        self, run: Run, server: Server, tmp_path: Path
    ) -> None:
        asked_for = run(
            "gate", *HISTORY, "-c", "sharpe_ratio > 9", "--json", "--url", server.url
        )
        run_id = json.loads(asked_for.stdout)["run_id"]
        target = tmp_path / "report.html"

        done = run("report", run_id, "-o", str(target), "--url", server.url)

        assert done.exit_code == 0, done.output
        assert '<p class="outcome">Fail</p>' in target.read_text()

    def test_of_a_run_that_is_not_there_is_an_error(self, run: Run) -> None:
        done = run("report", "0" * 32)

        assert done.exit_code == 3
        assert done.stderr.startswith("orchestrator: ")
