"""The kernel and the event loop do the same, whatever bars, targets and terms."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from backtesting import (
    BacktestEngine,
    BacktestResult,
    Bars,
    Costs,
    Direction,
    Exits,
    Fill,
    PassThroughRiskManager,
    ReplayStrategy,
    Simulation,
    Sizing,
    SizingRule,
    Terms,
    compute_metrics,
    simulate,
)
from qtos_core import Portfolio

PRICES = st.floats(1.0, 500.0)
STEPS = st.floats(0.6, 1.6)
LEVELS = st.sampled_from([0.0, 1.0, -1.0, 2.0, 0.5, -0.5, 1.0 / 3.0, -2.0])
VOLUMES = st.sampled_from([1.0, 1.0, 1.0, 0.0])
PERCENT = st.one_of(st.none(), st.floats(0.5, 40.0))


@st.composite
def bars(draw: st.DrawFn) -> Bars:
    size = draw(st.integers(1, 40))
    moves = np.array(draw(st.lists(STEPS, min_size=2 * size, max_size=2 * size)))
    path = draw(PRICES) * np.cumprod(np.clip(moves, 0.6, 1.6))
    path = np.clip(path, 1e-12, 1e12)  # well within what the contract allows
    opening, close = path[::2], path[1::2]
    wick = st.floats(0.0, 0.2)
    up = np.array(draw(st.lists(wick, min_size=size, max_size=size)))
    down = np.array(draw(st.lists(wick, min_size=size, max_size=size)))
    return Bars.checked(
        timestamps=np.datetime64("2020-01-01", "D") + np.arange(size),
        open=opening,
        high=np.maximum(opening, close) * (1.0 + up),
        low=np.minimum(opening, close) * (1.0 - down),
        close=close,
        volume=np.array(draw(st.lists(VOLUMES, min_size=size, max_size=size))),
    )


@st.composite
def any_terms(draw: st.DrawFn) -> Terms:
    exits = Exits(
        stop_loss_pct=draw(PERCENT),
        take_profit_pct=draw(PERCENT),
        trailing_stop_pct=draw(PERCENT),
        max_holding_bars=draw(st.one_of(st.none(), st.integers(1, 6))),
    )
    has_stop = exits.stop_loss_pct or exits.trailing_stop_pct
    rules = [rule for rule in SizingRule if has_stop or rule != "risk_per_trade"]
    costs = Costs(
        commission_bps=draw(st.sampled_from([0.0, 5.0, 100.0])),
        commission_per_share=draw(st.sampled_from([0.0, 0.01])),
        commission_minimum=draw(st.sampled_from([0.0, 1.0])),
        slippage_bps=draw(st.sampled_from([0.0, 2.0, 50.0])),
        borrow_bps_per_year=draw(st.sampled_from([0.0, 300.0])),
    )
    sizing = Sizing(
        rule=draw(st.sampled_from(rules)),
        quantity=draw(st.sampled_from([1.0, 50.0, 333.3])),
        percent=draw(st.sampled_from([1.0, 50.0, 100.0])),
        volatility_bars=draw(st.sampled_from([2, 5])),
        lot_size=draw(st.sampled_from([0.0, 0.1, 1.0, 10.0])),
    )
    return Terms(
        initial_cash=draw(st.sampled_from([1_000.0, 100_000.0])),
        fill=draw(st.sampled_from(list(Fill))),
        direction=draw(st.sampled_from(list(Direction))),
        costs=costs,
        sizing=sizing,
        exits=exits,
    )


def replay(series: Bars, targets: list[float], terms: Terms) -> BacktestResult:
    engine = BacktestEngine(
        ReplayStrategy("SPY", targets, terms),
        PassThroughRiskManager(),
        Portfolio(cash=terms.initial_cash),
        terms=terms,
    )
    return engine.run(series, symbol="SPY")


@st.composite
def runs(draw: st.DrawFn) -> tuple[Bars, list[float], Terms]:
    series = draw(bars())
    targets = draw(st.lists(LEVELS, min_size=len(series), max_size=len(series)))
    return series, targets, draw(any_terms())


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """Compile before hypothesis watches the clock."""
    series = Bars.checked(
        timestamps=np.array(["2020-01-01"], dtype="datetime64[D]"),
        open=[1.0],
        high=[1.0],
        low=[1.0],
        close=[1.0],
        volume=[0.0],
    )
    replay(series, [1.0], Terms())
    assert len(simulate(series, [1.0], Terms()).closed_lots) == 0


class TestTheTwoPaths:
    @given(runs())
    @settings(
        max_examples=100,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    def test_give_fills_equity_and_metrics_that_are_equal_to_the_last_bit(
        self, run: tuple[Bars, list[float], Terms]
    ) -> None:
        series, targets, terms = run

        kernel = simulate(series, targets, terms)
        result = replay(series, targets, terms)
        events = result.simulation

        assert events is not None
        assert events.counts == kernel.counts
        assert events.delayed == kernel.delayed
        np.testing.assert_array_equal(events.fills.matrix, kernel.fills.matrix)
        np.testing.assert_array_equal(
            events.rejections.matrix, kernel.rejections.matrix
        )
        np.testing.assert_array_equal(events.equity, kernel.equity)
        np.testing.assert_array_equal(events.position, kernel.position)
        np.testing.assert_array_equal(
            events.closed_lots.matrix, kernel.closed_lots.matrix
        )
        times = [time for time, _ in result.equity_curve]
        curve = list(zip(times, kernel.equity.tolist(), strict=True))
        ours = compute_metrics(terms.initial_cash, result.equity_curve)
        theirs = compute_metrics(terms.initial_cash, curve)
        assert repr(ours) == repr(theirs)  # NaN is not equal to itself

    @given(runs())
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    def test_account_for_every_order_and_every_unit_of_money(
        self, run: tuple[Bars, list[float], Terms]
    ) -> None:
        series, targets, terms = run

        simulation = simulate(series, targets, terms)

        counts = simulation.counts
        assert counts.emitted == counts.filled + counts.rejected + counts.expired
        assert len(simulation.fills) == counts.filled
        assert len(simulation.rejections) == counts.rejected + counts.expired
        self._assert_money_adds_up(simulation, series, terms)

    def _assert_money_adds_up(
        self, simulation: Simulation, series: Bars, terms: Terms
    ) -> None:
        fills = simulation.fills
        paid = (fills.side * fills.notional + fills.commission).sum()
        cash = terms.initial_cash - paid - simulation.borrow_fees
        units = (fills.side * fills.quantity).sum()
        scale = terms.initial_cash + fills.notional.sum()
        worth = cash + units * series.close[-1]
        assert simulation.equity[-1] == pytest.approx(worth, abs=1e-9 * scale)
        if simulation.position[-1] == 0.0:
            profit = simulation.closed_lots.pnl.sum()
            gain = simulation.equity[-1] - terms.initial_cash
            assert gain == pytest.approx(profit, abs=1e-9 * scale)

    @given(runs())
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    def test_never_hold_what_the_direction_forbids_or_cash_cannot_pay(
        self, run: tuple[Bars, list[float], Terms]
    ) -> None:
        series, targets, terms = run

        simulation = simulate(series, targets, terms)

        if terms.direction is Direction.LONG:
            assert (simulation.position >= 0.0).all()
        if terms.direction is Direction.SHORT:
            assert (simulation.position <= 0.0).all()
        cash = simulation.equity - simulation.position * series.close
        is_long = simulation.position > 0.0
        # An exit always goes through, also one whose least commission is more than
        # it brings in.
        exits = len(simulation.fills) - simulation.fills.reason.count("entry")
        owed = exits * terms.costs.commission_minimum + 1e-9 * terms.initial_cash
        assert (cash[is_long] >= -owed).all()

    @given(runs(), st.integers(1, 39))
    @settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
    def test_do_not_know_the_future(
        self, run: tuple[Bars, list[float], Terms], cut: int
    ) -> None:
        series, targets, terms = run
        cut = min(cut, len(series))
        start = Bars(
            **{
                name: getattr(series, name)[:cut]
                for name in ("timestamps", "open", "high", "low", "close", "volume")
            }
        )

        whole = simulate(series, targets, terms)
        part = simulate(start, targets[:cut], terms)

        np.testing.assert_array_equal(whole.equity[:cut], part.equity)
        np.testing.assert_array_equal(whole.position[:cut], part.position)
