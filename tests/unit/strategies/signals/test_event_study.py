"""Event study: numbers worked by hand and by scipy, and what is undefined."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from backtesting import Bars, Fill
from orchestrator.schemas.answers import dump
from orchestrator.strategies.signals.event_study import (
    HORIZONS,
    EventStudy,
    ForwardReturns,
)


def bars_of(close: list[float], opens: list[float] | None = None) -> Bars:
    opens = opens or close
    return Bars.checked(
        timestamps=np.arange(len(close)).astype("datetime64[D]"),
        open=opens,
        high=np.maximum(opens, close),
        low=np.minimum(opens, close),
        close=close,
        volume=np.ones(len(close)),
    )


def study(bars: Bars, buys: list[int], sells: list[int] | None = None) -> EventStudy:
    return EventStudy(
        bars=bars,
        buys=np.array(buys, dtype=np.intp),
        sells=np.array(sells or [], dtype=np.intp),
    )


def walk(seed: int, size: int = 200) -> list[float]:
    steps = np.random.default_rng(seed).normal(0.0, 0.02, size)
    return list(100.0 * np.exp(np.cumsum(steps)))


class TestHorizons:
    def test_are_1_5_10_and_20_bars(self) -> None:
        horizons = study(bars_of(walk(1)), [3]).horizons(Fill.CLOSE)

        assert (
            [horizon.bars for horizon in horizons] == [1, 5, 10, 20] == list(HORIZONS)
        )

    def test_measure_from_close_to_close_when_orders_fill_at_the_close(self) -> None:
        bars = bars_of([100.0, 110.0, 99.0, 99.0], opens=[101.0, 102.0, 103.0, 104.0])

        first = study(bars, [0, 1]).horizons(Fill.CLOSE)[0]

        # +10 %, -10 % after the events; +10 %, -10 %, 0 % over all bars.
        assert first.buy.mean_return_pct == pytest.approx(0.0, abs=1e-12)
        assert first.all_bars.windows == 3
        assert first.all_bars.mean_return_pct == pytest.approx(0.0, abs=1e-12)

    def test_measure_from_open_to_open_when_orders_fill_at_the_next(self) -> None:
        bars = bars_of([100.0] * 4, opens=[100.0, 100.0, 110.0, 121.0])

        first = study(bars, [0, 1]).horizons(Fill.NEXT_OPEN)[0]

        # Bought at the opens of bars 1 and 2: +10 % each.
        assert first.buy.mean_return_pct == pytest.approx(10.0)
        assert first.all_bars.windows == 2

    def test_leave_out_events_without_a_whole_horizon(self) -> None:
        bars = bars_of(walk(2, size=30))

        by_bars = {h.bars: h for h in study(bars, [0, 8, 28]).horizons(Fill.CLOSE)}

        assert {bars: h.buy.events for bars, h in by_bars.items()} == {
            1: 3,
            5: 2,
            10: 2,
            20: 2,
        }

    def test_count_events_that_come_within_the_horizon_of_the_one_before(self) -> None:
        horizons = study(bars_of(walk(3)), [10, 14, 40]).horizons(Fill.CLOSE)

        assert [horizon.buy.overlapping for horizon in horizons] == [0, 1, 1, 1]


class TestTStatistic:
    @pytest.mark.parametrize("side", ["buy", "sell"])
    @pytest.mark.parametrize("seed", [4, 5, 6])
    def test_is_welchs_of_events_against_all_bars(self, side: str, seed: int) -> None:
        close = walk(seed)
        events = sorted(np.random.default_rng(seed).choice(150, 25, replace=False))
        both = {"buys": [], "sells": []} | {f"{side}s": [int(e) for e in events]}

        horizons = study(bars_of(close), both["buys"], both["sells"]).horizons(
            Fill.CLOSE
        )

        for horizon in horizons:
            returns = np.array(close[horizon.bars :]) / close[: -horizon.bars] - 1.0
            oracle = stats.ttest_ind(returns[events], returns, equal_var=False)
            ours: ForwardReturns = getattr(horizon, side)
            assert ours.t_statistic == pytest.approx(oracle.statistic, rel=1e-9)

    def test_is_zero_when_every_bar_is_an_event(self) -> None:
        bars = bars_of(walk(7, size=60))

        first = study(bars, list(range(59))).horizons(Fill.CLOSE)[0]

        assert first.buy.t_statistic == pytest.approx(0.0, abs=1e-12)

    @pytest.mark.parametrize(
        ("close", "events", "reason"),
        [
            (walk(8, 40), [], "no_events"),
            (walk(8, 40), [3], "one_event"),
            ([100.0 * 1.01**t for t in range(40)], [3, 9], "zero_variance"),
            ([100.0] * 40, [3, 9], "zero_variance"),
        ],
        ids=["no events", "one event", "equal returns", "no move"],
    )
    def test_is_left_out_where_it_is_undefined(
        self, close: list[float], events: list[int], reason: str
    ) -> None:
        first = dump(study(bars_of(close), events).horizons(Fill.CLOSE)[0].buy)

        assert first["undefined"] == reason
        assert "t_statistic" not in first

    def test_is_undefined_on_one_bar_of_data(self) -> None:
        answer = dump(study(bars_of([100.0]), [0]).figures(Fill.NEXT_OPEN))

        assert answer["horizons"][0] == {
            "bars": 1,
            "all_bars": {"windows": 0},
            "buy": {"events": 0, "overlapping": 0, "undefined": "no_events"},
            "sell": {"events": 0, "overlapping": 0, "undefined": "no_events"},
        }
