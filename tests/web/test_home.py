"""The first page: what it lists, what its form does, and what it refuses."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from orchestrator.bootstrap import build_services
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app

FORM = {
    "symbol": "SP500",
    "strategy": "sma_cross",
    "params": '{"fast": 10, "slow": 50}',
    "conditions": "sharpe_ratio > 0.5\n\nmax_drawdown_pct < 20\n",
    "policy": "standard",
}


@pytest.fixture
def home(tmp_path: Path) -> FlaskClient:
    url = f"sqlite:///{tmp_path}/ledger.sqlite3"
    upgrade(url)
    settings = Settings(database_url=url)
    return create_app(build_services(settings), settings).test_client()


def token(client: FlaskClient) -> str:
    found = re.search(r'name="token" value="([^"]+)"', client.get("/").text)
    assert found is not None
    return found[1]


def sent(client: FlaskClient, **changes: str) -> TestResponse:
    return client.post("/", data={**FORM, "token": token(client), **changes})


class TestThePage:
    def test_lists_data_and_policies_before_anything_was_asked(
        self, home: FlaskClient
    ) -> None:
        page = home.get("/")

        assert (page.status_code, page.mimetype) == (200, "text/html")
        assert "Nothing was recorded yet" in page.text
        assert re.search(r"<th scope=\"row\">SP500</th>.*5,031", page.text, re.DOTALL)
        assert "standard, version" in page.text
        assert page.headers["Content-Security-Policy"].startswith("default-src 'none'")
        assert "<script" not in page.text

    def test_lists_the_newest_decisions_first(self, home: FlaskClient) -> None:
        for fast in (5, 6, 7):
            sent(home, params=f'{{"fast": {fast}, "slow": 50}}')

        times = re.findall(r'/report">([0-9: -]+)</a>', home.get("/").text)

        assert len(times) == 3
        assert times == sorted(times, reverse=True)

    def test_filters_and_pages(self, home: FlaskClient) -> None:
        for fast in range(2, 30):
            body = {
                "symbol": "SP500",
                "strategy_type": "sma_cross",
                "strategy_params": {"fast": fast, "slow": 60},
                "gate": ["cagr > 99"],
            }
            home.post("/gate", json=body, headers={"X-Agent-Id": "a"})

        first = home.get("/?symbol=sp500&strategy=&verdict=fail&caller=a")
        older = re.search(r'href="(/\?[^"]+)">Older', first.text)

        assert first.text.count("/report") == 25
        assert older is not None
        second = home.get(older[1].replace("&amp;", "&"))
        assert second.text.count("/report") == 3
        assert home.get("/?verdict=pass").text.count("/report") == 0

    @pytest.mark.parametrize("query", ["verdict=maybe", "x=1", "cursor=nonsense"])
    def test_says_what_is_wrong_with_a_query(
        self, home: FlaskClient, query: str
    ) -> None:
        page = home.get(f"/?{query}")

        assert page.mimetype == "text/html"
        assert 'role="alert"' in page.text

    def test_escapes_a_filter(self, home: FlaskClient) -> None:
        page = home.get("/?symbol=%22%3E%3Cscript%3E")

        assert "<script" not in page.text


class TestTheForm:
    def test_leads_to_the_report(self, home: FlaskClient) -> None:
        answer = sent(home)

        assert answer.status_code == 303
        report = home.get(answer.headers["Location"])
        assert '<p class="outcome">Fail</p>' in report.text
        assert "sma_cross (fast 10, slow 50)" in report.text

    def test_is_a_trial_like_any_other(self, home: FlaskClient) -> None:
        first = sent(home)
        body = {
            "symbol": "SP500",
            "strategy_type": "sma_cross",
            "strategy_params": {"fast": 11, "slow": 50},
            "gate": ["cagr > 1"],
        }

        evidence = home.post("/backtest", json=body).json["evidence"]

        assert first.status_code == 303
        assert evidence["trials_counted"] == 2

    @pytest.mark.parametrize(
        ("field", "value", "said"),
        [
            ("symbol", "../x", "symbol"),
            ("strategy", "sma_crosss", "sma_cross"),
            ("params", "fast=10", "must be a JSON object"),
            ("params", '{"fst": 10}', "fst"),
            ("conditions", "sharp > 1", "sharp"),
            ("conditions", "", "conditions"),
            ("policy", "lax", "lax"),
        ],
    )
    def test_says_what_is_wrong_and_keeps_what_was_typed(
        self, home: FlaskClient, field: str, value: str, said: str
    ) -> None:
        page = sent(home, **{field: value})

        assert 400 <= page.status_code < 500
        alert = page.text[page.text.index('role="alert"') :]
        assert said in alert[:800]
        assert "sharpe_ratio &gt; 0.5" in page.text or field == "conditions"

    @pytest.mark.parametrize("stolen", ["", "x" * 32, "\u00e9" * 32])
    def test_of_another_site_is_refused(self, home: FlaskClient, stolen: str) -> None:
        page = sent(home, token=stolen)

        assert page.status_code == 422
        assert "not of this page" in page.text
        assert home.get("/runs").json["runs"] == []

    def test_without_its_cookie_is_refused(self, home: FlaskClient) -> None:
        own = token(home)
        home.delete_cookie("gate_form")

        assert home.post("/", data={**FORM, "token": own}).status_code == 422

    def test_from_another_origin_is_refused(self, home: FlaskClient) -> None:
        data = {**FORM, "token": token(home)}

        page = home.post("/", data=data, headers={"Origin": "http://evil.example"})

        assert page.status_code == 422
        own = home.post("/", data=data, headers={"Origin": "http://localhost"})
        assert own.status_code == 303

    def test_shows_a_verdict_that_nothing_records(self) -> None:
        settings = Settings(ledger=LedgerMode.OFF)
        client = create_app(build_services(settings), settings).test_client()

        page = sent(client)

        assert page.status_code == 200
        assert "nothing is recorded here" in page.text
