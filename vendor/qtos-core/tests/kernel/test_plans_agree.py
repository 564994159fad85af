"""The kernel and the event loop do the same with a plan, whatever plan and terms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting import (
    BacktestEngine,
    BacktestResult,
    Bars,
    Costs,
    Direction,
    Exits,
    Fill,
    OrderPlan,
    PassThroughRiskManager,
    ReplayOrders,
    Sizing,
    SizingRule,
    Terms,
    simulate_orders,
)
from backtesting.feed import open_feed
from qtos_core import Portfolio

SEEDS = st.integers(0, 2**32 - 1)
EXAMPLES = settings(max_examples=100, deadline=None)


def random_bars(rng: np.random.Generator) -> Bars:
    size = int(rng.integers(1, 60))
    path = rng.uniform(1, 500) * np.cumprod(rng.uniform(0.7, 1.4, 2 * size))
    opening, close = path[::2], path[1::2]
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01", "D") + np.arange(size),
        open=opening,
        high=np.maximum(opening, close) * (1.0 + rng.uniform(0, 0.2, size)),
        low=np.minimum(opening, close) * (1.0 - rng.uniform(0, 0.2, size)),
        close=close,
        volume=(rng.random(size) < 0.8).astype(np.float64),
    )


def random_terms(rng: np.random.Generator) -> Terms:
    def maybe(low: float, high: float) -> float | None:
        return rng.uniform(low, high) if rng.random() < 0.4 else None

    exits = Exits(
        stop_loss_pct=maybe(0.5, 40.0),
        take_profit_pct=maybe(0.5, 40.0),
        trailing_stop_pct=maybe(0.5, 40.0),
        max_holding_bars=int(rng.integers(1, 8)) if rng.random() < 0.3 else None,
    )
    has_stop = exits.stop_loss_pct or exits.trailing_stop_pct
    rules = [rule for rule in SizingRule if has_stop or rule != "risk_per_trade"]
    return Terms(
        initial_cash=float(rng.choice([1_000.0, 100_000.0])),
        fill=Fill(rng.choice(list(Fill))),
        direction=Direction(rng.choice(list(Direction))),
        costs=Costs(
            commission_bps=float(rng.choice([0.0, 5.0])),
            commission_minimum=float(rng.choice([0.0, 1.0])),
            slippage_bps=float(rng.choice([0.0, 50.0])),
            borrow_bps_per_year=float(rng.choice([0.0, 300.0])),
        ),
        sizing=Sizing(
            rule=SizingRule(rng.choice(rules)),
            quantity=float(rng.choice([1.0, 50.0, 333.3])),
            percent=float(rng.choice([1.0, 30.0, 100.0])),
            volatility_bars=2,
            lot_size=float(rng.choice([0.0, 0.1, 1.0])),
        ),
        exits=exits,
    )


def random_plan(rng: np.random.Generator, bars: int, *, own: bool) -> OrderPlan:
    """Return signals that each may be held for some bars, exits first."""
    count = int(rng.integers(0, 40))
    hold = int(rng.integers(0, 6))
    starts = np.sort(rng.integers(0, bars, count))
    sides = rng.choice([1, 1, -1], count)
    units = rng.choice([0.1, 0.2, 0.3, 7.0, 12.5, 1e5], count)
    units[rng.random(count) < 0.4 if own else slice(None)] = np.nan
    rows = [(start, 1, i) for i, start in enumerate(starts)]
    rows += [(start + hold, 0, i) for i, start in enumerate(starts) if hold]
    rows.sort()
    row_of = {i: row for row, (_, opens, i) in enumerate(rows) if opens}
    return OrderPlan.of(
        bar=[bar for bar, _, _ in rows],
        side=[sides[i] if opens else -sides[i] for _, opens, i in rows],
        quantity=[units[i] if opens else np.nan for _, opens, i in rows],
        closes=[-1 if opens else row_of[i] for _, opens, i in rows],
    )


def random_run(seed: int) -> tuple[Bars, OrderPlan, Terms]:
    rng = np.random.default_rng(seed)
    bars, terms = random_bars(rng), random_terms(rng)
    own = terms.sizing.rule is SizingRule.FIXED
    return bars, random_plan(rng, len(bars), own=own), terms


def engine_of(plan: OrderPlan, terms: Terms) -> BacktestEngine:
    return BacktestEngine(
        ReplayOrders("SPY", plan, terms),
        PassThroughRiskManager(),
        Portfolio(cash=terms.initial_cash),
        terms=terms,
    )


class TestTheTwoPaths:
    @given(SEEDS)
    @EXAMPLES
    def test_give_the_same_to_the_last_bit(self, seed: int) -> None:
        bars, plan, terms = random_run(seed)

        kernel = simulate_orders(bars, plan, terms)
        events = engine_of(plan, terms).run(bars, "SPY").simulation

        assert events is not None
        assert events.counts == kernel.counts
        assert events.delayed == kernel.delayed
        assert events.plan_outcome == kernel.plan_outcome
        for ours, theirs in (
            (events.fills.matrix, kernel.fills.matrix),
            (events.rejections.matrix, kernel.rejections.matrix),
            (events.equity, kernel.equity),
            (events.position, kernel.position),
            (events.closed_lots.matrix, kernel.closed_lots.matrix),
        ):
            np.testing.assert_array_equal(ours, theirs)

    @given(SEEDS)
    @EXAMPLES
    def test_account_for_every_order_and_hold_what_is_allowed(self, seed: int) -> None:
        bars, plan, terms = random_run(seed)

        done = simulate_orders(bars, plan, terms)

        counts, outcome = done.counts, done.plan_outcome
        assert counts.emitted == counts.filled + counts.rejected + counts.expired
        assert outcome is not None
        by_rule = sum(why not in {"entry", "exit"} for why in done.fills.reason)
        asked = len(plan.before(len(bars)))
        asked -= outcome.without_effect + outcome.closed_nothing
        assert counts.emitted == asked + by_rule
        sign = {Direction.LONG: 1.0, Direction.SHORT: -1.0}.get(terms.direction, 0.0)
        assert (done.position * sign >= 0.0).all()
        assert not 0.0 < abs(done.position[-1]) < 1e-9

    @given(SEEDS, st.integers(1, 59))
    @EXAMPLES
    def test_do_not_know_the_future(self, seed: int, cut: int) -> None:
        bars, plan, terms = random_run(seed)
        cut = min(cut, len(bars))
        start = bars.between(None, bars.timestamps[cut - 1] + np.timedelta64(1, "ns"))

        whole = simulate_orders(bars, plan, terms)
        part = simulate_orders(start, plan.before(cut), terms)

        np.testing.assert_array_equal(whole.equity[:cut], part.equity)
        np.testing.assert_array_equal(whole.position[:cut], part.position)


class TestReplayOrders:
    def test_runs_twice_with_equal_results(self) -> None:
        bars, plan, terms = random_run(7)
        engine = engine_of(plan, terms)

        first, second = engine.run(bars, "SPY"), engine.run(bars, "SPY")

        assert first.trades == second.trades
        assert outcome(first) == outcome(second)

    def test_needs_a_portfolio(self) -> None:
        bars, _, _ = random_run(1)
        plan = OrderPlan.of(bar=[0], side=[1])
        strategy = ReplayOrders("SPY", plan, Terms())
        event = next(open_feed(bars, "SPY").events())

        with pytest.raises(ValueError, match="portfolio"):
            strategy.on_event(event)


def outcome(result: BacktestResult) -> object:
    assert result.simulation is not None
    return result.simulation.plan_outcome
