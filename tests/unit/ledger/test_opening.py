"""Which ledger the settings ask for, and when it is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.null import NullLedger
from orchestrator.ledger.opening import create_embedded, open_ledger
from orchestrator.ledger.sql import SqlLedger
from orchestrator.settings import LedgerMode, Settings


def settings_for(path: Path, mode: LedgerMode = LedgerMode.ALL) -> Settings:
    return Settings(ledger=mode, database_url=f"sqlite:///{path}")


class TestOpenLedger:
    def test_gives_none_when_it_is_off(self) -> None:
        assert isinstance(open_ledger(Settings(ledger=LedgerMode.OFF)), NullLedger)

    @pytest.mark.parametrize("mode", [LedgerMode.ALL, LedgerMode.DECISIONS])
    def test_connects_to_nothing_yet(self, mode: LedgerMode) -> None:
        settings = Settings(ledger=mode, database_url="postgresql://127.0.0.1:1/none")

        assert isinstance(open_ledger(settings), SqlLedger)


class TestCreateEmbedded:
    def test_makes_a_ledger_where_there_is_none(self, tmp_path: Path) -> None:
        settings = settings_for(tmp_path / "var" / "ledger.sqlite3")

        create_embedded(settings)

        open_ledger(settings).check()

    def test_leaves_alone_what_is_there(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.sqlite3"
        path.touch()

        create_embedded(settings_for(path))

        assert path.read_bytes() == b""
        with pytest.raises(LedgerUnavailableError, match="db upgrade"):
            open_ledger(settings_for(path)).check()

    def test_makes_none_when_it_is_off(self, tmp_path: Path) -> None:
        path = tmp_path / "ledger.sqlite3"

        create_embedded(settings_for(path, LedgerMode.OFF))

        assert not path.exists()

    def test_leaves_a_server_to_its_operator(self) -> None:
        create_embedded(Settings(database_url="postgresql://127.0.0.1:1/none"))
