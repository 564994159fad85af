"""The report of a run, from the recorded request to the page."""

from __future__ import annotations

import base64
import csv
import hashlib
import io
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.deadline import Deadline
from orchestrator.ledger.migrate import upgrade
from orchestrator.reports import RunReport
from orchestrator.reports.drawing import COLUMNS
from orchestrator.reports.page import Section
from orchestrator.settings import Settings, shipped_data_dir
from orchestrator.web.app import create_app

GATE = {"conditions": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"]}
CROSS = {
    "symbol": "SP500",
    "strategy_type": "sma_cross",
    "gate": GATE,
    "costs": {"commission_bps": 5},
}
NAMESPACE = "{http://www.w3.org/2000/svg}"
CHARTS = [
    "sharpe-interval",
    "equity",
    "underwater",
    "trades",
    "position",
    "years",
    "rolling-sharpe",
    "rolling-volatility",
    "distribution",
    "drawdown-fan",
    "costs",
]
Opened = Callable[..., FlaskClient]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(shipped_data_dir() / "sp500.csv", data / "SP500.csv")
    return data


@pytest.fixture
def settings(tmp_path: Path, folder: Path) -> Settings:
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    upgrade(url)
    return Settings(database_url=url, data_dir=folder)


@pytest.fixture
def gate(settings: Settings) -> FlaskClient:
    return create_app(build_services(settings), settings).test_client()


def asked(gate: FlaskClient, **changes: object) -> str:
    answer = gate.post("/backtest", json={**CROSS, **changes})
    assert answer.status_code == 200, answer.text
    url: str = answer.json["report_url"]
    assert url == f"/runs/{answer.json['run_id']}/report"
    return url


class TestAPage:
    def test_shows_the_verdict_its_reasons_and_every_part(
        self, gate: FlaskClient
    ) -> None:
        page = gate.get(asked(gate, include=["bootstrap"]))

        assert (page.status_code, page.mimetype) == (200, "text/html")
        heads = re.findall(r"<h2[^>]*>([^<]+)</h2>", page.text)
        assert heads == [
            "Conditions",
            "Warnings",
            "How much of it could be luck",
            "Equity",
            "Drawdowns",
            "Trades on the price",
            "Position",
            "Monthly and yearly returns",
            "Over time, and by size",
            "Metrics",
            "What else could have happened",
            "Trades",
            "Orders and costs",
            "Sensitivity to costs",
            "Data",
            "Assumptions",
            "Record",
        ]
        begins = page.text[: page.text.index("<h2")]
        assert '<p class="outcome">Fail</p>' in begins
        assert "max_drawdown_pct is 22.2725, not under 20" in begins
        drawn = re.findall(r'role="img" aria-labelledby="([a-z-]+)-title', page.text)
        assert drawn == CHARTS

    def test_stands_on_its_own(self, gate: FlaskClient) -> None:
        page = gate.get(asked(gate))

        policy = page.headers["Content-Security-Policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        scripts = re.findall(r"<script>(.*?)</script>", page.text, re.DOTALL)
        hashes = [
            base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
            for text in scripts
        ]
        assert len(scripts) == 2
        assert all(f"'sha256-{one}'" in policy for one in hashes)
        assert not re.search(r'(?:src|href)="(?!/|#|data:)', page.text)
        assert 'style="' not in page.text

    def test_explains_each_metric_by_its_declaration(self, gate: FlaskClient) -> None:
        text = gate.get(asked(gate)).text

        assert "Largest fall of equity in percent of its running peak" in text

    def test_shows_what_the_trials_cost(self, gate: FlaskClient) -> None:
        for fast in (5, 7, 9):
            url = asked(gate, strategy_params={"fast": fast, "slow": 40})

        text = gate.get(url).text

        assert "3 trials were counted. The best of that many ideas without" in text

    def test_shows_an_event_study_of_signals(self, gate: FlaskClient) -> None:
        days = ["2001-03-01", "2003-03-03", "2005-05-02"]
        signals = [{"timestamp": day, "side": "buy"} for day in days]
        url = asked(
            gate,
            strategy_type="signals",
            strategy_params={"signals": signals, "hold_bars": 10},
        )

        assert "What prices did after the signals" in gate.get(url).text

    def test_is_the_same_each_time(self, gate: FlaskClient) -> None:
        url = asked(gate)

        assert gate.get(url).data == gate.get(url).data

    def test_records_nothing(self, gate: FlaskClient) -> None:
        url = asked(gate)
        before = len(gate.get("/runs").json["runs"])

        gate.get(url)

        assert len(gate.get("/runs").json["runs"]) == before

    def test_escapes_what_a_caller_sent(self, gate: FlaskClient) -> None:
        rules = "close < sma(close, 20)  "
        url = gate.post(
            "/backtest",
            json={
                **CROSS,
                "strategy_type": "rules",
                "strategy_params": {"entry": rules, "exit": "close > open"},
            },
            headers={"X-Agent-Id": "a/b@c"},
        ).json["report_url"]

        text = gate.get(url).text

        assert "close &lt; sma(close, 20)" in text
        assert "close < sma" not in text

    def test_of_an_unknown_run_is_a_404(self, gate: FlaskClient) -> None:
        assert gate.get(f"/runs/{'0' * 32}/report").status_code == 404


class TestDataThatChanged:
    def test_is_said_in_red_and_leaves_what_was_recorded(
        self, gate: FlaskClient, folder: Path
    ) -> None:
        url = asked(gate)
        file = folder / "SP500.csv"
        file.write_text("\n".join(file.read_text().splitlines()[:-5]) + "\n")

        page = gate.get(url)

        assert page.status_code == 200
        assert re.search(r'role="alert">[^<]*has changed since', page.text)
        assert "max_drawdown_pct is 22.2725, not under 20" in page.text
        assert 'id="equity-title"' not in page.text
        assert gate.get(url.replace("report", "equity.csv")).status_code == 404
        assert gate.get(url.replace("report", "charts/equity.svg")).status_code == 404

    def test_that_is_gone_is_said_too(self, gate: FlaskClient, folder: Path) -> None:
        url = asked(gate)
        (folder / "SP500.csv").unlink()

        page = gate.get(url)

        assert page.status_code == 200
        assert re.search(r'role="alert">', page.text)


class TestPartsOfAPage:
    @pytest.mark.parametrize("name", CHARTS)
    def test_each_chart_has_its_own_address(self, gate: FlaskClient, name: str) -> None:
        url = asked(gate, include=["bootstrap"])

        drawn = gate.get(url.replace("report", f"charts/{name}.svg"))

        assert drawn.mimetype == "image/svg+xml"
        root = ET.fromstring(drawn.text)  # noqa: S314 -- our own
        assert root.tag == f"{NAMESPACE}svg"
        assert root.get("role") == "img"
        assert root.find(f"{NAMESPACE}title").text
        assert root.find(f"{NAMESPACE}desc").text

    def test_the_curve_is_that_of_the_answer(self, gate: FlaskClient) -> None:
        answer = gate.post("/backtest", json={**CROSS, "include": ["equity_curve"]})
        url = answer.json["report_url"]

        rows = list(
            csv.DictReader(
                io.StringIO(gate.get(url.replace("report", "equity.csv")).text)
            )
        )

        curve = answer.json["equity_curve"]
        assert [row["timestamp"] for row in rows] == curve["timestamp"]
        assert [float(row["equity"]) for row in rows] == curve["equity"]

    def test_the_trades_are_those_of_the_answer(self, gate: FlaskClient) -> None:
        answer = gate.post("/backtest", json={**CROSS, "include": ["trades"]})
        url = answer.json["report_url"]

        rows = list(
            csv.DictReader(
                io.StringIO(gate.get(url.replace("report", "trades.csv")).text)
            )
        )

        trades = answer.json["trades"]
        assert [float(row["pnl"]) for row in rows] == [each["pnl"] for each in trades]
        assert [row["entry_time"] for row in rows] == [
            each["entry_time"] for each in trades
        ]


class TestCosts:
    def test_more_of_them_leave_less(self, settings: Settings) -> None:
        report = built(settings, CROSS)

        rows = section(report, "costs").tables[0].rows

        assert [row[0] for row in rows] == [
            "as asked",
            "no costs",
            "twice the costs",
            "five times",
        ]
        as_asked, free, twice, five = (float(row[1].rstrip(" %")) for row in rows)
        assert free > as_asked > twice > five

    def test_that_are_none_are_assumed(self, settings: Settings) -> None:
        report = built(settings, {**CROSS, "costs": {}})

        names = [row[0] for row in section(report, "costs").tables[0].rows]

        assert names == [
            "as asked",
            "slippage of 5 bps",
            "slippage of 10 bps",
            "slippage of 25 bps",
        ]


class TestALargeRun:
    def test_of_a_million_bars_is_under_a_megabyte(
        self, settings: Settings, folder: Path
    ) -> None:
        size = 1_000_000
        minutes = np.datetime64("2015-01-05T00:00", "m") + np.arange(size)
        steps = np.random.default_rng(1).normal(0.0, 1e-4, size)
        prices = np.round(100.0 * np.exp(np.cumsum(steps)), 4).tolist()
        rows = (f"{t},{p},{p},{p},{p}" for t, p in zip(minutes, prices, strict=True))
        text = "\n".join(("date,open,high,low,close", *rows))
        (folder / "MINUTES.csv").write_text(text)
        gate = create_app(build_services(settings), settings).test_client()

        page = gate.get(asked(gate, symbol="MINUTES"))

        assert page.status_code == 200
        assert len(page.data) < 1_000_000
        paths = re.findall(r' d="([^"]+)"', page.text)
        lines = [path for path in paths if path.count("L") > 100]
        assert lines
        assert max(path.count("L") for path in lines) <= 2 * COLUMNS + 4


def built(settings: Settings, body: dict[str, object]) -> RunReport:
    """Return the model of the page of a request."""
    services = build_services(settings)
    gate = create_app(services, settings).test_client()
    run_id = gate.post("/backtest", json=body).json["run_id"]

    return services.reports.run(run_id, deadline=Deadline.after(60.0))


def section(report: RunReport, name: str) -> Section:
    return next(each for each in report.sections if each.name == name)


def test_every_figure_has_its_explanation(settings: Settings) -> None:
    report = built(settings, {**CROSS, "include": ["bootstrap"]})

    figures = [*report.facts, *report.record]
    for each in report.sections:
        figures += each.figures

    assert [one.name for one in figures if not one.meaning] == []
