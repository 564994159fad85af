"""Write the pictures of the README: ``python -m docs.take_screenshots [FOLDER]``.

Needs Chromium (`apt-get install chromium`) and the packages of the tests.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import requests
from playwright.sync_api import sync_playwright

from examples.live_server import running

FOLDER = Path(__file__).parent / "images"
WIDTH, HEIGHT = 1000, 760
RUNS = (
    {"strategy_type": "sma_cross", "strategy_params": {"fast": 10, "slow": 50}},
    {"strategy_type": "buy_and_hold"},
    {"strategy_type": "trend_filter", "strategy_params": {"period": 200}},
)


def main(folder: Path = FOLDER) -> int:
    """Take the pictures of a service that has judged a few runs."""
    browser_path = shutil.which("chromium") or shutil.which("chromium-browser")
    if browser_path is None:
        sys.stderr.write("no Chromium is installed: apt-get install chromium\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    with running({"WEB_CONCURRENCY": "1"}) as server, sync_playwright() as playwright:
        for run in RUNS:
            body = {
                "symbol": "SP500",
                "gate": ["sharpe_ratio > 0.3", "max_drawdown_pct < 40"],
                "costs": {"commission_bps": 2},
                **run,
            }
            answer = requests.post(f"{server.url}/backtest", json=body, timeout=60)
            answer.raise_for_status()
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox"]
        )
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name, url in (
            ("home", server.url),
            ("report", server.url + answer.json()["report_url"]),
        ):
            page.goto(url)
            page.screenshot(path=folder / f"{name}.png")
        browser.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
