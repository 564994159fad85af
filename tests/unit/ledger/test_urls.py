"""Where a ledger may be."""

from __future__ import annotations

import pytest

from orchestrator.ledger.urls import parse_url
from orchestrator.settings import SettingsError


class TestParseUrl:
    @pytest.mark.parametrize(
        "url",
        [
            "postgresql://me:secret@host:5432/name",
            "postgres://me:secret@host:5432/name",
            "postgresql+psycopg2://me:secret@host:5432/name",
        ],
    )
    def test_takes_postgresql_by_its_own_driver(self, url: str) -> None:
        parsed = parse_url(url)

        assert parsed.render_as_string(hide_password=False) == (
            "postgresql+psycopg://me:secret@host:5432/name"
        )

    def test_keeps_what_postgresql_is_told(self) -> None:
        parsed = parse_url("postgresql://h/n?options=-csearch_path%3Dledger")

        assert parsed.query == {"options": "-csearch_path=ledger"}

    @pytest.mark.parametrize(
        ("url", "path"),
        [("sqlite:///var/l.sqlite3", "var/l.sqlite3"), ("sqlite:////var/l", "/var/l")],
        ids=["relative", "absolute"],
    )
    def test_takes_a_file_of_sqlite(self, url: str, path: str) -> None:
        assert parse_url(url).database == path

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "ledger.sqlite3",
            "mysql://host/name",
            "sqlite://",
            "sqlite:///:memory:",
            "sqlite:///x?mode=memory",
        ],
    )
    def test_refuses_what_would_not_last(self, url: str) -> None:
        with pytest.raises(SettingsError, match="ORCHESTRATOR_DATABASE_URL"):
            parse_url(url)

    def test_does_not_repeat_a_password(self) -> None:
        with pytest.raises(SettingsError) as caught:
            parse_url("mysql://me:secret@host/name")

        assert "secret" not in str(caught.value)
