"""The least numpy can do: whole arrays, final equity, Sharpe, drawdown."""

import numpy as np
from protocol import serve

CASH = 100_000.0


def average(values, bars):
    sums = np.cumsum(values)
    sums[bars:] = sums[bars:] - sums[:-bars]
    return sums[bars - 1 :] / bars


def measure(first, close, orders):
    """Return final equity, Sharpe and drawdown of orders filled at `first`."""
    units = np.cumsum(orders)
    equity = CASH - np.cumsum(orders * first) + units * close
    changes = np.diff(equity, prepend=CASH) / np.concatenate([[CASH], equity[:-1]])
    sharpe = changes.mean() / changes.std(ddof=1) * np.sqrt(252)
    peaks = np.maximum.accumulate(np.maximum(equity, CASH))
    return equity[-1], sharpe, ((peaks - equity) / peaks).max()


def cross(first, close):
    above = np.zeros(close.size, dtype=np.int8)
    above[29:] = average(close, 10)[20:] > average(close, 30)
    turns = np.diff(above)
    turns[:29] = 0
    if (firsts := np.flatnonzero(turns)).size and turns[firsts[0]] < 0:
        turns[firsts[0]] = 0  # nothing to sell yet
    orders = np.zeros(close.size)
    orders[2:] = turns[:-1] * 10.0
    return measure(first, close, orders)


def contest(name, files):
    bars = files.bars(name)
    first, close = bars["open"], bars["close"]
    places = files.signals()

    def hold():
        orders = np.zeros(close.size)
        orders[0] = 50.0
        return measure(close, close, orders)[0]

    def signals():
        orders = np.zeros(close.size)
        orders[places[::2] + 1] = 10.0
        orders[places[1::2] + 1] = -10.0
        return measure(first, close, orders)[0]

    if name in {"W2", "W3"}:
        return lambda: cross(first, close)[0]
    return hold if name == "W1" else signals


if __name__ == "__main__":
    serve(contest)
