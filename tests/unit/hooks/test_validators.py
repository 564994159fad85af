"""Validators: what they cut and refuse, worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from backtesting import Bars, Direction, Fill, Sizing, Terms
from tests.unit.hooks.runs import Run, run
from tests.unit.strategies.bar_makers import closes


def terms(fill: Fill = Fill.CLOSE, quantity: float = 10.0, **rest: Any) -> Terms:
    sizing = Sizing(quantity=quantity, lot_size=rest.pop("lot_size", 0.0))
    return Terms(initial_cash=1000.0, fill=fill, sizing=sizing, **rest)


class TestMaxPosition:
    @pytest.mark.parametrize(
        ("limit", "bought"),
        [
            ({"quantity": 4.0}, [4.0]),
            ({"value": 50.0}, [5.0]),
            ({"percent_of_equity": 5.0}, [5.0]),
            ({"quantity": 4.0, "value": 20.0}, [2.0]),
            ({"quantity": 15.0}, [10.0, 5.0]),
            ({"quantity": 100.0}, [10.0, 10.0]),
        ],
    )
    def test_cuts_entries_to_the_room_left(
        self, limit: dict[str, float], bought: list[float]
    ) -> None:
        done = run(
            closes([10.0] * 3),
            [1, 2, 2],
            terms(),
            "validators",
            "max_position",
            **limit,
        )

        assert [quantity for _, quantity in done.trades()] == pytest.approx(bought)
        cut = sum(quantity < 10.0 for quantity in bought)
        assert done.report == {"orders_cut": cut, "orders_refused": 2 - len(bought)}

    @pytest.mark.parametrize("fill", Fill)
    def test_lets_exits_and_turns_pass(self, fill: Fill) -> None:
        done = run(
            closes([10.0] * 4),
            [1, -1, -1, -1],
            terms(fill, direction=Direction.BOTH),
            "validators",
            "max_position",
            quantity=4.0,
        )

        assert [quantity for _, quantity in done.trades()] == [4.0, -4.0, -4.0]

    def test_cuts_to_whole_lots(self) -> None:
        done = run(
            closes([10.0] * 2),
            [1, 1],
            terms(lot_size=2.0),
            "validators",
            "max_position",
            quantity=5.0,
        )

        assert done.trades() == [(0, 4.0)]

    def test_is_counted_as_a_rejection_when_it_refuses(self) -> None:
        done = run(
            closes([10.0] * 3),
            [1, 2, 2],
            terms(),
            "validators",
            "max_position",
            quantity=10.0,
        )

        counts = done.result.counts
        assert (counts.emitted, counts.filled, counts.rejected) == (2, 1, 1)


class TestDrawdownGuardian:
    def guarded(self, targets: list[float], **params: Any) -> Run:
        # 50 shares at 10: of 1,000 in equity each step of the price is 5 %.
        bars = closes([10, 10, 8, 8, 10, 10, 10, 10, 10, 10])
        return run(
            bars,
            targets,
            terms(quantity=50.0),
            "validators",
            "drawdown_guardian",
            **params,
        )

    def test_refuses_entries_from_the_close_that_is_too_low(self) -> None:
        done = self.guarded([0, 1, 0, 1, 1, 0, 0, 0, 0, 0], max_drawdown_pct=10.0)

        # In at 10, out at 8: 10 % under the peak for ever after.
        assert done.trades() == [(1, 50.0), (2, -50.0)]
        assert done.report == {"entries_refused": 1, "pauses": 1, "bars_paused": 8}

    def test_allows_entries_in_a_drawdown_that_is_smaller(self) -> None:
        done = self.guarded([0, 1, 0, 1, 1, 0, 0, 0, 0, 0], max_drawdown_pct=10.1)

        assert [bar for bar, _ in done.trades()] == [1, 2, 3, 5]

    def test_allows_entries_again_after_its_bars(self) -> None:
        targets = [0, 1, 0, 1, 0, 1, 0, 1, 1, 1]

        done = self.guarded(targets, max_drawdown_pct=10.0, pause_bars=3)

        # Paused on bars 2, 3 and 4; the peak starts anew on bar 5.
        assert [bar for bar, _ in done.trades()] == [1, 2, 5, 6, 7]
        assert done.report == {"entries_refused": 1, "pauses": 1, "bars_paused": 3}

    def test_allows_entries_again_after_recovery(self) -> None:
        bars = closes([10, 10, 8, 10, 10, 10])

        done = run(
            bars,
            [0, 1, 1, 1, 2, 2],
            terms(quantity=50.0),
            "validators",
            "drawdown_guardian",
            max_drawdown_pct=10.0,
        )

        assert [bar for bar, _ in done.trades()] == [1, 4]
        assert done.report["bars_paused"] == 1


class TestDailyLossLimit:
    def test_refuses_entries_for_the_rest_of_the_day(self) -> None:
        hours = ["01T10", "01T11", "01T12", "01T13", "02T10", "02T11"]
        prices = [10.0, 10.0, 9.0, 10.0, 10.0, 10.0]
        bars = Bars.checked(
            timestamps=np.array([f"2020-01-{hour}" for hour in hours], "datetime64[h]"),
            open=prices,
            high=prices,
            low=prices,
            close=prices,
            volume=np.ones(6),
        )

        done = run(
            bars,
            [0, 1, 0, 1, 2, 2],
            terms(quantity=50.0),
            "validators",
            "daily_loss_limit",
            max_loss_pct=5.0,
        )

        # 5 % lost at 12:00: the entry of 13:00 is refused, that of the 2nd is not.
        assert [bar for bar, _ in done.trades()] == [1, 2, 4]
        assert done.report == {"entries_refused": 1, "days_stopped": 1}


class TestMaxTrades:
    @pytest.mark.parametrize("fill", Fill)
    def test_refuses_entries_beyond_the_number(self, fill: Fill) -> None:
        done = run(
            closes([10.0] * 9),
            [1, 0, 1, 0, 1, 0, 1, 0, 0],
            terms(fill),
            "validators",
            "max_trades",
            entries=2,
        )

        assert [quantity for _, quantity in done.trades()] == [10.0, -10.0] * 2
        assert done.report == {"entries_refused": 2}

    def test_counts_anew_each_day(self) -> None:
        prices = [10.0] * 8
        bars = Bars.checked(
            timestamps=np.datetime64("2020-01-01T20") + np.arange(8),
            open=prices,
            high=prices,
            low=prices,
            close=prices,
            volume=np.ones(8),
        )

        done = run(
            bars,
            [1, 0, 1, 0, 1, 0, 1, 0],
            terms(),
            "validators",
            "max_trades",
            entries=1,
            per="day",
        )

        # Four bars on each day: one entry of two.
        assert [bar for bar, _ in done.trades()] == [0, 1, 4, 5]

    def test_does_not_count_an_entry_there_was_no_cash_for(self) -> None:
        done = run(
            closes([200.0, 200.0, 10.0, 10.0]),
            [1, 0, 1, 1],
            terms(),
            "validators",
            "max_trades",
            entries=1,
        )

        assert done.trades() == [(2, 10.0)]
