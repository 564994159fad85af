"""The operator's commands, called as an operator calls them."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from orchestrator.cli import main
from orchestrator.ledger.sql import SqlLedger
from tests.unit.ledger.builders import attempt, passes

Run = Callable[..., Result]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "var" / "ledger.sqlite3"


@pytest.fixture
def run(path: Path) -> Run:
    """Run a command with this test's ledger in the environment."""
    environment = {"ORCHESTRATOR_DATABASE_URL": f"sqlite:///{path}"}

    def invoke(*arguments: str, **variables: str) -> Result:
        return CliRunner().invoke(main, arguments, env=environment | variables)

    return invoke


@pytest.fixture
def ledger(path: Path, run: Run) -> SqlLedger:
    assert run("db", "upgrade").exit_code == 0
    return SqlLedger(f"sqlite:///{path}")


class TestDbUpgrade:
    def test_makes_the_ledger_and_its_folder(self, run: Run, path: Path) -> None:
        assert run("db", "upgrade").exit_code == 0

        assert path.is_file()
        assert run("db", "check").exit_code == 0

    def test_takes_another_address(self, run: Run, tmp_path: Path) -> None:
        result = run("db", "upgrade", "--url", f"sqlite:///{tmp_path}/other.sqlite3")

        assert result.exit_code == 0
        assert (tmp_path / "other.sqlite3").is_file()


class TestFailures:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["db", "check"], "run `orchestrator db upgrade`"),
            (["ledger", "verify"], "the ledger cannot be read"),
            (["ledger", "export"], "the ledger cannot be read"),
            (["db", "upgrade", "--url", "mysql://h/n"], "'mysql'"),
            (["db", "check", "--url", "postgresql://127.0.0.1:1/n"], "refused"),
        ],
        ids=["check", "verify", "export", "not a ledger's address", "no server"],
    )
    def test_are_one_plain_line_and_exit_code_1(
        self, run: Run, arguments: list[str], message: str
    ) -> None:
        result = run(*arguments)

        assert result.exit_code == 1
        assert result.stderr.startswith("orchestrator: ")
        assert message in result.stderr
        assert result.stderr.count("\n") == 1

    def test_name_the_variable_of_a_bad_setting(self, run: Run) -> None:
        result = run("db", "check", ORCHESTRATOR_LEDGER="sometimes")

        assert result.exit_code == 1
        assert "ORCHESTRATOR_LEDGER" in result.stderr

    def test_of_usage_exit_with_2(self, run: Run) -> None:
        assert run("ledger", "verify", "--anchor", "yesterday").exit_code == 2


class TestLedgerVerify:
    def test_prints_the_newest_link_of_an_intact_record(
        self, run: Run, ledger: SqlLedger
    ) -> None:
        ledger.record(attempt("a"), passes)

        result = run("ledger", "verify")

        assert result.exit_code == 0
        assert result.stdout.startswith("intact: 1 rows\nnewest link: 1:")

    def test_takes_that_link_back(self, run: Run, ledger: SqlLedger) -> None:
        ledger.record(attempt("a"), passes)
        anchor = run("ledger", "verify").stdout.split()[-1]

        assert run("ledger", "verify", "--anchor", anchor).exit_code == 0
        assert run("ledger", "verify", "--anchor", f"9{anchor}").exit_code == 1

    def test_names_an_altered_row_and_fails(
        self, run: Run, ledger: SqlLedger, path: Path
    ) -> None:
        ledger.record(attempt("a"), passes)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE runs SET verdict = 'fail'")

        result = run("ledger", "verify")

        assert result.exit_code == 1
        assert "row 1: changed" in result.stdout
        assert "altered" in result.stderr


class TestLedgerExport:
    def test_writes_csv(self, run: Run, ledger: SqlLedger, tmp_path: Path) -> None:
        ledger.record(attempt("a"), passes)
        target = tmp_path / "runs.csv"

        assert run("ledger", "export", "--output", str(target)).exit_code == 0

        written = target.read_bytes()
        assert written.startswith(b"sequence,time,run_id,")
        assert written.decode() == run("ledger", "export").stdout_bytes.decode()


class TestServe:
    def test_refuses_a_folder_without_the_service(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)

        result = run("serve")

        assert result.exit_code == 1
        assert "wsgi.py" in result.stderr
