"""Settings, from what an operator may write into the environment."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from orchestrator.settings import DataServiceApi, LedgerMode, Settings, SettingsError


class TestSettingsFromEnviron:
    def test_has_a_default_for_everything(self) -> None:
        settings = Settings.from_environ({})

        assert settings == Settings()
        assert (settings.data_dir / "sp500.csv").is_file()

    def test_reads_every_variable(self) -> None:
        settings = Settings.from_environ(
            {
                "ORCHESTRATOR_DATA_DIR": "/srv/bars",
                "ORCHESTRATOR_CSV_CACHE_BYTES": "1000",
                "ORCHESTRATOR_ANSWER_CACHE_BYTES": "2000",
                "DATA_SERVICE_URL": "http://prices:8000/v1/",
                "DATA_SERVICE_API": "b",
                "DATA_SERVICE_CONNECT_TIMEOUT": "0.5",
                "DATA_SERVICE_READ_TIMEOUT": "7",
                "ORCHESTRATOR_MAX_BODY_BYTES": "2048",
                "ORCHESTRATOR_WORK_BUDGET": "12.5",
                "ORCHESTRATOR_UPLOADS": "on",
                "ORCHESTRATOR_DATABASE_URL": "postgresql://db/ledger",
                "ORCHESTRATOR_LEDGER": "decisions",
                "ORCHESTRATOR_POLICIES": "/etc/policies.toml",
            }
        )

        assert settings.data_dir == Path("/srv/bars")
        assert settings.csv_cache_bytes == 1000
        assert settings.answer_cache_bytes == 2000
        assert settings.data_service_url == "http://prices:8000/v1"
        assert settings.data_service_api is DataServiceApi.DAYS
        assert settings.data_service_connect_timeout == 0.5
        assert settings.data_service_read_timeout == 7.0
        assert settings.max_body_bytes == 2048
        assert settings.work_budget == 12.5
        assert settings.uploads is True
        assert settings.database_url == "postgresql://db/ledger"
        assert settings.ledger is LedgerMode.DECISIONS
        assert settings.policies == Path("/etc/policies.toml")

    def test_takes_an_empty_variable_as_unset(self) -> None:
        settings = Settings.from_environ({"DATA_SERVICE_URL": " "})

        assert settings.data_service_url is None

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("ORCHESTRATOR_CSV_CACHE_BYTES", "-1"),
            ("ORCHESTRATOR_CSV_CACHE_BYTES", "lots"),
            ("DATA_SERVICE_URL", "file:///etc/passwd"),
            ("DATA_SERVICE_URL", "prices:8000"),
            ("DATA_SERVICE_URL", "http://prices/?a=1"),
            ("DATA_SERVICE_API", "c"),
            ("DATA_SERVICE_READ_TIMEOUT", "0"),
            ("DATA_SERVICE_READ_TIMEOUT", "nan"),
            ("ORCHESTRATOR_WORK_BUDGET", "inf"),
            ("ORCHESTRATOR_UPLOADS", "yes"),
            ("ORCHESTRATOR_LEDGER", "none"),
        ],
    )
    def test_refuses_a_value_and_names_the_variable(
        self, name: str, value: str
    ) -> None:
        with pytest.raises(SettingsError, match=name):
            Settings.from_environ({name: value})

    def test_gives_each_field_one_variable(self) -> None:
        names = [field.metadata["variable"] for field in fields(Settings)]

        assert len(set(names)) == len(names)
