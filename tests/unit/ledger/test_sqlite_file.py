"""A file that is removed or replaced under a ledger that has it open."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.migrate import upgrade
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.sqlite_file import prepare_file
from orchestrator.ledger.values import RunFilter
from tests.unit.ledger.builders import attempt, passes


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.sqlite3"


@pytest.fixture
def opened(path: Path) -> Iterator[SqlLedger]:
    upgrade(f"sqlite:///{path}")
    ledger = SqlLedger(f"sqlite:///{path}")
    ledger.record(attempt("before"), passes)
    yield ledger
    ledger.close()


def remove(path: Path) -> None:
    for name in (path, path.with_name(f"{path.name}-wal")):
        name.unlink(missing_ok=True)


def replace(path: Path) -> None:
    remove(path)
    upgrade(f"sqlite:///{path}")


def empty(path: Path) -> None:
    with path.open("wb"):
        pass


class TestFileUnderAnOpenLedger:
    @pytest.mark.parametrize("change", [remove, replace, empty])
    def test_lets_nothing_be_recorded_once_it_is_gone(
        self, opened: SqlLedger, path: Path, change: Callable[[Path], None]
    ) -> None:
        change(path)

        with pytest.raises(LedgerUnavailableError, match="ORCHESTRATOR_DATABASE_URL"):
            opened.record(attempt("after"), passes)

    @pytest.mark.parametrize("change", [remove, replace, empty])
    def test_is_not_ready(
        self, opened: SqlLedger, path: Path, change: Callable[[Path], None]
    ) -> None:
        change(path)

        with pytest.raises(LedgerUnavailableError) as caught:
            opened.check()
        assert str(path.parent) not in caught.value.detail

    def test_is_not_made_anew(self, opened: SqlLedger, path: Path) -> None:
        remove(path)

        for name in ("a", "b"):
            with pytest.raises(LedgerUnavailableError):
                opened.record(attempt(name), passes)
        assert not path.exists()

    def test_is_missed_by_what_is_under_way(
        self, opened: SqlLedger, path: Path
    ) -> None:
        def judge(trials: object) -> object:
            remove(path)
            return passes(trials)  # type: ignore[arg-type]

        with pytest.raises(LedgerUnavailableError):
            opened.record(attempt("after"), judge)  # type: ignore[arg-type]

    def test_serves_again_where_another_ledger_was_put(
        self, opened: SqlLedger, path: Path
    ) -> None:
        replace(path)

        with pytest.raises(LedgerUnavailableError):
            opened.record(attempt("a"), passes)
        assert opened.record(attempt("a"), passes).sequence == 1
        assert [run.run_id for run in opened.page(RunFilter()).runs] == [
            attempt("a").run_id
        ]

    def test_serves_on_when_it_is_moved_away_and_back(
        self, opened: SqlLedger, path: Path
    ) -> None:
        elsewhere = path.with_suffix(".bak")
        shutil.move(path, elsewhere)
        with pytest.raises(LedgerUnavailableError):
            opened.record(attempt("a"), passes)
        shutil.move(elsewhere, path)

        assert opened.record(attempt("a"), passes).sequence == 2


class TestPrepareFile:
    def test_names_the_setting_and_no_path(self, tmp_path: Path) -> None:
        (tmp_path / "file").write_text("no folder")

        with pytest.raises(LedgerUnavailableError, match="DATABASE_URL") as caught:
            prepare_file(tmp_path / "file" / "ledger.sqlite3")
        assert str(tmp_path) not in caught.value.detail
