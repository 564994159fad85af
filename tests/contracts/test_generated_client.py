"""A client generated from the committed document, against a live gunicorn.

Every operation is called so that it works, and every one that can refuse a request
so that it refuses; what comes back is the generated class the document promises.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from examples.live_server import running

ROOT = Path(__file__).parents[2]
PACKAGE = "generated_gate_client"
CSV = b"Date,Open,High,Low,Close\n2020-01-02,1,2,1,2\n2020-01-03,2,3,2,3\n"


@pytest.fixture(scope="module")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("client")
    scripts = Path(sys.executable).parent
    done = subprocess.run(
        [
            scripts / "openapi-python-client",
            "generate",
            "--path",
            ROOT / "openapi.json",
            "--output-path",
            folder / PACKAGE,
            "--meta",
            "none",
            "--fail-on-warning",
        ],
        env=os.environ | {"PATH": f"{scripts}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    sys.path.insert(0, str(folder))
    yield folder / PACKAGE
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.split(".")[0] == PACKAGE]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("service")
    (folder / "data").mkdir()
    environ = {
        "WEB_CONCURRENCY": "1",
        "ORCHESTRATOR_DATA_DIR": str(folder / "data"),
        "ORCHESTRATOR_DATABASE_URL": f"sqlite:///{folder}/ledger.sqlite3",
        "ORCHESTRATOR_UPLOADS": "on",
    }
    with running(environ) as server:
        yield server.url


@pytest.fixture(scope="module")
def api(generated: Path, address: str) -> Iterator[Any]:
    """Give the generated package, its operations by name, and a client."""
    operations = {
        file.stem: import_module(f"{PACKAGE}.api.{file.parent.name}.{file.stem}")
        for file in generated.glob("api/*/*.py")
        if file.stem != "__init__"
    }
    stub = import_module(f"{PACKAGE}.client").Client(base_url=address, timeout=60)
    with stub as client:
        yield SimpleNamespace(
            **operations,
            names=set(operations),
            client=client,
            models=import_module(f"{PACKAGE}.models"),
            types=import_module(f"{PACKAGE}.types"),
        )


def crossing(api: Any, **more: Any) -> Any:
    models = api.models
    return models.SmaCrossBacktest(
        strategy_type=models.SmaCrossBacktestStrategyType.SMA_CROSS,
        symbol="SPY",
        strategy_params=models.SmaCrossParams(fast=2, slow=5),
        **more,
    )


class TestGeneratedClient:
    def test_has_every_operation_by_its_name(self, api: Any) -> None:
        assert api.names == {
            "run_backtest",
            "run_backtest_from_query",
            "judge_backtest",
            "judge_backtests",
            "list_policies",
            "list_runs",
            "export_runs",
            "get_run",
            "verify_run",
            "show_run",
            "export_equity",
            "export_trades",
            "list_strategies",
            "list_metrics",
            "validate_strategy",
            "list_data",
            "get_data",
            "upload_csv",
            "get_health",
            "get_readiness",
        }

    def test_runs_each_kind_of_body(self, api: Any) -> None:
        models = api.models
        held = api.run_backtest.sync(
            client=api.client,
            body=models.BuyAndHoldBacktest(symbol="SPY", quantity=50.0),
            x_agent_id="stub",
        )
        crossed = api.run_backtest.sync(
            client=api.client,
            body=crossing(
                api,
                include=[models.Include.TRADES, models.Include.EQUITY_CURVE],
                costs=models.Costs(commission_bps=1.0),
                gate=["total_return_pct > -100"],
            ),
        )

        assert isinstance(held, models.BacktestAnswer)
        assert held.metrics.final_value == pytest.approx(101_800)
        assert isinstance(crossed, models.BacktestAnswer)
        assert crossed.gate.verdict is models.Outcome.INSUFFICIENT_EVIDENCE
        assert len(crossed.equity_curve.equity) == crossed.data.bars
        assert isinstance(crossed.data.first, datetime)

    def test_runs_a_query(self, api: Any) -> None:
        answer = api.run_backtest_from_query.sync(
            client=api.client, symbol="SPY", quantity=10.0, gate=["cagr > 0"]
        )

        assert answer.num_trades == 1
        assert answer.gate.verdict is api.models.Outcome.INSUFFICIENT_EVIDENCE

    def test_is_told_what_is_wrong(self, api: Any) -> None:
        models = api.models
        refused = [
            api.run_backtest.sync(
                client=api.client, body=models.BuyAndHoldBacktest(symbol="../x")
            ),
            api.run_backtest_from_query.sync(client=api.client, quantity=-1.0),
            api.judge_backtest.sync(client=api.client, body=crossing(api)),
            api.judge_backtests.sync(
                client=api.client, body=models.GateBatch(requests=[])
            ),
            api.validate_strategy.sync(
                client=api.client, body=crossing(api, initial_cash=0.0)
            ),
            api.list_runs.sync(client=api.client, limit=0),
            api.export_runs.sync(client=api.client, symbol=""),
            api.get_run.sync("0" * 32, client=api.client),
            api.verify_run.sync("0" * 32, client=api.client),
            api.show_run.sync("0" * 32, client=api.client),
            api.export_equity.sync("0" * 32, client=api.client),
            api.export_trades.sync("0" * 32, client=api.client),
            api.list_data.sync(client=api.client, limit=0),
            api.upload_csv.sync(
                client=api.client,
                symbol="MINE",
                body=api.types.File(payload=b"hello"),
            ),
        ]

        for problem in refused:
            assert isinstance(problem, models.Problem), problem
        assert [problem.status for problem in refused] == [
            *[422] * 7,
            *[404] * 5,
            *[422] * 2,
        ]
        assert refused[0].errors[0].pointer == "/symbol"

    def test_judges_alone_and_in_a_batch(self, api: Any) -> None:
        body = crossing(api, gate=["total_return_pct > -100"])

        alone = api.judge_backtest.sync(client=api.client, body=body)
        batch = api.judge_backtests.sync(
            client=api.client,
            body=api.models.GateBatch(requests=[body, crossing(api)]),
        )

        assert alone.verdict is api.models.Outcome.INSUFFICIENT_EVIDENCE
        assert batch.results[0].verdict.run_id == alone.run_id
        assert batch.results[1].problem.status == 422

    def test_looks_back(self, api: Any) -> None:
        answer = api.run_backtest.sync(client=api.client, body=crossing(api))

        kept = api.get_run.sync(answer.run_id, client=api.client)
        verified = api.verify_run.sync(answer.run_id, client=api.client)
        page = api.list_runs.sync(client=api.client, symbol="SPY")
        exported = api.export_runs.sync_detailed(client=api.client, symbol="SPY")
        shown = [
            api.show_run.sync_detailed(answer.run_id, client=api.client),
            api.export_equity.sync_detailed(answer.run_id, client=api.client),
            api.export_trades.sync_detailed(answer.run_id, client=api.client),
        ]

        assert kept.to_dict() == answer.to_dict()
        assert verified.outcome is api.models.Comparison.SAME
        assert answer.run_id in {run.run_id for run in page.runs}
        assert answer.run_id in exported.content.decode()
        assert answer.report_url == f"/runs/{answer.run_id}/report"
        assert [response.status_code for response in shown] == [200] * 3

    def test_uploads_and_lists(self, api: Any) -> None:
        stored = api.upload_csv.sync(
            client=api.client, symbol="mine", body=api.types.File(payload=CSV)
        )
        listed = api.list_data.sync(client=api.client)

        assert stored.bars == 2
        assert "MINE" in {entry.symbol for entry in listed.entries}

    def test_validates_a_strategy(self, api: Any) -> None:
        report = api.validate_strategy.sync(client=api.client, body=crossing(api))

        assert report.lookahead_found is False

    def test_reads_the_catalogues_and_health(self, api: Any) -> None:
        strategies = api.list_strategies.sync(client=api.client).strategies
        metrics = api.list_metrics.sync(client=api.client).metrics
        policies = api.list_policies.sync(client=api.client).policies

        assert "sma_cross" in {strategy.name for strategy in strategies}
        assert "sharpe_ratio" in {metric.name for metric in metrics}
        assert "standard" in {policy.name for policy in policies}
        assert api.get_health.sync(client=api.client).status == "ok"
        assert api.get_readiness.sync(client=api.client).status == "ready"
