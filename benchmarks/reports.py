"""The CPU of a report's page beside that of the JSON it shows; bounded.

``python -m benchmarks.reports``: one application in this process, the same run of 5,031
bars, one after the other in turn.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable

from orchestrator.bootstrap import build_services
from orchestrator.ledger.migrate import upgrade
from orchestrator.settings import Settings
from orchestrator.web.app import create_app

RUN = {
    "symbol": "SP500",
    "strategy_type": "sma_cross",
    "gate": ["sharpe_ratio > 0.5", "max_drawdown_pct < 20"],
    "include": ["equity_curve", "trades", "orders", "evidence", "bootstrap"],
}
GOAL = 3.0


def main() -> None:
    """Print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=30)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{folder}/ledger.sqlite3"
        upgrade(url)
        settings = Settings(database_url=url)
        client = create_app(build_services(settings), settings).test_client()

        def ask(number: int) -> str:
            body = {**RUN, "initial_cash": 100_000 + number}
            return str(client.post("/backtest", json=body).json["report_url"])

        urls = [ask(number) for number in range(rounds)]
        pages = [cpu(lambda url=url: client.get(url)) for url in urls]
        answers = [cpu(lambda n=n: ask(rounds + n)) for n in range(rounds)]
        size = len(client.get(urls[0]).data)
    page, answer = statistics.median(pages), statistics.median(answers)
    print(f"page {page:.1f} ms, {size / 1000:.0f} kB; answer in JSON {answer:.1f} ms")
    print(f"ratio {page / answer:.2f} (goal {GOAL:.0f})")


def cpu(work: Callable[[], object]) -> float:
    """Return the processor time of `work`, in milliseconds."""
    begun = time.process_time()
    work()
    return 1e3 * (time.process_time() - begun)


if __name__ == "__main__":
    main()
