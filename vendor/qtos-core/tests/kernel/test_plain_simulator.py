"""The kernel against a simulator in plain Python, over random bars, levels and terms.

`QTOS_CASES` sets how many cases are tried; 18,000 were, without a difference.
"""

from __future__ import annotations

import os

import numpy as np
import pytest

from backtesting import (
    Bars,
    Costs,
    Direction,
    Exits,
    Fill,
    Sizing,
    SizingRule,
    Terms,
    simulate,
)

from .plain_simulator import Plain

CASES = int(os.environ.get("QTOS_CASES", "1500"))
BATCHES = 10


def random_bars(rng: np.random.Generator) -> Bars:
    size = int(rng.integers(2, 50))
    steps = rng.normal(0.0, rng.choice([0.01, 0.05, 0.15]), 2 * size)
    path = rng.choice([1.0, 100.0, 3_000.0]) * np.exp(np.cumsum(steps))
    opening, close = path[::2], path[1::2]
    wick = rng.exponential(0.02, (2, size))
    volume = np.ones(size)
    if rng.random() < 0.3:
        volume = (rng.random(size) < 0.8).astype(np.float64)
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01", "D") + np.arange(size),
        open=opening,
        high=np.maximum(opening, close) * (1.0 + wick[0]),
        low=np.minimum(opening, close) / (1.0 + wick[1]),
        close=close,
        volume=volume,
    )


def random_levels(rng: np.random.Generator, size: int) -> list[float]:
    levels = rng.choice([0.0, 1.0, -1.0], size)
    stays = rng.random(size) < rng.choice([0.3, 0.7, 0.9])
    for bar in range(1, size):
        if stays[bar]:
            levels[bar] = levels[bar - 1]
    return [float(level) for level in levels]


def random_terms(rng: np.random.Generator) -> Terms:
    def maybe(*values: float) -> float | None:
        return float(rng.choice(values)) if rng.random() < 0.4 else None

    holding = maybe(1, 2, 5, 20)
    return Terms(
        initial_cash=float(rng.choice([1_000.0, 100_000.0])),
        fill=list(Fill)[rng.integers(2)],
        direction=list(Direction)[rng.integers(3)],
        costs=Costs(
            commission_bps=float(rng.choice([0.0, 5.0, 100.0])),
            commission_per_share=float(rng.choice([0.0, 0.01])),
            commission_minimum=float(rng.choice([0.0, 1.0])),
            slippage_bps=float(rng.choice([0.0, 2.0, 200.0])),
            borrow_bps_per_year=float(rng.choice([0.0, 300.0])),
        ),
        sizing=Sizing(
            rule=[SizingRule.FIXED, SizingRule.PERCENT_OF_EQUITY, SizingRule.ALL_IN][
                rng.integers(3)
            ],
            quantity=float(rng.choice([0.1, 1.0, 7.3, 50.0])),
            percent=float(rng.choice([10.0, 50.0, 100.0])),
            lot_size=float(rng.choice([0.0, 0.0, 0.1, 1.0])),
        ),
        exits=Exits(
            stop_loss_pct=maybe(0.5, 1.0, 5.0, 20.0),
            take_profit_pct=maybe(0.5, 2.0, 10.0),
            trailing_stop_pct=maybe(1.0, 5.0, 15.0),
            max_holding_bars=None if holding is None else int(holding),
        ),
    )


@pytest.mark.parametrize("batch", range(BATCHES))
def test_the_kernel_does_what_the_plain_simulator_does(batch: int) -> None:
    for case in range(batch, CASES, BATCHES):
        rng = np.random.default_rng([20_261_127, case])
        bars = random_bars(rng)
        levels, terms = random_levels(rng, len(bars)), random_terms(rng)

        done = simulate(bars, levels, terms)
        plain, equity = Plain(bars, levels, terms).run()

        said = f"case {case}: {terms}"
        fills = done.fills
        assert fills.bar.tolist() == [fill[0] for fill in plain.fills], said
        assert [str(why) for why in fills.reason] == [f[3] for f in plain.fills], said
        np.testing.assert_allclose(
            fills.side * fills.quantity, [f[1] for f in plain.fills], rtol=1e-9
        )
        np.testing.assert_allclose(fills.price, [f[2] for f in plain.fills], rtol=1e-9)
        np.testing.assert_allclose(done.equity, equity, rtol=1e-9, atol=1e-6)
        refusals = zip(
            done.rejections.bar.tolist(), map(str, done.rejections.reason), strict=True
        )
        assert list(refusals) == plain.refused, said
