"""Make data/sma_cross_*.json: sma_cross on sp500.csv by two other libraries.

backtesting.py also trades it with stops, which watch the bar of the entry, as orders
that fill at the open are protected from there on.

Run it in an environment of its own, from the root of the repository::

    python -m venv /tmp/answers
    /tmp/answers/bin/pip install backtesting==0.6.6 vectorbt==1.2.0
    /tmp/answers/bin/python tests/answers/make_libraries.py

It imports nothing of ours: what it writes is the answer of others.
"""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pandas as pd
import vectorbt as vbt

from backtesting import Backtest, Strategy
from backtesting.lib import crossover

HERE = Path(__file__).parent
BARS = HERE.parents[1] / "vendor/qtos-core/examples/data/sp500.csv"
CASH = 100_000
SHARES = 10
PAIRS = ((10, 30), (20, 50), (50, 200))
STOPS = ((10, 30, 1), (10, 30, 2), (20, 50, 1), (20, 50, 5), (3, 11, 3))


def sma(values: pd.Series, bars: int) -> pd.Series:
    """Return the simple moving average."""
    return pd.Series(values).rolling(bars).mean()


class SmaCross(Strategy):
    """The crossing strategy of backtesting.py's own documentation, long only."""

    fast = 10
    slow = 30
    stop = 0
    opens = ()

    def init(self) -> None:
        """Declare the averages."""
        self.fast_average = self.I(sma, self.data.Close, self.fast)
        self.slow_average = self.I(sma, self.data.Close, self.slow)

    def next(self) -> None:
        """Buy where the fast average crosses above, close where it crosses below."""
        if crossover(self.fast_average, self.slow_average):
            coming = len(self.data)
            if self.stop and coming < len(self.opens):
                # The price of the fill, for a stop that is a part of it.
                price = self.opens[coming] * (1 - self.stop / 100)
                self.buy(size=SHARES, sl=price)
            else:
                self.buy(size=SHARES)
        elif crossover(self.slow_average, self.fast_average):
            self.position.close()


def by_backtesting(
    frame: pd.DataFrame, fast: int, slow: int, stop: float = 0
) -> dict[str, object]:
    """Return the trades of backtesting.py, filled at the next open."""
    titled = frame.rename(columns=str.capitalize)
    test = Backtest(titled, SmaCross, cash=CASH, finalize_trades=False)
    opens = tuple(frame["open"])
    stats = test.run(fast=fast, slow=slow, stop=stop, opens=opens)
    trades = stats["_trades"]
    still_open = [
        [frame.index[trade.entry_bar].date().isoformat(), trade.entry_price]
        for trade in stats["_strategy"].trades
    ]
    return {
        "fast": fast,
        "slow": slow,
        "stop_loss_pct": stop,
        "final_value": float(stats["_equity_curve"]["Equity"].iloc[-1]),
        "trades": [
            [
                row.EntryTime.date().isoformat(),
                float(row.EntryPrice),
                row.ExitTime.date().isoformat(),
                float(row.ExitPrice),
                float(row.PnL),
            ]
            for row in trades.sort_values("EntryBar").itertuples()
        ],
        "open": still_open,
    }


def by_vectorbt(frame: pd.DataFrame, fast: int, slow: int) -> dict[str, object]:
    """Return the trades of vectorbt, filled at the close of the crossing."""
    fast_average = vbt.MA.run(frame["close"], fast)
    slow_average = vbt.MA.run(frame["close"], slow)
    portfolio = vbt.Portfolio.from_signals(
        frame["close"],
        fast_average.ma_crossed_above(slow_average),
        fast_average.ma_crossed_below(slow_average),
        size=SHARES,
        init_cash=CASH,
        freq="1D",
    )
    rows = portfolio.trades.records_readable
    day = "%Y-%m-%d"
    closed = rows[rows["Status"] == "Closed"]
    still_open = rows[rows["Status"] == "Open"]
    return {
        "fast": fast,
        "slow": slow,
        "final_value": float(portfolio.value().iloc[-1]),
        "trades": [
            [
                row["Entry Timestamp"].strftime(day),
                float(row["Avg Entry Price"]),
                row["Exit Timestamp"].strftime(day),
                float(row["Avg Exit Price"]),
                float(row["PnL"]),
            ]
            for _, row in closed.iterrows()
        ],
        "open": [
            [row["Entry Timestamp"].strftime(day), float(row["Avg Entry Price"])]
            for _, row in still_open.iterrows()
        ],
    }


def write(library: str, runs: list[dict[str, object]], fill: str) -> None:
    """Write the runs of one library."""
    answer = {
        "made_by": f"{library} {version(library)} and make_libraries.py",
        "bars": BARS.name,
        "cash": CASH,
        "shares": SHARES,
        "fill": fill,
        "trade": ["entry_date", "entry_price", "exit_date", "exit_price", "pnl"],
        "runs": runs,
    }
    path = HERE / "data" / f"sma_cross_{library}.json"
    path.write_text(json.dumps(answer, indent=1) + "\n")


def main() -> None:
    """Write both files."""
    frame = pd.read_csv(BARS, index_col="date", parse_dates=True)
    runs = [by_backtesting(frame, *asked) for asked in PAIRS + STOPS]
    write("backtesting", runs, "next_open")
    write("vectorbt", [by_vectorbt(frame, *p) for p in PAIRS], "close")


if __name__ == "__main__":
    main()
