"""Worlds whose truth is known: prices, what a caller does in them, and what is owed.

Each draws bars and a strategy from a seed, and asks for the two conditions of the
README.  A world without skill has nothing to find: whatever passes, passes by luck.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Request = dict[str, Any]

INDEX = Path(__file__).parents[2] / "vendor/qtos-core/examples/data/sp500.csv"
DAY_VOLATILITY = 0.01
CONDITIONS = ["sharpe_ratio > 0.5", "max_drawdown_pct < 30"]
ANY_RETURN = ["total_return_pct > 0"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """What share may pass, or must, of each policy; None is measured and told."""

    standard: float | None
    strict: float | None
    at_least: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """One row of the table.

    `draw` gives the requests of one world, tried in order until one passes; `agents`
    says that each comes under a name of its own.
    """

    name: str
    draw: Callable[[np.random.Generator], list[Request]]
    goal: Goal
    agents: bool = False


def bars_of(
    closes: Floats, opens: Floats | None = None, *, step: str = "weekday"
) -> dict[str, list[Any]]:
    """Return columns of bars that end yesterday."""
    end = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if step == "minute":
        days = pd.bdate_range(end=(end - timedelta(days=1)).date(), periods=200)
        minutes = [
            day + pd.Timedelta(minutes=570 + m) for day in days for m in range(390)
        ]
        labels = [f"{m:%Y-%m-%dT%H:%M}:00-05:00" for m in minutes[-closes.size :]]
    else:
        days = pd.bdate_range(end=(end - timedelta(days=1)).date(), periods=closes.size)
        labels = days.strftime("%Y-%m-%d").tolist()
    if opens is None:
        opens = np.concatenate((closes[:1], closes[:-1]))
    return {
        "timestamp": labels,
        "open": opens.tolist(),
        "high": np.maximum(opens, closes).tolist(),
        "low": np.minimum(opens, closes).tolist(),
        "close": closes.tolist(),
        "volume": np.full(closes.size, 1e6).tolist(),
    }


def walk(draw: np.random.Generator, bars: int, *, drift: float = 0.0) -> Floats:
    """Return closes of independent returns; `drift` is their mean of a year."""
    steps = draw.normal(drift / 252, DAY_VOLATILITY, bars)
    return np.asarray(100.0 * np.cumprod(1.0 + steps))


def holding(
    bars: Mapping[str, list[Any]], entries: Floats, hold: int, **changed: Any
) -> Request:
    """Return a request that buys at some bars and holds each for a time."""
    labels = bars["timestamp"]
    signals = {
        "timestamp": [labels[int(row)] for row in entries],
        "side": ["buy"] * len(entries),
    }
    request: Request = {
        "data_source": "inline",
        "symbol": "WORLD",
        "bars": bars,
        "strategy_type": "signals",
        "strategy_params": {"signals": signals, "hold_bars": hold},
        "sizing": {"rule": "percent_of_equity", "percent": 99},
        "gate": {"conditions": CONDITIONS},
    }
    return request | changed


def spaced(draw: np.random.Generator, bars: int, every: int, hold: int) -> Floats:
    """Return one entry in each stretch of `every` bars, anywhere it fits."""
    starts = np.arange(0, bars - every - 2, every)
    return starts + draw.integers(0, every - hold, starts.size)


def random_walk(years: int) -> Callable[[np.random.Generator], list[Request]]:
    """Draw a walk without drift, held for ten of twenty days, whichever."""

    def draw(random: np.random.Generator) -> list[Request]:
        count = 252 * years
        bars = bars_of(walk(random, count))
        return [holding(bars, spaced(random, count, 20, 10), 10)]

    return draw


def drifting(hold: int, every: int) -> Callable[[np.random.Generator], list[Request]]:
    """Draw a walk that rises 8 % a year, held at random."""

    def draw(random: np.random.Generator) -> list[Request]:
        count = 252 * 5
        bars = bars_of(walk(random, count, drift=0.08))
        return [holding(bars, spaced(random, count, every, hold), hold)]

    return draw


def on_the_index(
    hold: int, every: int
) -> Callable[[np.random.Generator], list[Request]]:
    """Draw ways to hold ten real years that rose, at random."""
    frame = pd.read_csv(INDEX)
    frame = frame[frame["date"] >= "2009-01-01"]
    closes = frame["close"].to_numpy(dtype=np.float64)
    opens = frame["open"].to_numpy(dtype=np.float64)

    def draw(random: np.random.Generator) -> list[Request]:
        bars = bars_of(closes, opens)
        return [holding(bars, spaced(random, closes.size, every, hold), hold)]

    return draw


def ideas(drift: float = 0.0) -> Callable[[np.random.Generator], list[Request]]:
    """Draw twenty ways to hold one walk at random, one after the other."""

    def draw(random: np.random.Generator) -> list[Request]:
        count = 252 * 5
        bars = bars_of(walk(random, count, drift=drift))
        found = []
        for number in range(20):
            hold = int(random.integers(3, 15))
            entries = spaced(random, count, hold * 2, hold)
            request = holding(bars, entries, hold)
            found.append(request | {"symbol": f"IDEA{number}"})
        return found

    return draw


def jump(random: np.random.Generator) -> list[Request]:
    """One jump of 30 % up or down by a fair coin in 300 bars, held."""
    steps = random.normal(0.0, 0.0005, 300)
    up = random.random() < 0.5
    steps[int(random.integers(20, 280))] += np.log(1.3) if up else np.log(0.7)
    bars = bars_of(np.asarray(100.0 * np.exp(np.cumsum(steps))))
    request = holding(bars, np.array([2.0]), 290)
    return [
        request
        | {
            "strategy_type": "buy_and_hold",
            "strategy_params": {},
            "gate": {"conditions": ANY_RETURN},
        }
    ]


def monthly_marks(years: int) -> Callable[[np.random.Generator], list[Request]]:
    """Monthly marks drawn as a line, so that days repeat the month's return."""

    def draw(random: np.random.Generator) -> list[Request]:
        months = 12 * years
        marks = 100.0 * np.cumprod(1.0 + random.normal(0.0, 0.03, months + 1))
        days = np.interp(np.arange(months * 21) / 21.0, np.arange(months + 1), marks)
        bars = bars_of(days)
        request = holding(bars, np.array([2.0]), months * 21 - 5)
        held = {"strategy_type": "buy_and_hold", "strategy_params": {}}
        return [request | held | {"gate": {"conditions": ANY_RETURN}}]

    return draw


