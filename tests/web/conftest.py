"""The application over real services, and over services that only remember."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.budget import Budget
from orchestrator.services import Answer, Readiness
from orchestrator.settings import LedgerMode, Settings, shipped_data_dir
from orchestrator.spec import BacktestSpec
from orchestrator.web.app import create_app


@dataclass
class RememberingServices:
    """Services that keep what they were asked and answer with a constant."""

    asked: list[tuple[BacktestSpec, str]] = field(default_factory=list)

    def backtest(self, spec: BacktestSpec, *, budget: Budget, caller: str) -> Answer:
        self.asked.append((spec, caller))
        return Answer(run_id="0" * 32, body=b'{"run_id":"0"}')

    def ready(self) -> Readiness:
        return Readiness(checks=())

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


@pytest.fixture
def remembering() -> RememberingServices:
    return RememberingServices()


@pytest.fixture
def listener(remembering: RememberingServices) -> FlaskClient:
    return create_app(remembering, Settings()).test_client()  # type: ignore[arg-type]
