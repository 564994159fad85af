"""The service, end to end: two backtests and a gate over HTTP; ``make demo``.

Starts a real gunicorn on a free port with a ledger of its own, asks, prints and
stops it again.  Exits with 0 only if everything went as it should.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Mapping
from typing import Any

import requests

from examples.live_server import ServerError, running

SAMPLE = {"symbol": "SPY", "csv_path": "sample_ohlcv.csv"}
SP500 = {"symbol": "SP500", "csv_path": "sp500.csv", "end": "2019-01-01"}
GATE = {
    "conditions": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"],
    "policy": "standard",
}


def main() -> int:
    """Run the demonstration; return the exit status."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    try:
        with running() as server:
            print(f"gunicorn answers at {server.url}\n")
            sample, sp500 = ask(server.url, SAMPLE), ask(server.url, SP500)
            show(sample, sp500)
            decide(ask(server.url, {**SP500, "gate": GATE}))
    except (ServerError, requests.RequestException, AssertionError) as error:
        print(f"the demonstration failed: {error}", file=sys.stderr)
        return 1
    print("\ngunicorn has stopped; nothing is left running")
    return 0


def ask(url: str, body: Mapping[str, Any]) -> dict[str, Any]:
    """Return the answer to one backtest, or raise with what the service said."""
    response = requests.post(f"{url}/backtest", json=body, timeout=60)
    if not response.ok:
        raise requests.HTTPError(f"{response.status_code}: {response.text}")
    answer: dict[str, Any] = response.json()
    return answer


def show(sample: Mapping[str, Any], sp500: Mapping[str, Any]) -> None:
    """Print the metrics of two answers side by side."""
    if sample["metrics"]["final_value"] != 101_800:
        raise AssertionError("the sample's final value is 101,800 by hand")
    answers = (sample, sp500)
    titles = [
        f"{answer['symbol']} ({answer['data']['bars']} bars)" for answer in answers
    ]
    print(f"{'buy_and_hold, 50 shares':<28}{titles[0]:>20}{titles[1]:>22}")
    names = dict.fromkeys(name for answer in answers for name in answer["metrics"])
    for name in names:
        print(f"  {name:<26}{cell(sample, name):>20}{cell(sp500, name):>22}")


def cell(answer: Mapping[str, Any], name: str) -> str:
    """Return one metric as text, or why it is undefined."""
    if name in answer["metrics"]:
        return f"{answer['metrics'][name]:,.4f}"
    return str(answer["undefined_metrics"].get(name, "-"))


def decide(answer: Mapping[str, Any]) -> None:
    """Print a verdict with its reasons."""
    gate = answer["gate"]
    print(f"\nmay I act on it?  {gate['verdict']}")
    for condition in gate["conditions"]:
        met = "met" if condition["met"] else "not met"
        asked = "{metric} {op} {threshold}".format_map(condition)
        print(f"  {asked:<28}{condition.get('value')!s:>22}  {met}")
    for reason in gate["reasons"]:
        print(f"  - {reason}")


if __name__ == "__main__":
    sys.exit(main())