def rare_crashes(
    count: int, years: float = 1.0
) -> Callable[[np.random.Generator], list[Request]]:
    """Small gains and rare crashes, mean zero: most years never see one."""

    def draw(random: np.random.Generator) -> list[Request]:
        found = []
        for _ in range(count):
            size = int(252 * years)
            crash = random.random(size) < 1 / 250
            steps = np.where(crash, -0.125, 0.0005) + random.normal(0, 0.002, size)
            bars = bars_of(np.asarray(100.0 * np.cumprod(1.0 + steps)))
            request = holding(bars, np.array([2.0]), size - 5)
            held = {"strategy_type": "buy_and_hold", "strategy_params": {}}
            found.append(request | held | {"gate": {"conditions": ANY_RETURN}})
        return found

    return draw


def autoregressive(random: np.random.Generator) -> list[Request]:
    """AR(1) of 0.3 and mean zero, held: the plain error is a third too small."""
    count = 252 * 5
    shocks = random.normal(0.0, DAY_VOLATILITY, count)
    steps = np.empty(count)
    steps[0] = shocks[0]
    for row in range(1, count):
        steps[row] = 0.3 * steps[row - 1] + shocks[row]
    bars = bars_of(np.asarray(100.0 * np.cumprod(1.0 + steps)))
    request = holding(bars, np.array([2.0]), count - 5)
    held = {"strategy_type": "buy_and_hold", "strategy_params": {}}
    return [request | held | {"gate": {"conditions": ANY_RETURN}}]


def bounce(random: np.random.Generator) -> list[Request]:
    """Minutes of a walk seen at bid or ask, 3 bp either side: fade it, no costs."""
    count = 390 * 40
    middle = np.cumsum(random.normal(0.0, 0.0002, count))
    side = np.where(random.random(count) < 0.5, -0.0003, 0.0003)
    closes = np.asarray(100.0 * np.exp(middle + side))
    bars = bars_of(closes, step="minute")
    rules = {"entry": "close < shift(close, 1)", "exit": "close > shift(close, 1)"}
    return [
        {
            "data_source": "inline",
            "symbol": "WORLD",
            "bars": bars,
            "strategy_type": "rules",
            "strategy_params": rules,
            "fill": "close",
            "sizing": {"rule": "percent_of_equity", "percent": 99},
            "gate": {"conditions": CONDITIONS},
        }
    ]


