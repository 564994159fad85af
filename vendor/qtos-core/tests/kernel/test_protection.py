"""Exit rules and margin calls, against numbers worked out by hand.

All entries fill at the close of the first bar, 100, with 10 units.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from backtesting import (
    Bars,
    Costs,
    Direction,
    Exits,
    Fill,
    Simulation,
    Sizing,
    Terms,
    simulate,
)

Daily = Callable[..., Bars]
START = (100, 100, 100, 100)


def hold(bars: Bars, exits: Exits, side: float = 1.0, **terms: object) -> Simulation:
    options = {"fill": Fill.CLOSE, "sizing": Sizing(quantity=10.0)} | terms
    return simulate(
        bars,
        [side] * len(bars),
        Terms(exits=exits, direction=Direction.BOTH, **options),
    )


def last_fill(done: Simulation) -> tuple[int, float, str]:
    fills = done.fills
    return int(fills.bar[-1]), float(fills.price[-1]), str(fills.reason[-1])


class TestExits:
    @pytest.mark.parametrize(
        ("exits", "bar", "price", "reason"),
        [
            (Exits(stop_loss_pct=5), (99, 101, 94, 98), 95.0, "stop_loss"),
            (Exits(stop_loss_pct=5), (93, 94, 92, 93), 93.0, "stop_loss"),
            (Exits(stop_loss_pct=5), (99, 101, 95, 98), 95.0, "stop_loss"),
            (Exits(take_profit_pct=5), (101, 106, 100, 104), 105.0, "take_profit"),
            (Exits(take_profit_pct=5), (107, 108, 106, 107), 107.0, "take_profit"),
            (
                Exits(stop_loss_pct=5, take_profit_pct=5),
                (100, 106, 94, 100),
                95.0,
                "stop_loss",
            ),
            (
                Exits(stop_loss_pct=5, take_profit_pct=5),
                (107, 108, 94, 100),
                107.0,
                "take_profit",
            ),
            (Exits(trailing_stop_pct=5), (99, 120, 94, 118), 95.0, "trailing_stop"),
            (
                Exits(max_holding_bars=1),
                (99, 101, 98, 100.5),
                100.5,
                "max_holding_bars",
            ),
        ],
        ids=[
            "stop",
            "gap under the stop",
            "stop touched",
            "target",
            "gap over the target",
            "both in one bar",
            "open over the target comes first",
            "trail ignores the bar's own high",
            "time",
        ],
    )
    def test_of_a_long(
        self,
        daily: Daily,
        exits: Exits,
        bar: Sequence[float],
        price: float,
        reason: str,
    ) -> None:
        done = hold(daily(START, bar, bar), exits)

        assert last_fill(done) == (1, pytest.approx(price), reason)
        assert done.position.tolist() == [10.0, 0.0, 0.0]

    @pytest.mark.parametrize(
        ("exits", "bar", "price", "reason"),
        [
            (Exits(stop_loss_pct=5), (101, 106, 99, 102), 105.0, "stop_loss"),
            (Exits(stop_loss_pct=5), (107, 108, 106, 107), 107.0, "stop_loss"),
            (Exits(take_profit_pct=5), (99, 100, 94, 96), 95.0, "take_profit"),
            (Exits(trailing_stop_pct=5), (101, 106, 80, 82), 105.0, "trailing_stop"),
        ],
        ids=["stop", "gap over the stop", "target", "trail"],
    )
    def test_of_a_short(
        self,
        daily: Daily,
        exits: Exits,
        bar: Sequence[float],
        price: float,
        reason: str,
    ) -> None:
        done = hold(daily(START, bar, bar), exits, side=-1.0)

        assert last_fill(done) == (1, pytest.approx(price), reason)

    @pytest.mark.parametrize(
        ("exits", "price", "reason"),
        [
            (Exits(stop_loss_pct=5), 95.0, "stop_loss"),
            (Exits(take_profit_pct=5), 105.0, "take_profit"),
            (Exits(stop_loss_pct=5, take_profit_pct=5), 95.0, "stop_loss"),
        ],
        ids=["stop", "target", "the worse of both first"],
    )
    def test_watch_the_whole_bar_of_an_entry_at_its_open(
        self, daily: Daily, exits: Exits, price: float, reason: str
    ) -> None:
        bars = daily(START, (100, 120, 80, 100), START)

        done = hold(bars, exits, fill=Fill.NEXT_OPEN)

        assert last_fill(done) == (1, pytest.approx(price), reason)
        assert done.position.tolist() == [0.0, 0.0, 0.0]

    @pytest.mark.parametrize("side", [1.0, -1.0], ids=["long", "short"])
    def test_watch_an_entry_at_the_close_from_the_next_bar(
        self, daily: Daily, side: float
    ) -> None:
        bars = daily((100, 120, 80, 100), START)

        done = hold(bars, Exits(stop_loss_pct=5, take_profit_pct=5), side=side)

        assert len(done.fills) == 1

    def test_trail_on_the_entry_bar_from_the_price_paid_and_not_its_high(
        self, daily: Daily
    ) -> None:
        bars = daily(START, (100, 120, 96, 118), (117, 118, 113, 115))

        done = hold(bars, Exits(trailing_stop_pct=5), fill=Fill.NEXT_OPEN)

        # 5 % under 100 is 95, not reached; then 5 % under 120 is 114.
        assert last_fill(done) == (2, pytest.approx(114.0), "trailing_stop")

    def test_fire_at_the_open_where_slippage_alone_passes_the_stop(
        self, daily: Daily
    ) -> None:
        exits, costs = Exits(stop_loss_pct=1), Costs(slippage_bps=200)

        done = hold(daily(START, START), exits, fill=Fill.NEXT_OPEN, costs=costs)

        # Paid 102, the stop is at 100.98, and the bar opens under it.
        assert last_fill(done) == (1, pytest.approx(98.0), "stop_loss")

    def test_trail_from_the_same_peak_after_an_added_entry(self, daily: Daily) -> None:
        peak = (100, 130, 100, 120)
        added = (120, 121, 119, 120)
        bars = daily(START, peak, added, (118, 119, 115, 116))
        terms = Terms(
            fill=Fill.CLOSE,
            exits=Exits(trailing_stop_pct=10),
            sizing=Sizing(quantity=10.0),
        )

        done = simulate(bars, [1, 1, 2, 2], terms)

        # 10 % under 130 is 117; a peak begun anew at 121 would give 108.9.
        assert last_fill(done) == (3, pytest.approx(117.0), "trailing_stop")
        assert done.fills.quantity[-1] == 20.0

    def test_trail_the_best_price_of_the_bars_before(self, daily: Daily) -> None:
        bars = daily(START, (100, 120, 99, 118), (117, 118, 107, 110))

        done = hold(bars, Exits(trailing_stop_pct=10))

        # 10 % under the high of bar 1, 120.
        assert last_fill(done) == (2, pytest.approx(108.0), "trailing_stop")

    def test_trail_and_stop_from_the_price_that_was_paid(self, daily: Daily) -> None:
        bars = daily(START, (100, 100, 96, 100), (100, 100, 90, 95))

        for exits in (Exits(trailing_stop_pct=5), Exits(stop_loss_pct=5)):
            done = hold(bars, exits, costs=Costs(slippage_bps=100))

            # Paid 101; 5 % under it is 95.95, sold with 1 % of slippage.
            assert done.fills.bar[-1] == 2
            assert done.fills.price[-1] == pytest.approx(95.95 * 0.99)

    def test_stop_under_the_average_of_several_entries(self, daily: Daily) -> None:
        high = (110, 110, 110, 110)
        terms = Terms(
            fill=Fill.CLOSE,
            exits=Exits(stop_loss_pct=5),
            sizing=Sizing(quantity=10.0),
        )

        done = simulate(daily(START, high, (109, 109, 90, 95)), [1, 2, 2], terms)

        # 10 at 100 and 10 at 110: 5 % under 105, and both are closed.
        assert last_fill(done) == (2, pytest.approx(99.75), "stop_loss")
        assert done.fills.quantity[-1] == 20.0

    def test_hold_the_same_number_of_bars_under_both_fills(self, daily: Daily) -> None:
        bars = daily(START, *[(101, 103, 99, 102)] * 4)

        at_close = hold(bars, Exits(max_holding_bars=2))
        at_open = hold(bars, Exits(max_holding_bars=2), fill=Fill.NEXT_OPEN)

        assert last_fill(at_close) == (2, 102.0, "max_holding_bars")
        assert last_fill(at_open) == (3, 101.0, "max_holding_bars")

    def test_leave_the_position_closed_until_the_level_changes(
        self, daily: Daily
    ) -> None:
        fall = (94, 94, 94, 94)
        terms = Terms(
            fill=Fill.CLOSE,
            exits=Exits(stop_loss_pct=5),
            sizing=Sizing(quantity=10.0),
        )

        done = simulate(daily(START, fall, fall, fall, fall), [1, 1, 1, 2, 1], terms)

        # The second entry stays when the level falls back to one entry.
        assert done.position.tolist() == [10.0, 0.0, 0.0, 10.0, 10.0]


class TestMarginCall:
    def test_closes_a_short_before_equity_is_gone(self, daily: Daily) -> None:
        terms = Terms(
            initial_cash=1_000.0,
            fill=Fill.CLOSE,
            direction=Direction.SHORT,
            sizing=Sizing(quantity=10.0),
        )
        bars = daily(START, (120, 170, 119, 160), START)

        done = simulate(bars, [-1, -1, -1], terms)

        # 2,000 cash against 10 short: equity is 30 % of their worth at 2,000 / 13.
        assert last_fill(done) == (1, pytest.approx(2_000 / 13), "margin_call")
        assert done.counts.margin_calls == 1
        assert done.equity[-1] == pytest.approx(2_000 - 20_000 / 13)

    def test_comes_at_the_open_after_a_gap_and_shows_what_is_lost(
        self, daily: Daily
    ) -> None:
        terms = Terms(
            initial_cash=1_000.0,
            fill=Fill.CLOSE,
            direction=Direction.SHORT,
            sizing=Sizing(quantity=10.0),
        )
        gap = (250, 250, 250, 250)

        done = simulate(daily(START, gap, gap), [-1, -1, 0], terms)

        assert last_fill(done) == (1, 250.0, "margin_call")
        assert done.equity.tolist() == [1_000.0, -500.0, -500.0]

    def test_comes_after_a_nearer_stop(self, daily: Daily) -> None:
        bars = daily(START, (101, 500, 100, 400))

        done = hold(bars, Exits(stop_loss_pct=5), side=-1.0, initial_cash=1_000.0)

        assert last_fill(done) == (1, pytest.approx(105.0), "stop_loss")

    def test_is_not_reached_by_a_short_that_equity_cannot_carry(
        self, daily: Daily
    ) -> None:
        terms = Terms(
            initial_cash=999.0,
            fill=Fill.CLOSE,
            direction=Direction.SHORT,
            sizing=Sizing(quantity=10.0),
        )

        done = simulate(daily(START), [-1], terms)

        assert done.rejections.reason == ["insufficient_margin"]
        assert done.rejections.needed.tolist() == [1_000.0]
        assert done.rejections.available.tolist() == [999.0]

    def test_is_kept_away_by_what_earlier_shorts_have_pledged(
        self, daily: Daily
    ) -> None:
        terms = Terms(
            initial_cash=1_000.0,
            fill=Fill.CLOSE,
            direction=Direction.SHORT,
            sizing=Sizing(quantity=10.0),
        )

        done = simulate(daily(50.0, 50.0, 50.0), [-1, -2, -3], terms)

        # Two entries of 500 pledge the whole equity of 1,000.
        assert done.position.tolist() == [-10.0, -20.0, -20.0]
        assert done.rejections.reason == ["insufficient_margin"]
        assert done.rejections.available.tolist() == [0.0]
