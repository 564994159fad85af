"""Settings, from what an operator may write into the environment."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from runpy import run_path

import pytest
from click.testing import CliRunner

from orchestrator.cli import main as main_command
from orchestrator.settings import DataServiceApi, LedgerMode, Settings, SettingsError

ROOT = Path(__file__).parents[2]


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


SECRETS = {
    "DATA_SERVICE_URL": [
        "http://desk:s3cret@prices/?page=1",
        "ftp://desk:s3cret@prices",
        "http://desk:s3cret@[::1",
        "desk:s3cret@prices",
        "http://prices/?token=s3cret",
        "http://desk:s3c?ret@prices/#x",
        "//desk:s3cret@",
    ],
    "ORCHESTRATOR_DATABASE_URL": [
        "postgresql://desk:s3cret@db:port/ledger",
        "postgresql://desk:s3cret@[::1/ledger",
        "mysql://desk:s3cret@db/ledger",
        "postgres ql://desk:s3cret@db/ledger",
        "sqlite://desk:s3cret@/x?mode=memory",
        "postgresql://desk:s3cret@127.0.0.1:1/ledger",
        "postgresql://desk@127.0.0.1:1/ledger?password=s3cret",
    ],
}


class TestSecrets:
    @pytest.mark.parametrize("command", [["ledger", "verify"], ["db", "upgrade"]])
    @pytest.mark.parametrize(
        ("name", "value"),
        [(name, value) for name, values in SECRETS.items() for value in values],
    )
    def test_are_in_no_message(self, name: str, value: str, command: list[str]) -> None:
        """By the commands an operator types, whose output is kept in logs."""
        ran = CliRunner().invoke(main_command, command, env={name: value})

        said = ran.output + str(ran.exception or "")
        assert "s3c" not in said
        assert ran.exit_code != 0 or name == "DATA_SERVICE_URL"
        assert ran.exception is None or isinstance(ran.exception, SystemExit)

    @pytest.mark.parametrize("value", SECRETS["DATA_SERVICE_URL"])
    def test_are_in_no_error_of_the_settings(self, value: str) -> None:
        with pytest.raises(SettingsError, match="DATA_SERVICE_URL") as caught:
            Settings.from_environ({"DATA_SERVICE_URL": value})

        assert "s3c" not in str(caught.value)


class TestTheServersTimes:
    def test_let_a_request_end_before_its_worker_is_stopped(self) -> None:
        """gunicorn.conf.py: budget, then grace, then the watchdog of a worker."""
        conf = run_path(str(ROOT / "gunicorn.conf.py"))

        budget = Settings().work_budget
        assert budget < conf["graceful_timeout"] < conf["timeout"]
