"""Advisors: what they let through, worked by hand."""

from __future__ import annotations

import pytest

from backtesting import Direction, Exits, Fill, Sizing, Terms
from tests.unit.hooks.runs import run
from tests.unit.strategies.bar_makers import closes


def terms(fill: Fill = Fill.CLOSE, **rest: object) -> Terms:
    return Terms(
        initial_cash=1000.0,
        fill=fill,
        sizing=Sizing(quantity=1.0),
        **rest,  # type: ignore[arg-type]
    )


class TestRegimeFilter:
    def test_drops_entries_below_the_average_and_lets_exits_pass(self) -> None:
        bars = closes([10, 11, 12, 11, 9, 8, 12, 13])
        #              averages of two: -, 10.5, 11.5, 11.5, 10, 8.5, 10, 12.5

        done = run(
            bars,
            [0, 1, 1, 0, 1, 0, 1, 0],
            terms(),
            "advisors",
            "regime_filter",
            average_bars=2,
        )

        # In on bar 1, out on 3 though below; the entry of bar 4 is dropped.
        assert done.trades() == [(1, 1.0), (3, -1.0), (6, 1.0), (7, -1.0)]
        assert done.report == {"bars_in_regime": 4, "entries_dropped": 1}

    def test_drops_entries_before_the_regime_is_known(self) -> None:
        done = run(
            closes([10, 11, 12]),
            [1, 1, 1],
            terms(),
            "advisors",
            "regime_filter",
            average_bars=3,
        )

        assert done.trades() == []
        assert done.report["entries_dropped"] == 1

    def test_drops_entries_while_volatility_is_high(self) -> None:
        # Returns of +-10 % first, then none: 252 a year.
        bars = closes([10, 11, 10, 11, 11, 11, 11])

        done = run(
            bars,
            [0, 0, 0, 1, 0, 1, 1],
            terms(),
            "advisors",
            "regime_filter",
            max_volatility_pct=50.0,
            volatility_bars=2,
        )

        assert done.trades() == [(5, 1.0)]
        assert done.report == {"bars_in_regime": 2, "entries_dropped": 1}

    def test_drops_the_new_side_of_a_turn_but_not_its_exit(self) -> None:
        bars = closes([10, 12, 13, 9, 8])

        done = run(
            bars,
            [0, 1, 1, -1, -1],
            terms(direction=Direction.BOTH),
            "advisors",
            "regime_filter",
            average_bars=2,
        )

        assert done.trades() == [(1, 1.0), (3, -1.0)]


class TestSignalDelay:
    @pytest.mark.parametrize("bars", [1, 3])
    def test_puts_every_change_off(self, bars: int) -> None:
        done = run(
            closes([10.0] * 9),
            [0, 1, 0, 0, 1, 1, 1, 1, 0],
            terms(),
            "advisors",
            "signal_delay",
            bars=bars,
        )

        expected = [(1, 1.0), (2, -1.0), (4, 1.0), (8, -1.0)]
        late = [(bar + bars, side) for bar, side in expected if bar + bars < 9]
        assert done.trades() == late
        assert done.report == {
            "changes_delayed": len(late),
            "changes_past_the_end": 4 - len(late),
        }


class TestCooldown:
    @pytest.mark.parametrize("fill", Fill)
    def test_keeps_out_for_its_bars_after_an_exit(self, fill: Fill) -> None:
        # The exit fills on bar 2 (close) or 3 (next open); cooled for 2 bars after.
        targets = [0, 1, 0, 1, 0, 1, 0, 1, 1, 1]

        done = run(
            closes([10.0] * 10),
            targets,
            terms(fill),
            "advisors",
            "cooldown",
            bars=2,
        )

        # Entries of bars 3 (and under next_open 5 too: its exit is on 3) are dropped.
        expected = {
            Fill.CLOSE: [(1, 1.0), (2, -1.0), (5, 1.0), (6, -1.0)],
            Fill.NEXT_OPEN: [(2, 1.0), (3, -1.0), (8, 1.0)],
        }[fill]
        assert done.trades() == expected

    def test_starts_when_a_stop_closes_the_position_too(self) -> None:
        bars = closes([10, 10, 5, 5, 5, 5])
        stopped = terms(exits=Exits(stop_loss_pct=10.0))

        done = run(bars, [1, 1, 1, 2, 2, 3], stopped, "advisors", "cooldown", bars=2)

        # Stopped out on bar 2: the entry of bar 3 is dropped, that of bar 5 is not.
        assert [bar for bar, _ in done.trades()] == [0, 2, 5]
        assert done.report == {"exits": 1, "entries_dropped": 1}

    def test_drops_the_new_side_of_a_turn(self) -> None:
        done = run(
            closes([10.0] * 4),
            [1, -1, -1, -1],
            terms(direction=Direction.BOTH),
            "advisors",
            "cooldown",
            bars=1,
        )

        assert done.trades() == [(0, 1.0), (1, -1.0)]
