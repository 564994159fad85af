"""vectorbt: whole arrays of entries and exits, simulated by numba."""

import numpy as np
import pandas as pd
import vectorbt as vbt
from protocol import serve

CASH = 100_000


def figures(portfolio):
    portfolio.sharpe_ratio()
    portfolio.max_drawdown()
    portfolio.total_return()
    return portfolio.final_value()


def contest(name, files):
    bars = files.bars(name)
    index = pd.DatetimeIndex(bars["timestamps"])
    close = pd.Series(bars["close"], index=index)
    first = pd.Series(bars["open"], index=index)
    freq = "1min" if name == "W3" else "1D"

    def trade(entries, exits):
        # A decision fills at the next open: shift it by a bar, price it there.
        return figures(
            vbt.Portfolio.from_signals(
                close,
                entries.shift(1, fill_value=False),
                exits.shift(1, fill_value=False),
                price=first,
                size=10,
                init_cash=CASH,
                freq=freq,
            )
        )

    def hold():
        return figures(
            vbt.Portfolio.from_holding(close, size=50, init_cash=CASH, freq=freq)
        )

    def cross():
        fast, slow = vbt.MA.run(close, 10), vbt.MA.run(close, 30)
        return trade(fast.ma_crossed_above(slow), fast.ma_crossed_below(slow))

    def signals():
        buys, sells = np.zeros((2, len(close)), dtype=bool)
        buys[places[::2]], sells[places[1::2]] = True, True
        return trade(pd.Series(buys, index=index), pd.Series(sells, index=index))

    places = files.signals()
    return {"W1": hold, "W2": cross, "W3": cross, "W5": signals}[name]


if __name__ == "__main__":
    serve(contest)
