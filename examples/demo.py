"""The service, end to end, in one screen: verdicts, luck and reports; ``make demo``.

Starts a real gunicorn on a free port with a ledger of its own, asks, prints and
stops it again.  Exits with 0 only if everything went as it should.
"""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from rich.console import Console
from rich.table import Table

from examples.live_server import ROOT, ServerError, running

SAMPLE = {"symbol": "SPY", "csv_path": "sample_ohlcv.csv"}
SP500 = {"symbol": "SP500", "csv_path": "sp500.csv", "end": "2019-01-01"}
GATE = {
    "conditions": ["sharpe_ratio > 0.3", "max_drawdown_pct < 40"],
    "policy": "standard",
}
REVERSION = {
    **SP500,
    "strategy_type": "rsi_reversion",
    "strategy_params": {"period": 2, "lower": 15, "upper": 65},
    "sizing": {"rule": "percent_of_equity", "percent": 100},
}
CROSSING = {
    **SP500,
    "strategy_type": "sma_cross",
    "strategy_params": {"fast": 10, "slow": 50},
}
SEARCH = [
    {"fast": fast, "slow": slow}
    for fast in (3, 5, 8, 10, 12, 15, 18, 20, 25, 30)
    for slow in (40, 60, 90, 120, 160, 200)
]
NAIVE = ["total_return_pct > 10", "sharpe_ratio > 0.15"]
REPORTS = ROOT / "var" / "demo"
_PATIENCE = 3.0


def main() -> int:
    """Run the demonstration; return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    console = Console(highlight=False)
    try:
        with patiently(console), running() as server:
            ask(server.url, SAMPLE)
            url = server.url
            console.print(f"gunicorn answers at {url}\n")
            check_by_hand(ask(url, SAMPLE))
            runs = [ask(url, {**run, "gate": GATE}) for run in (REVERSION, CROSSING)]
            decide(console, *runs)
            search(console, url)
            written = [write_report(url, run) for run in runs]
    except (ServerError, requests.RequestException, AssertionError) as error:
        print(f"the demonstration failed: {error}", file=sys.stderr)
        return 1
    for path in written:
        console.print(f"report: {path}", soft_wrap=True)
    console.print("gunicorn has stopped; nothing is left running")
    console.print("next: `make serve`, then open http://127.0.0.1:8000/")
    return 0


@contextmanager
def patiently(console: Console) -> Iterator[None]:
    """Say what is waited for while the first answer takes long."""
    done = threading.Event()

    def tell() -> None:
        if done.wait(_PATIENCE):
            return
        begun = time.monotonic()
        with console.status("") as status:
            while not done.wait(1.0):
                seconds = time.monotonic() - begun + _PATIENCE
                status.update(
                    f"compiling, about a minute, only once: {seconds:.0f} s so far"
                )

    console.print("starting the service; the first start ever compiles its engine")
    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


def ask(url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to one backtest, or raise with what the service said."""
    return _post(f"{url}/backtest", body)


def _post(url: str, body: Mapping[str, Any], agent: str = "demo") -> dict[str, Any]:
    response = requests.post(url, json=body, headers={"X-Agent-Id": agent}, timeout=60)
    if not response.ok:
        raise requests.HTTPError(f"{response.status_code}: {response.text}")
    answer: dict[str, Any] = response.json()
    return answer


def check_by_hand(sample: Mapping[str, Any]) -> None:
    """Refuse to go on unless 50 shares bought and held come to what they must."""
    if sample["metrics"]["final_value"] != 101_800:
        raise AssertionError("the sample's final value is 101,800 by hand")


def decide(console: Console, *answers: Mapping[str, Any]) -> None:
    """Print verdicts side by side, with their figures and reasons."""
    table = Table(title="May I act on it?", title_justify="left", box=None)
    table.add_column("20 years of the S&P 500")
    for answer in answers:
        table.add_column(answer["strategy_type"], justify="right")
    for name in ("total_return_pct", "sharpe_ratio", "max_drawdown_pct"):
        table.add_row(name, *(f"{a['metrics'][name]:.2f}" for a in answers))
    for name in ("p_value", "p_value_adjusted"):
        table.add_row(name, *(f"{a['evidence'][name]:.3f}" for a in answers))
    table.add_row("verdict", *(f"[bold]{a['gate']['verdict']}[/]" for a in answers))
    console.print(table)
    for answer in answers:
        for reason in answer["gate"]["reasons"]:
            console.print(f"  {answer['strategy_type']}: {reason}")
        verdict = answer["gate"]["verdict"]
        console.print(f"  {answer['strategy_type']}: may I act on it?  {verdict}")


def search(console: Console, url: str) -> None:
    """Try many averages, as a curve fitter would, and count what each gate passes."""
    passed: Counter[str] = Counter()
    for params in SEARCH:
        for policy in ("literal", "standard"):
            body = {
                **SP500,
                "strategy_type": "sma_cross",
                "strategy_params": params,
                "gate": {"conditions": NAIVE, "policy": policy},
            }
            verdict = _post(f"{url}/gate", body, agent=f"searching-by-{policy}")
            passed[policy] += verdict["verdict"] == "pass"
    count = len(SEARCH)
    if passed["standard"]:
        raise AssertionError("a search among averages passed the standard policy")
    table = Table(
        title=f"\n{count} pairs of averages, tried one after the other",
        title_justify="left",
        box=None,
    )
    table.add_column("asked for")
    table.add_column("policy")
    table.add_column("passed", justify="right")
    for policy in ("literal", "standard"):
        table.add_row(" and ".join(NAIVE), policy, f"{passed[policy]} of {count}")
    console.print(table)
    console.print(
        "  literal asks for the conditions alone; standard counts every try, for the "
        f"best of {count} ideas without skill looks good by luck."
    )


def write_report(url: str, answer: Mapping[str, Any]) -> Path:
    """Write the report of a run, and return where."""
    page = requests.get(url + answer["report_url"], timeout=60)
    page.raise_for_status()
    REPORTS.mkdir(parents=True, exist_ok=True)
    path = REPORTS / f"{answer['strategy_type']}.html"
    path.write_text(page.text, encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
