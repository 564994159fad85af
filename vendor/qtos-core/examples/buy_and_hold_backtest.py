"""Buy 50 shares on the first bar of the sample and hold them to the end.

Run it with ``python examples/buy_and_hold_backtest.py [CSV]``.
"""

from __future__ import annotations

import sys
from importlib import resources
from pathlib import Path

from backtesting import (
    BacktestEngine,
    PassThroughRiskManager,
    load_csv,
    print_report,
)
from qtos_core import Portfolio
from qtos_core.examples.buy_and_hold import BuyAndHoldStrategy

SYMBOL = "SPY"
INITIAL_CASH = 100_000.0


def sample_path() -> Path:
    """Return the path of the sample that qtos-core ships."""
    return Path(str(resources.files("qtos_core.examples"))) / "data/sample_ohlcv.csv"


def main(argv: list[str]) -> int:
    """Run the backtest over the CSV named in `argv`, or over the sample."""
    path = Path(argv[0]) if argv else sample_path()
    data = load_csv(path, symbol=SYMBOL)
    engine = BacktestEngine(
        BuyAndHoldStrategy(SYMBOL, quantity=50.0),
        PassThroughRiskManager(),
        Portfolio(cash=INITIAL_CASH),
    )
    print_report(engine.run(data), INITIAL_CASH)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
