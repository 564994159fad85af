"""Every page in a real browser: wide and narrow, by keyboard, printed, and by axe.

Debian's Chromium is used where it is installed (`apt-get install chromium`).
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
import requests
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from examples.live_server import ROOT, Server, running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(
    CHROMIUM is None, reason="no Chromium is installed (apt-get install chromium)"
)
WIDTHS = (1280, 390)
RUN = {
    "symbol": "SP500",
    "strategy_type": "sma_cross",
    "include": ["bootstrap"],
    "gate": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"],
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running({"WEB_CONCURRENCY": "1"}) as server:
        yield server


@pytest.fixture(scope="module")
def report(server: Server) -> str:
    answer = requests.post(f"{server.url}/backtest", json=RUN, timeout=60)
    return server.url + str(answer.json()["report_url"])


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )
        yield browser
        browser.close()


@dataclass
class Seen:
    """What a browser complained of, and where it went."""

    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)


@pytest.fixture
def seen() -> Seen:
    return Seen()


def opened(browser: Browser, seen: Seen, width: int = 1280, **more: object) -> Page:
    context: BrowserContext = browser.new_context(
        viewport={"width": width, "height": 900}, **more
    )
    page = context.new_page()
    page.on("console", lambda message: seen.complaints.append(message.text))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on("request", lambda request: seen.requests.append(request.url))
    return page


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["home", "report"])
def test_fits_its_window_and_asks_nobody_else(
    browser: Browser,
    server: Server,
    report: str,
    seen: Seen,
    name: str,
    width: int,
    scheme: str,
) -> None:
    page = opened(browser, seen, width, color_scheme=scheme)

    page.goto(server.url if name == "home" else report)

    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    assert seen.complaints == []
    assert all(url.startswith((server.url, "data:")) for url in seen.requests)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", ["home", "report"])
def test_axe_finds_nothing_serious(
    browser: Browser, server: Server, report: str, seen: Seen, name: str, scheme: str
) -> None:
    # axe is a script, which the page's own policy would not run.
    page = opened(browser, seen, bypass_csp=True, color_scheme=scheme)
    page.goto(server.url if name == "home" else report)

    found = Axe().run(page)

    serious = [
        (each["id"], [node["html"][:120] for node in each["nodes"]][:3])
        for each in found.response["violations"]
        if each["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_the_keyboard_alone_leads_from_the_form_to_the_report(
    browser: Browser, server: Server, seen: Seen
) -> None:
    page = opened(browser, seen)
    page.goto(server.url)

    focus(page, "#symbol")
    page.keyboard.type("SP500")
    focus(page, "#params")
    page.keyboard.type('{"fast": 12, "slow": 60}')
    focus(page, "button")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/runs/[0-9a-f]{32}/report$"))

    assert page.locator(".outcome").inner_text() == "Fail"
    assert "fast 12, slow 60" in page.inner_text("main")
    assert seen.complaints == []


def focus(page: Page, selector: str) -> None:
    """Go on by the tabulator key until what is wanted has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    raise AssertionError(f"the keyboard does not reach {selector}")


def test_a_refused_form_says_why_and_keeps_what_was_typed(
    browser: Browser, server: Server, seen: Seen
) -> None:
    page = opened(browser, seen)
    page.goto(server.url)
    page.fill("#symbol", "SP500")
    page.fill("#params", "fast=10")

    page.click("text=Judge it")

    assert "must be a JSON object" in page.inner_text("[role=alert]")
    assert page.input_value("#params") == "fast=10"
    assert page.input_value("#symbol") == "SP500"


def test_prints_whole(
    browser: Browser, report: str, seen: Seen, tmp_path: Path
) -> None:
    page = opened(browser, seen)
    page.goto(report)
    target = tmp_path / "report.pdf"

    page.pdf(path=target, format="A4")

    data = target.read_bytes()
    pages = len(re.findall(rb"/Type\s*/Page[^s]", data))
    assert data.startswith(b"%PDF")
    assert pages >= 5
    page.emulate_media(media="print")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    shown = "[...document.querySelectorAll('section')].every(s => s.offsetHeight > 0)"
    assert page.evaluate(shown)


def test_every_chart_is_drawn_and_has_its_table(
    browser: Browser, report: str, seen: Seen
) -> None:
    page = opened(browser, seen)
    page.goto(report)

    charts = page.locator("figure")
    assert charts.count() == 11
    for at in range(charts.count()):
        chart = charts.nth(at)
        box = chart.locator("svg[role=img]").bounding_box()
        assert box is not None
        assert box["height"] > 100
        chart.locator("summary").click()
        assert chart.locator("details table tbody tr").count() >= 1


def test_a_chart_can_be_zoomed_where_scripts_run(
    browser: Browser, report: str, seen: Seen
) -> None:
    page = opened(browser, seen)
    page.goto(report)
    figure = page.locator("figure", has=page.locator("#equity-title"))

    figure.locator("button.zoom").click()
    box = figure.locator(".u-over").bounding_box()
    assert box is not None
    span = "(x => x.max - x.min)(document.querySelector('.zoomed').uplot.scales.x)"
    before = page.evaluate(span)
    page.mouse.move(box["x"] + 0.4 * box["width"], box["y"] + 20)
    page.mouse.down()
    page.mouse.move(box["x"] + 0.6 * box["width"], box["y"] + 20, steps=5)
    page.mouse.up()
    after = page.evaluate(span)

    assert 0.15 * before < after < 0.25 * before
    assert seen.complaints == []


def test_nothing_is_lost_without_scripts(
    browser: Browser, report: str, seen: Seen
) -> None:
    page = opened(browser, seen, java_script_enabled=False)
    page.goto(report)

    assert page.locator("figure svg[role=img]").count() == 11
    assert page.locator("button.zoom").count() == 0


def test_the_pictures_of_the_readme_can_be_taken(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "docs.take_screenshots", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert done.returncode == 0, done.stderr

    for name in ("home", "report"):
        data = (tmp_path / f"{name}.png").read_bytes()
        assert data.startswith(b"\x89PNG")
        assert len(data) > 20_000
