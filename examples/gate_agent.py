"""An agent that sends an alert only when the service says that it may."""

import sys

import requests

REQUEST = {
    "symbol": "SP500",
    "csv_path": "sp500.csv",
    "end": "2019-01-01",  # history is judged; leave it out to ask about today
    "gate": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"],
}


def main(url: str = "http://127.0.0.1:8000") -> int:
    """Ask once; return 0 when the alert may go out."""
    try:
        response = requests.post(f"{url}/backtest", json=REQUEST, timeout=45)
    except requests.RequestException:
        print(f"no alert: no service at {url}; start one with `make serve`")
        return 2
    answer = response.json()
    if not response.ok:  # a problem says what is wrong, and the cure
        print("no alert:", answer["detail"])
        return 2
    # An undefined metric is absent: read one with a default that fails.
    metrics = answer["metrics"]
    sane = metrics.get("sharpe_ratio", 0) > 0.5
    sane = sane and metrics.get("max_drawdown_pct", 100) < 20
    if sane and answer["gate"]["verdict"] == "pass":  # the verdict decides
        print(f"ALERT: act on {answer['symbol']}, run {answer['run_id']}")
        return 0
    print("no alert:", *answer["gate"]["reasons"], sep="\n  - ")
    return 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
