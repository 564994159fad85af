"""The example data service on a real socket, on SQLite and on PostgreSQL."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from click.testing import CliRunner
from psycopg import sql
from werkzeug.serving import make_server

from examples.data_service.__main__ import main
from examples.data_service.app import create_app
from examples.data_service.store import PriceStore
from orchestrator.backtest_runner import run_backtest
from orchestrator.bootstrap import build_services
from orchestrator.deadline import Deadline
from orchestrator.loaders.listing import list_data
from orchestrator.loaders.sources import open_sources
from orchestrator.period import Period
from orchestrator.settings import LedgerMode, Settings, shipped_data_dir
from orchestrator.spec import BarQuery, DataSource, LoadedBars
from orchestrator.web.app import create_app as create_gate

SP500 = shipped_data_dir() / "sp500.csv"


@contextmanager
def schema_of_its_own(server: str) -> Iterator[str]:
    name = f"data_service_{uuid.uuid4().hex}"
    make, drop = (
        sql.SQL(text).format(sql.Identifier(name))
        for text in ("create schema {}", "drop schema {} cascade")
    )
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(make)
        try:
            mark = "&" if "?" in server else "?"
            yield f"{server}{mark}options=-csearch_path%3D{name}"
        finally:
            connection.execute(drop)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/prices.sqlite3"
        return
    server = os.environ.get("TEST_DATABASE_URL")
    if server is None:
        pytest.skip("TEST_DATABASE_URL names no PostgreSQL to test with")
    with schema_of_its_own(
        server.replace("postgresql+psycopg://", "postgresql://")
    ) as url:
        yield url


@pytest.fixture
def service(database: str) -> Iterator[str]:
    runner = CliRunner()
    for _ in range(2):  # a second time changes nothing
        done = runner.invoke(
            main, ["--database", database, "ingest", str(SP500), "sp500"]
        )
        assert done.output == "SP500: 5031 bars\n"
    store = PriceStore(database)
    server = make_server("127.0.0.1", 0, create_app(store), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        store.close()


def load(url: str, source: DataSource) -> LoadedBars:
    query = BarQuery(symbol="SP500", source=source, period=Period.parse("max"))
    sources = open_sources(Settings(data_service_url=url))
    return sources[source.value].load(query, Deadline.after(30.0))


class TestTheExampleService:
    def test_gives_the_bars_and_the_run_of_the_csv(self, service: str) -> None:
        through = load(service, DataSource.DATA_SERVICE)
        straight = load(service, DataSource.CSV)

        assert through.provenance.sha256 == straight.provenance.sha256
        assert through.warnings == straight.warnings
        assert _metrics(through) == _metrics(straight)

    def test_gives_the_answer_of_the_csv_over_http(self, service: str) -> None:
        settings = Settings(data_service_url=service, ledger=LedgerMode.OFF)
        client = create_gate(build_services(settings), settings).test_client()
        run = {
            "symbol": "SP500",
            "strategy_type": "sma_cross",
            "period": "max",
            "gate": ["sharpe_ratio > 0.1"],
        }

        straight, through = (
            client.post("/backtest", json=run | {"data_source": source}).json or {}
            for source in ("csv", "data_service")
        )

        assert through["data"]["source"] == "data_service"
        for part in ("metrics", "undefined_metrics", "benchmark", "orders"):
            assert through[part] == straight[part]
        assert through["gate"]["verdict"] == straight["gate"]["verdict"]

    def test_is_listed_with_its_window(self, service: str) -> None:
        sources = open_sources(Settings(data_service_url=service))

        listed = list_data(sources, deadline=Deadline.after(30.0)).entries

        windows = {(entry.source, entry.symbol): entry.bars for entry in listed}
        assert windows["data_service", "SP500"] == 5031
        assert windows["csv", "SP500"] == 5031
        assert windows["csv", "SAMPLE_OHLCV"] == 21

    def test_refuses_a_file_that_breaks_the_contract(
        self, database: str, tmp_path: Path
    ) -> None:
        (tmp_path / "bad.csv").write_text(
            "date,open,high,low,close\n2024-01-02,1,2,3,1\n"
        )

        done = CliRunner().invoke(
            main, ["--database", database, "ingest", str(tmp_path / "bad.csv"), "X"]
        )

        assert done.exit_code == 1
        assert "row 2, high" in done.output


def _metrics(loaded: LoadedBars) -> object:
    return run_backtest(loaded.bars.to_frame(), "SP500")["metrics"]
