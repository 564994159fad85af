"""Make data/targets.json: what each strategy does on sp500.csv, worked out plainly.

Every indicator and every rule is written out below with pandas and loops, from its
textbook definition, and imports nothing of ours.  Run from the root::

    python tests/answers/make_targets.py

The answer holds each change of the target and what 10 shares, bought and sold at the
open after each decision without costs, make of 100,000.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pandas as pd

HERE = Path(__file__).parent
BARS = HERE.parents[1] / "vendor/qtos-core/examples/data/sp500.csv"
CASH = 100_000.0
SHARES = 10.0

Series = list[float]
NAN = math.nan


def mean(values: Series, bars: int) -> Series:
    """Return the simple moving average."""
    return pd.Series(values).rolling(bars).mean().tolist()


def exponential(values: Series, bars: int, start: int | None = None) -> Series:
    """Return the exponential average, begun with the mean of its first window.

    The window ends on bar `start`, by default on bar ``bars - 1``.
    """
    start = bars - 1 if start is None else start
    result = [NAN] * len(values)
    result[start] = sum(values[start - bars + 1 : start + 1]) / bars
    weight = 2.0 / (bars + 1)
    for t in range(start + 1, len(values)):
        result[t] = result[t - 1] + weight * (values[t] - result[t - 1])
    return result


def wilder_rsi(values: Series, bars: int) -> Series:
    """Return the relative strength index of Wilder (1978)."""
    result = [NAN] * len(values)
    changes = [b - a for a, b in pairwise(values)]
    gain = sum(max(change, 0.0) for change in changes[:bars]) / bars
    loss = sum(max(-change, 0.0) for change in changes[:bars]) / bars
    for t in range(bars, len(values)):
        if t > bars:
            gain = (gain * (bars - 1) + max(changes[t - 1], 0.0)) / bars
            loss = (loss * (bars - 1) + max(-changes[t - 1], 0.0)) / bars
        result[t] = 100.0 * gain / (gain + loss)
    return result


def crossings(fast: Series, slow: Series) -> Series:
    """Return 1 from each crossing above on, 0 from each crossing below on."""
    level, targets, above = 0.0, [], None
    for f, s in zip(fast, slow, strict=True):
        if not (math.isnan(f) or math.isnan(s)):
            if above is not None and (f > s) != above:
                level = 1.0 if f > s else 0.0
            above = f > s
        targets.append(level)
    return targets


def held(enters: list[bool], leaves: list[bool]) -> Series:
    """Return 1 between entering and leaving."""
    level, targets = 0.0, []
    for enter, leave in zip(enters, leaves, strict=True):
        if leave:
            level = 0.0
        elif enter:
            level = 1.0
        targets.append(level)
    return targets


def sma_cross(bars: pd.DataFrame) -> Series:
    """Return sma_cross with fast 10, slow 30."""
    close = bars["close"].tolist()
    return crossings(mean(close, 10), mean(close, 30))


def ema_cross(bars: pd.DataFrame) -> Series:
    """Return ema_cross with fast 12, slow 26."""
    close = bars["close"].tolist()
    return crossings(exponential(close, 12), exponential(close, 26))


def macd(bars: pd.DataFrame) -> Series:
    """Return macd with 12, 26, 9, both averages begun on bar 25 as TA-Lib does."""
    close = bars["close"].tolist()
    fast, slow = exponential(close, 12, 25), exponential(close, 26)
    line = [f - s for f, s in zip(fast, slow, strict=True)]
    signal = [NAN] * 25 + exponential(line[25:], 9)
    line = [NAN if math.isnan(s) else x for x, s in zip(line, signal, strict=True)]
    return crossings(line, signal)


def rsi_reversion(bars: pd.DataFrame) -> Series:
    """Return rsi_reversion with 14, 30, 70."""
    index = wilder_rsi(bars["close"].tolist(), 14)
    return held([x < 30.0 for x in index], [x > 70.0 for x in index])


def bollinger_reversion(bars: pd.DataFrame) -> Series:
    """Return bollinger_reversion with 20, 2."""
    close = bars["close"]
    middle = close.rolling(20).mean()
    lower = middle - 2.0 * close.rolling(20).std(ddof=0)
    return held((close < lower).tolist(), (close >= middle).tolist())


def donchian_breakout(bars: pd.DataFrame) -> Series:
    """Return donchian_breakout with 20, 10."""
    ceiling = bars["high"].rolling(20).max().shift(1)
    floor = bars["low"].rolling(10).min().shift(1)
    close = bars["close"]
    return held((close > ceiling).tolist(), (close < floor).tolist())


def momentum(bars: pd.DataFrame) -> Series:
    """Return momentum with 252, 21."""
    close = bars["close"]
    change = close.shift(21) / close.shift(252) - 1.0
    return held((change > 0.0).tolist(), (change < 0.0).tolist())


def trend_filter(bars: pd.DataFrame) -> Series:
    """Return trend_filter with 200."""
    close = bars["close"]
    average = close.rolling(200).mean()
    return held((close > average).tolist(), (close < average).tolist())


def buy_and_hold(bars: pd.DataFrame) -> Series:
    """Return a position from the first bar on."""
    return [1.0] * len(bars)


def signals(bars: pd.DataFrame) -> Series:
    """Return a buy on every 50th bar, held for 5 bars."""
    return [1.0 if t % 50 < 5 else 0.0 for t in range(len(bars))]


def rules(bars: pd.DataFrame) -> Series:
    """Return the rules of the example in the documentation."""
    close = bars["close"]
    fast, slow = close.rolling(20).mean(), close.rolling(50).mean()
    index = pd.Series(wilder_rsi(close.tolist(), 14), index=close.index)
    above, below = fast > slow, fast < slow
    crossed_up = above & (fast.shift(1) <= slow.shift(1))
    crossed_down = below & (fast.shift(1) >= slow.shift(1))
    return held((crossed_up & (index < 70.0)).tolist(), crossed_down.tolist())


PLAIN: dict[str, Callable[[pd.DataFrame], Series]] = {
    function.__name__: function
    for function in (
        buy_and_hold,
        sma_cross,
        ema_cross,
        macd,
        rsi_reversion,
        bollinger_reversion,
        donchian_breakout,
        momentum,
        trend_filter,
        signals,
        rules,
    )
}


def final_value(bars: pd.DataFrame, targets: Series) -> float:
    """Return what trading the targets at the next open leaves, at the last close."""
    cash, shares = CASH, 0.0
    opens, last = bars["open"].tolist(), bars["close"].iloc[-1]
    for price, level in zip(opens[1:], targets, strict=False):
        cash -= (level * SHARES - shares) * price
        shares = level * SHARES
    return cash + shares * last


def answer(bars: pd.DataFrame, targets: Series) -> dict[str, object]:
    """Return the changes of a target by date, and the money they make."""
    days = bars.index.strftime("%Y-%m-%d")
    before = [0.0, *targets]
    changes = [
        [day, level]
        for day, level, previous in zip(days, targets, before, strict=False)
        if level != previous
    ]
    return {"changes": changes, "final_value": final_value(bars, targets)}


def main() -> None:
    """Write the file."""
    bars = pd.read_csv(BARS, index_col="date", parse_dates=True)
    answers = {
        "made_by": f"pandas {pd.__version__} and make_targets.py",
        "bars": BARS.name,
        "cash": CASH,
        "shares": SHARES,
        "fill": "next_open",
        "strategies": {name: answer(bars, f(bars)) for name, f in PLAIN.items()},
    }
    path = HERE / "data" / "targets.json"
    path.write_text(json.dumps(answers, indent=1) + "\n")


if __name__ == "__main__":
    main()
