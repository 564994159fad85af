"""An agent that acts on a signal only when the service says that it may.

``python examples/gate_agent.py [URL]`` exits with 0 when the alert may go out.
"""

from __future__ import annotations

import sys

import requests

REQUEST = {
    "symbol": "SP500",
    "csv_path": "sp500.csv",
    "gate": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"],
}


def main(url: str) -> int:
    """Ask once; send the alert or say why not."""
    response = requests.post(f"{url}/backtest", json=REQUEST, timeout=45)
    response.raise_for_status()
    answer = response.json()
    if answer["gate"]["verdict"] == "pass":
        print(f"ALERT: act on {answer['symbol']}, run {answer['run_id']}")
        return 0
    print("no alert:", *answer["gate"]["reasons"], sep="\n  - ")
    return 1


if __name__ == "__main__":
    sys.exit(main(*(sys.argv[1:] or ["http://127.0.0.1:8000"])))
