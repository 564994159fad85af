"""The published function and the command line are doors like the others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

from orchestrator.cli import main
from orchestrator.errors import InvalidRequestError
from orchestrator.ledger.migrate import upgrade
from orchestrator.published import run_backtest_from_request
from orchestrator.settings import Settings
from tests.failopen.desk import POLICIES, asked, edge, yesterday

LOOSE = ["sharpe_ratio > -9", "max_drawdown_pct < 99"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "data").mkdir()
    edge().to_csv(tmp_path / "data" / "EDGE.csv", index=False)
    stopped = edge(end=yesterday() - pd.Timedelta(days=500))
    stopped.to_csv(tmp_path / "data" / "STOPPED.csv", index=False)
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    upgrade(url)
    return Settings(data_dir=tmp_path / "data", database_url=url)


SHUT: dict[str, dict[str, Any]] = {
    "the sample": {"symbol": "TSLAA", "gate": {"conditions": LOOSE}},
    "a feed that stopped": {"symbol": "STOPPED"},
    "a file of another symbol": {"symbol": "OTHER", "csv_path": "EDGE.csv"},
    "a run that trades nothing": {
        "strategy_type": "rules",
        "strategy_params": {"entry": "close > 1000000"},
        "gate": {"conditions": ["max_drawdown_pct < 20"]},
    },
    "a small position": {"sizing": {"rule": "percent_of_equity", "percent": 5}},
}


@pytest.mark.parametrize("policy", POLICIES)
@pytest.mark.parametrize("name", SHUT)
def test_the_function_does_not_pass(settings: Settings, name: str, policy: str) -> None:
    if policy == "literal" and name not in {"the sample", "a run that trades nothing"}:
        pytest.skip("literal judges the conditions alone")
    request = {**asked(), **SHUT[name]}
    request["gate"] = {**request["gate"], "policy": policy}

    answer = run_backtest_from_request(settings=settings, **request)

    assert answer["gate"]["verdict"] != "pass"


def test_the_function_passes_the_edge(settings: Settings) -> None:
    answer = run_backtest_from_request(settings=settings, **asked())

    assert answer["gate"]["verdict"] == "pass", answer["gate"]["reasons"]


@pytest.mark.parametrize(
    "condition", ["max_drawdown_pct > -20", "win_rate_pct <= 100", "cagr >"]
)
def test_the_function_refuses_conditions_that_say_nothing(
    settings: Settings, condition: str
) -> None:
    with pytest.raises(InvalidRequestError) as caught:
        run_backtest_from_request(settings=settings, **{**asked(), "gate": [condition]})

    assert caught.value.places[0].pointer.startswith("/gate")


@pytest.mark.parametrize("name", SHUT)
def test_the_command_exits_with_no_0(settings: Settings, name: str) -> None:
    request = {**asked(), **SHUT[name]}

    ran = CliRunner().invoke(
        main,
        ["gate", "-"],
        input=json.dumps(request),
        env={
            "ORCHESTRATOR_DATA_DIR": str(settings.data_dir),
            "ORCHESTRATOR_DATABASE_URL": settings.database_url,
        },
    )

    assert ran.exit_code in {1, 2}, ran.output
