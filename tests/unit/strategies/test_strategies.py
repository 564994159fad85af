"""The registered strategies: hand-worked targets, warm-up and refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from backtesting import Bars, Direction, Fill, Terms
from orchestrator.errors import InvalidRequestError, UnknownStrategyError
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.strategies.base import Decision
from orchestrator.strategies.registry import STRATEGIES, get_strategy
from tests.unit.strategies.bar_makers import closes

SIMPLE = [name for name in STRATEGIES if name not in {"signals", "rules"}]


def decide(
    name: str, bars: Bars, direction: Direction = Direction.LONG, **params: object
) -> Decision:
    strategy = STRATEGIES[name]
    loaded = load(strategy.params, params, under=STRATEGY_PARAMS)
    return strategy.decide(bars, loaded, Terms(direction=direction))


class TestRegistry:
    def test_holds_the_strategies_of_the_contract(self) -> None:
        assert set(STRATEGIES) == {
            "buy_and_hold",
            "sma_cross",
            "ema_cross",
            "macd",
            "rsi_reversion",
            "bollinger_reversion",
            "donchian_breakout",
            "momentum",
            "trend_filter",
            "signals",
            "rules",
        }

    def test_fills_at_the_next_open_whatever_reads_a_bar_first(self) -> None:
        at_close = {n for n, s in STRATEGIES.items() if s.default_fill is Fill.CLOSE}

        assert at_close == {"buy_and_hold"}

    def test_suggests_the_nearest_name(self) -> None:
        with pytest.raises(UnknownStrategyError, match="did you mean 'sma_cross'") as e:
            get_strategy("sma_crss")

        assert e.value.places[0].pointer == "/strategy_type"

    @pytest.mark.parametrize("name", STRATEGIES)
    def test_describes_every_parameter(self, name: str) -> None:
        schema = STRATEGIES[name].schema()

        assert schema["additionalProperties"] is False
        assert all(field["description"] for field in schema["properties"].values())


class TestTargets:
    @pytest.mark.parametrize(
        ("name", "params", "prices", "targets"),
        [
            # Averages 1.5, 2.5, ... and so on: below, then across on the bar of 9.
            ("sma_cross", {"fast": 1, "slow": 2}, [9, 8, 9, 9, 8], [0, 0, 1, 1, -1]),
            # Above from the first pair on is no crossing.
            ("sma_cross", {"fast": 1, "slow": 2}, [1, 2, 3, 4, 5], [0, 0, 0, 0, 0]),
            # A tie between two bars above is none either, one on the way down is.
            ("sma_cross", {"fast": 1, "slow": 2}, [9, 8, 9, 9, 9], [0, 0, 1, 1, 1]),
            ("ema_cross", {"fast": 1, "slow": 2}, [9, 8, 9, 9, 8], [0, 0, 1, 1, -1]),
            # Indices 0 (only losses), 50 and 75: 1 up, 1 down; then 2 of 3.
            (
                "rsi_reversion",
                {"period": 2, "lower": 30, "upper": 70},
                [9, 8, 7, 8, 9, 9],
                [0, 0, 1, 1, -1, -1],
            ),
            # Mean 28/3, deviation sqrt(2)/3 on bar 3: 8.86 is the lower band.
            (
                "bollinger_reversion",
                {"period": 3, "width": 1},
                [10, 10, 10, 8, 9, 12],
                [0, 0, 0, 1, 0, -1],
            ),
            (
                "donchian_breakout",
                {"entry": 2, "exit": 2},
                [5, 6, 7, 6, 6, 5, 4, 7],
                [0, 0, 1, 1, 1, -1, -1, 1],
            ),
            ("momentum", {"lookback": 2, "skip": 1}, [5, 6, 7, 6, 6], [0, 0, 1, 1, -1]),
            ("momentum", {"lookback": 1, "skip": 0}, [5, 6, 6, 5], [0, 1, 1, -1]),
            ("trend_filter", {"period": 2}, [5, 6, 5, 5, 6], [0, 1, -1, -1, 1]),
            ("buy_and_hold", {}, [5, 6], [1, 1]),
        ],
    )
    def test_are_those_worked_by_hand(
        self,
        name: str,
        params: dict[str, object],
        prices: list[float],
        targets: list[float],
    ) -> None:
        bars = closes(prices)

        both = decide(name, bars, Direction.BOTH, **params).target_positions
        long = decide(name, bars, Direction.LONG, **params).target_positions
        short = decide(name, bars, Direction.SHORT, **params).target_positions

        assert both.tolist() == targets
        assert long.tolist() == [max(level, 0) for level in targets]
        if name != "buy_and_hold":
            assert short.tolist() == [min(level, 0) for level in targets]

    def test_of_buy_and_hold_are_short_where_only_shorts_are_allowed(self) -> None:
        targets = decide(
            "buy_and_hold", closes([5, 6]), Direction.SHORT
        ).target_positions

        assert targets.tolist() == [-1, -1]

    def test_of_macd_turn_with_a_trend(self) -> None:
        prices = [100.0 + 10.0 * math.sin(t / 8.0) for t in range(200)]

        targets = decide("macd", closes(prices), Direction.BOTH).target_positions

        assert set(targets) == {-1.0, 0.0, 1.0}
        changes = np.flatnonzero(np.diff(targets))
        # One turn a half wave of 8 pi = 25 bars.
        assert np.diff(changes[1:]) == pytest.approx(25, abs=1)


class TestPricesThatStandStill:
    @pytest.mark.parametrize(
        ("name", "window"),
        [("sma_cross", 30), ("bollinger_reversion", 20), ("trend_filter", 50)],
    )
    @pytest.mark.parametrize("price", [0.1, 3.3, 7.77, 1234.56, 98_765.43])
    def test_change_no_target_by_rounding(
        self, name: str, window: int, price: float
    ) -> None:
        # Moving at first, so that running sums carry rounding into the still part.
        moving = [price * (1.0 + 0.3 * math.sin(t * t)) for t in range(400)]
        params = {"period": 50} if name == "trend_filter" else {}

        targets = decide(
            name, closes(moving + [price] * 200), Direction.BOTH, **params
        ).target_positions

        # From the bar before the first whose whole window stands still.
        settled = targets[400 + window - 2 :]
        if name == "bollinger_reversion":  # it leaves at the middle, and is there now
            settled = settled[1:]
        assert (settled == settled[0]).all()


class TestWarmup:
    @pytest.mark.parametrize(
        ("name", "bars_needed"),
        [
            ("sma_cross", 31),
            ("ema_cross", 27),
            ("macd", 35),
            ("rsi_reversion", 15),
            ("bollinger_reversion", 20),
            ("donchian_breakout", 21),
            ("momentum", 253),
            ("trend_filter", 200),
        ],
    )
    def test_is_said_to_exceed_the_data_just_when_it_does(
        self, name: str, bars_needed: int
    ) -> None:
        prices = [100.0 + 50.0 * math.sin(t) for t in range(bars_needed)]

        short = decide(name, closes(prices[:-1]))
        enough = decide(name, closes(prices))

        assert [warning.code for warning in short.warnings] == ["warmup_exceeds_data"]
        assert f"needs {bars_needed} bars" in short.warnings[0].detail
        assert not short.target_positions.any()
        assert enough.warnings == ()

    @pytest.mark.parametrize("name", SIMPLE)
    def test_takes_a_single_bar(self, name: str) -> None:
        assert decide(name, closes([5.0])).target_positions.shape == (1,)

    @pytest.mark.parametrize("name", SIMPLE)
    def test_ends_in_no_trade_where_the_price_does_not_move(self, name: str) -> None:
        targets = decide(name, closes([5.0] * 600), Direction.BOTH).target_positions

        if name == "buy_and_hold":
            assert targets.all()
        elif name == "rsi_reversion":  # TA-Lib's index is 0 there: weak
            assert targets[-1] == 1.0
        else:
            assert not targets.any()


class TestRefusals:
    @pytest.mark.parametrize(
        ("name", "params", "field"),
        [
            ("sma_cross", {"fast": 30, "slow": 30}, "fast"),
            ("sma_cross", {"fast": 0}, "fast"),
            ("sma_cross", {"slow": 10_001}, "slow"),
            ("sma_cross", {"fast": 2.5}, "fast"),
            ("sma_cross", {"fast": True}, "fast"),
            ("sma_cross", {"fast": "10"}, "fast"),
            ("sma_cross", {"fast": None}, "fast"),
            ("sma_cross", {"fsat": 10}, "fsat"),
            ("ema_cross", {"fast": 40}, "fast"),
            ("macd", {"fast": 1}, "fast"),
            ("macd", {"signal": 0}, "signal"),
            ("macd", {"fast": 26, "slow": 26}, "fast"),
            ("rsi_reversion", {"period": 1}, "period"),
            ("rsi_reversion", {"lower": 70, "upper": 70}, "lower"),
            ("rsi_reversion", {"upper": 100.5}, "upper"),
            ("rsi_reversion", {"lower": float("nan")}, "lower"),
            ("bollinger_reversion", {"width": 0}, "width"),
            ("bollinger_reversion", {"width": float("inf")}, "width"),
            ("bollinger_reversion", {"width": 10**400}, "width"),
            ("donchian_breakout", {"entry": 1}, "entry"),
            ("momentum", {"lookback": 21}, "skip"),
            ("trend_filter", {"period": 1}, "period"),
            ("buy_and_hold", {"period": 1}, "period"),
        ],
    )
    def test_point_at_the_parameter(
        self, name: str, params: dict[str, object], field: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            load(STRATEGIES[name].params, params, under=STRATEGY_PARAMS)

        assert caught.value.places[0].pointer == f"/strategy_params/{field}"

    def test_take_a_whole_number_written_with_a_point(self) -> None:
        loaded = load(
            STRATEGIES["trend_filter"].params, {"period": 5.0}, under=STRATEGY_PARAMS
        )

        assert type(loaded.period) is int  # type: ignore[attr-defined]
