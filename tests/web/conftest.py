"""The application over real services, and over services that only remember."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.deadline import Deadline
from orchestrator.ledger.migrate import upgrade
from orchestrator.services import Answer, Asked
from orchestrator.settings import LedgerMode, Settings, shipped_data_dir
from orchestrator.spec import BacktestSpec
from orchestrator.web.app import create_app


@dataclass
class RememberingBacktests:
    """Keep what was asked and answer with a constant."""

    asked: list[tuple[BacktestSpec, str]] = field(default_factory=list)

    def answer(self, spec: BacktestSpec, asked: Asked, *, deadline: Deadline) -> Answer:
        self.asked.append((spec, asked.caller))
        return Answer(run_id="0" * 32, body=b'{"run_id":"0"}', etag="tag")

    @property
    def spec(self) -> BacktestSpec:
        return self.asked[-1][0]


@pytest.fixture(scope="session")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("data")
    for name in ("sample_ohlcv.csv", "sp500.csv"):
        shutil.copy(shipped_data_dir() / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def settings(data_dir: Path) -> Settings:
    return Settings(data_dir=data_dir, ledger=LedgerMode.OFF)


@pytest.fixture(scope="session")
def app(settings: Settings) -> Flask:
    return create_app(build_services(settings), settings)


@pytest.fixture
def client(app: Flask) -> Iterator[FlaskClient]:
    with app.test_client() as client:
        yield client


@pytest.fixture(scope="session")
def listening(settings: Settings) -> tuple[Flask, RememberingBacktests]:
    remembering = RememberingBacktests()
    real = build_services(settings)
    services = replace(real, backtests=remembering)  # type: ignore[arg-type]
    return create_app(services, settings), remembering


@pytest.fixture
def remembering(
    listening: tuple[Flask, RememberingBacktests],
) -> RememberingBacktests:
    listening[1].asked.clear()
    return listening[1]


@pytest.fixture
def listener(listening: tuple[Flask, RememberingBacktests]) -> FlaskClient:
    return listening[0].test_client()


@pytest.fixture(scope="session")
def recording(data_dir: Path, tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """Return the application with a ledger of its own."""
    file = tmp_path_factory.mktemp("ledger") / "ledger.sqlite3"
    settings = Settings(data_dir=data_dir, database_url=f"sqlite:///{file}")
    upgrade(settings.database_url)
    return create_app(build_services(settings), settings)


@pytest.fixture
def recorder(recording: Flask) -> FlaskClient:
    return recording.test_client()
