"""No strategy looks ahead, and the check that says so catches those that would."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting import Bars, Direction, Fill, OrderPlan, Terms
from orchestrator.backtest_runner.lookahead import PERTURBATIONS, validate_no_lookahead
from orchestrator.deadline import Deadline
from orchestrator.errors import BudgetExceededError
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.spec import StrategyParams
from orchestrator.strategies.base import Decide, Decision, StrategyDefinition
from orchestrator.strategies.registry import STRATEGIES
from tests.unit.strategies.bar_makers import random_bars
from tests.unit.strategies.rules.texts import conditions

EXAMPLES = settings(max_examples=60, deadline=None)

small = st.integers(2, 12)


def pairs(low: str, high: str) -> st.SearchStrategy[dict[str, object]]:
    return st.tuples(small, small).map(
        lambda pair: {low: pair[0], high: pair[0] + pair[1]}
    )


@st.composite
def histories(draw: st.DrawFn) -> dict[str, object]:
    days = draw(st.lists(st.integers(-5, 140), min_size=1, max_size=40))
    sides = draw(
        st.lists(
            st.sampled_from(["buy", "sell"]), min_size=len(days), max_size=len(days)
        )
    )
    hours = draw(st.sampled_from(["", "T00:00Z", "T15:30Z"]))
    first = np.datetime64("2020-01-01", "D")
    return {
        "signals": {
            "timestamp": [f"{first + day}{hours}" for day in days],
            "side": sides,
        },
        "hold_bars": draw(st.none() | small),
    }


PARAMS: dict[str, st.SearchStrategy[dict[str, object]]] = {
    "buy_and_hold": st.just({}),
    "sma_cross": pairs("fast", "slow"),
    "ema_cross": pairs("fast", "slow"),
    "macd": st.tuples(pairs("fast", "slow"), small).map(
        lambda both: {**both[0], "signal": both[1]}
    ),
    "rsi_reversion": small.map(
        lambda bars: {"period": bars, "lower": 40.0, "upper": 60.0}
    ),
    "bollinger_reversion": small.map(lambda bars: {"period": bars, "width": 1.0}),
    "donchian_breakout": st.fixed_dictionaries({"entry": small, "exit": small}),
    "momentum": pairs("skip", "lookback"),
    "trend_filter": small.map(lambda bars: {"period": bars}),
    "signals": histories(),
    "rules": st.fixed_dictionaries({"entry": conditions(), "exit": conditions()}),
}


def params_of(name: str, raw: dict[str, object]) -> StrategyParams:
    loaded: StrategyParams = load(STRATEGIES[name].params, raw, under=STRATEGY_PARAMS)
    return loaded


class TestEveryStrategy:
    def test_is_tried_here(self) -> None:
        assert PARAMS.keys() == STRATEGIES.keys()

    @pytest.mark.parametrize("name", STRATEGIES)
    @EXAMPLES
    @given(data=st.data())
    def test_decides_the_same_whatever_comes_after(
        self, name: str, data: st.DataObject
    ) -> None:
        params = params_of(name, data.draw(PARAMS[name]))
        size = data.draw(st.integers(2, 130))
        bars = random_bars(data.draw(st.integers(0, 2**32 - 1)), size)
        terms = Terms(direction=data.draw(st.sampled_from(Direction)))
        cut = data.draw(st.integers(0, size - 2))
        perturb = PERTURBATIONS[data.draw(st.sampled_from(sorted(PERTURBATIONS)))]

        decision = STRATEGIES[name].decide(bars, params, terms)
        changed = STRATEGIES[name].decide(perturb(bars, cut), params, terms)

        known = slice(cut + 1)
        assert (
            changed.target_positions[known].tobytes()
            == decision.target_positions[known].tobytes()
        )
        assert _orders(changed, cut) == _orders(decision, cut)

    @pytest.mark.parametrize("name", STRATEGIES)
    @EXAMPLES
    @given(data=st.data())
    def test_gives_one_finite_level_a_bar_on_the_side_allowed(
        self, name: str, data: st.DataObject
    ) -> None:
        params = params_of(name, data.draw(PARAMS[name]))
        bars = random_bars(
            data.draw(st.integers(0, 2**32 - 1)), data.draw(st.integers(1, 60))
        )
        direction = data.draw(st.sampled_from(Direction))

        targets = (
            STRATEGIES[name]
            .decide(bars, params, Terms(direction=direction))
            .target_positions
        )

        assert targets.shape == (len(bars),)
        assert targets.dtype == np.float64
        assert np.isfinite(targets).all()
        assert direction is not Direction.LONG or (targets >= 0.0).all()
        assert direction is not Direction.SHORT or (targets <= 0.0).all()

    @pytest.mark.parametrize("name", STRATEGIES)
    def test_passes_the_check_that_clients_may_ask_for(self, name: str) -> None:
        params = params_of(name, _usual(name))

        report = validate_no_lookahead(
            STRATEGIES[name], params, random_bars(11, 600), Terms()
        )

        assert not report.lookahead_found
        assert report.cut_points > 5
        assert report.target_changes > 0


def _orders(decision: Decision, cut: int) -> bytes:
    plan = decision.plan
    return b"" if plan is None else plan.before(cut + 1).matrix.tobytes()


def _usual(name: str) -> dict[str, object]:
    return {
        "signals": {
            "signals": [{"timestamp": "2020-06-01", "side": "buy"}],
            "hold_bars": 20,
        },
        "rules": {"entry": "close > sma(close, 20)", "exit": "close < sma(close, 20)"},
    }.get(name, {})


def peeking(shift: int) -> StrategyDefinition:
    """Return a strategy that holds on bars whose close is `shift` bars early."""

    def decide(bars: Bars, params: StrategyParams, terms: Terms) -> Decision:
        targets = np.zeros(len(bars))
        targets[:-shift] = bars.close[shift:] > bars.close[:-shift]
        return Decision(target_positions=targets)

    return StrategyDefinition(
        name="peeking",
        description="Looks ahead.",
        params=StrategyParams,
        default_fill=Fill.CLOSE,
        decide=decide,
    )


def normalizing(bars: Bars, params: StrategyParams, terms: Terms) -> Decision:
    """Hold below the mean of all closes, also those to come."""
    return Decision(
        target_positions=(bars.close < bars.close.mean()).astype(np.float64)
    )


def sized_by_the_last(bars: Bars, params: StrategyParams, terms: Terms) -> Decision:
    """Order as much as the last close says, at targets that do not show it."""
    plan = OrderPlan.of(bar=[0], side=[1], quantity=[bars.close[-1]])
    return Decision(target_positions=np.ones(len(bars)), plan=plan)


def left_before_a_fall(bars: Bars, params: StrategyParams, terms: Terms) -> Decision:
    """Order a sale on bar 1 only if the last close is lower."""
    sides = [1, -1] if bars.close[-1] < bars.close[0] else [1]
    plan = OrderPlan.of(bar=range(len(sides)), side=sides)
    return Decision(target_positions=np.ones(len(bars)), plan=plan)


class TestValidateNoLookahead:
    @pytest.mark.parametrize(
        ("decide", "bar"), [(sized_by_the_last, 0), (left_before_a_fall, 1)]
    )
    def test_catches_orders_that_levels_do_not_show(
        self, decide: Decide, bar: int
    ) -> None:
        definition = replace(peeking(1), decide=decide)

        report = validate_no_lookahead(
            definition, StrategyParams(), random_bars(1, 300), Terms()
        )

        assert report.difference is not None
        assert report.difference.bar == bar

    @pytest.mark.parametrize("shift", [1, 5])
    def test_catches_a_look_at_the_next_bars(self, shift: int) -> None:
        report = validate_no_lookahead(
            peeking(shift), StrategyParams(), random_bars(1, 300), Terms()
        )

        assert report.lookahead_found
        assert report.difference is not None
        assert report.difference.bar <= report.difference.cut_point

    def test_catches_a_mean_over_all_bars(self) -> None:
        definition = replace(peeking(1), decide=normalizing)

        report = validate_no_lookahead(
            definition, StrategyParams(), random_bars(2, 300), Terms()
        )

        assert report.to_json()["lookahead_found"] is True

    @pytest.mark.parametrize("size", [1, 2, 3])
    def test_takes_data_of_few_bars(self, size: int) -> None:
        report = validate_no_lookahead(
            STRATEGIES["buy_and_hold"],
            params_of("buy_and_hold", {}),
            random_bars(3, size),
            Terms(),
        )

        assert not report.lookahead_found
        assert report.cut_points == size - 1

    def test_keeps_to_its_budget(self) -> None:
        spent = Deadline(at=0.0, clock=lambda: 1.0)

        with pytest.raises(BudgetExceededError, match="look-ahead"):
            validate_no_lookahead(
                peeking(1),
                StrategyParams(),
                random_bars(4, 30),
                Terms(),
                deadline=spent,
            )
