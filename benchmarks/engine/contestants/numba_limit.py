"""The least a compiled program can do: one pass, final equity, Sharpe, drawdown."""

import math

import numba
import numpy as np
from protocol import serve

CASH = 100_000.0


@numba.njit(cache=True)
def cross(first, close, fast, slow):
    """Trade crossings of averages at the next open, measuring on the way."""
    cash, units, order = CASH, 0.0, 0.0
    fast_sum = slow_sum = 0.0
    before, peak, fall = CASH, CASH, 0.0
    total = squares = 0.0
    side = 0
    for t in range(close.size):
        if order != 0.0:
            cash -= order * first[t]
            units += order
            order = 0.0
        equity = cash + units * close[t]
        change = equity / before - 1.0
        total += change
        squares += change * change
        before = equity
        peak = max(peak, equity)
        fall = max(fall, (peak - equity) / peak)
        fast_sum += close[t] - (close[t - fast] if t >= fast else 0.0)
        slow_sum += close[t] - (close[t - slow] if t >= slow else 0.0)
        if t < slow - 1:
            continue
        now = 1 if fast_sum / fast > slow_sum / slow else -1
        if side == -1 and now == 1 and units == 0.0:
            order = 10.0
        elif side == 1 and now == -1 and units > 0.0:
            order = -units
        side = now
    return summary(before, (total, squares), close.size, fall)


@numba.njit(cache=True)
def replay(first, close, places, at_close):
    """Buy and sell in turn at given bars, measuring on the way."""
    quantity = 50.0 if at_close else 10.0
    cash, units, order = CASH, 0.0, 0.0
    before, peak, fall = CASH, CASH, 0.0
    total = squares = 0.0
    row = 0
    for t in range(close.size):
        if order != 0.0:
            cash -= order * first[t]
            units += order
            order = 0.0
        if row < places.size and places[row] == t:
            order = quantity if row % 2 == 0 else -quantity
            row += 1
            if at_close:
                cash -= order * close[t]
                units += order
                order = 0.0
        equity = cash + units * close[t]
        change = equity / before - 1.0
        total += change
        squares += change * change
        before = equity
        peak = max(peak, equity)
        fall = max(fall, (peak - equity) / peak)
    return summary(before, (total, squares), close.size, fall)


@numba.njit(cache=True)
def summary(equity, sums, count, fall):
    total, squares = sums
    mean = total / count
    variance = (squares - count * mean * mean) / (count - 1)
    sharpe = mean / math.sqrt(variance) * math.sqrt(252.0)
    return equity, sharpe, fall


def contest(name, files):
    bars = files.bars(name)
    first, close = bars["open"], bars["close"]
    places = files.signals()
    if name == "W1":
        return lambda: replay(first, close, np.zeros(1, dtype=np.int64), True)[0]
    if name == "W5":
        return lambda: replay(first, close, places, False)[0]
    return lambda: cross(first, close, 10, 30)[0]


if __name__ == "__main__":
    serve(contest)