def skilled(
    sharpe: float, years: int, drift: float = 0.0
) -> Callable[[np.random.Generator], list[Request]]:
    """Half of the days are held, those that are better by what the ratio takes."""

    def draw(random: np.random.Generator) -> list[Request]:
        count = 252 * years
        hold, every = 5, 10
        entries = spaced(random, count, every, hold)
        held = np.zeros(count, dtype=np.bool_)
        for entry in entries.astype(int):
            # Bought at the open after the signal, sold at the open `hold` bars on.
            held[entry + 1 : entry + 1 + hold] = True
        share = held.mean()
        # Timing: long against flat earns what is above the mean of all days.
        edge = sharpe * DAY_VOLATILITY / np.sqrt(252.0) / np.sqrt(share)
        steps = random.normal(drift / 252, DAY_VOLATILITY, count)
        steps += np.where(held, edge, -edge * share / (1 - share))
        bars = bars_of(np.asarray(100.0 * np.exp(np.cumsum(steps))))
        return [holding(bars, entries, hold)]

    return draw


WORLDS: tuple[World, ...] = (
    World(
        name="random walk, random ten-day holding, 5 years",
        draw=random_walk(5),
        goal=Goal(standard=6, strict=3),
    ),
    World(
        name="the same, 10 years",
        draw=random_walk(10),
        goal=Goal(standard=6, strict=3),
    ),
    World(
        name="drift of 8 % a year, 20 of 22 days held",
        draw=drifting(20, 22),
        goal=Goal(standard=6, strict=3),
    ),
    World(
        name="drift of 8 % a year, 5 of 10 days held",
        draw=drifting(5, 10),
        goal=Goal(standard=6, strict=3),
    ),
    World(
        name="the index of 2009-18, 20 of 22 days held",
        draw=on_the_index(20, 22),
        goal=Goal(standard=6, strict=3),
    ),
    World(
        name="the index of 2009-18, 5 of 10 days held",
        draw=on_the_index(5, 10),
        goal=Goal(standard=6, strict=3),
    ),
    World(
        name="twenty ideas on a walk, act on the first pass",
        draw=ideas(),
        goal=Goal(standard=None, strict=6),
    ),
    World(
        name="twenty ideas on a drift of 8 %",
        draw=ideas(0.08),
        goal=Goal(standard=None, strict=6),
    ),
    World(
        name="twenty ideas, a new agent id and symbol each",
        draw=ideas(0.08),
        goal=Goal(standard=None, strict=6),
        agents=True,
    ),
    World(
        name="one jump of 30 % up or down in 300 bars, held",
        draw=jump,
        goal=Goal(standard=8, strict=4),
    ),
    World(
        name="monthly marks drawn as a line, 3 years",
        draw=monthly_marks(3),
        goal=Goal(standard=8, strict=4),
    ),
    World(
        name="monthly marks drawn as a line, 6 years",
        draw=monthly_marks(6),
        goal=Goal(standard=8, strict=4),
    ),
    World(
        name="small gains and rare crashes, 1 year",
        draw=rare_crashes(1),
        goal=Goal(standard=8, strict=4),
    ),
    World(
        name="the best of twenty of these",
        draw=rare_crashes(20),
        goal=Goal(standard=8, strict=4),
    ),
    World(
        name="AR(1) of 0.3, 5 years, held",
        draw=autoregressive,
        goal=Goal(standard=8, strict=4),
    ),
    World(
        name="minutes with a half-spread of 3 bp, faded",
        draw=bounce,
        goal=Goal(standard=8, strict=4),
    ),
    World(
        name="power: timing Sharpe 1.5, 5 years",
        draw=skilled(1.5, 5),
        goal=Goal(standard=70, strict=None, at_least=True),
    ),
    World(
        name="power: timing Sharpe 1.5, 5 years, drift of 8 %",
        draw=skilled(1.5, 5, 0.08),
        goal=Goal(standard=70, strict=None, at_least=True),
    ),
    World(
        name="power: timing Sharpe 2, 10 years",
        draw=skilled(2.0, 10),
        goal=Goal(standard=70, strict=80, at_least=True),
    ),
    World(
        name="power: timing Sharpe 2, 10 years, drift of 8 %",
        draw=skilled(2.0, 10, 0.08),
        goal=Goal(standard=70, strict=80, at_least=True),
    ),
)
