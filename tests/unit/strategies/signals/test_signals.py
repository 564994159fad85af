"""The caller's own signals: where they act, what they add up to, what is counted."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting import (
    Bars,
    Direction,
    Fill,
    Simulation,
    Sizing,
    SizingRule,
    Terms,
    simulate_orders,
)
from orchestrator.errors import InvalidRequestError
from orchestrator.parameters import STRATEGY_PARAMS, load
from orchestrator.strategies.base import Decision
from orchestrator.strategies.registry import STRATEGIES
from tests.unit.strategies.bar_makers import closes

SIGNALS = STRATEGIES["signals"]


def decide(
    bars: Bars, rows: list[dict[str, Any]], terms: Terms | None = None, **params: Any
) -> Decision:
    loaded = load(SIGNALS.params, {"signals": rows, **params}, under=STRATEGY_PARAMS)
    return SIGNALS.decide(bars, loaded, terms or Terms())


def carried_out(
    bars: Bars, rows: list[dict[str, Any]], terms: Terms, **params: Any
) -> tuple[Decision, Simulation]:
    """Return what was decided, with what the run tells of it, and the run."""
    decision = decide(bars, rows, terms, **params)
    assert decision.plan is not None
    done = simulate_orders(bars, decision.plan, terms)
    return decision.after(done.plan_outcome), done


def on(day: str, side: str, **rest: Any) -> dict[str, Any]:
    return {"timestamp": day, "side": side, **rest}


def week() -> Bars:
    """Return bars of 1 to 8 January 2020."""
    return closes([10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0])


class TestTheBarASignalActsOn:
    @pytest.mark.parametrize(
        ("timestamp", "bar"),
        [
            ("2020-01-03", 2),
            ("2020-01-03T00:00:00Z", 1),
            ("2020-01-03T00:00:00.000000001Z", 2),
            ("2020-01-03T15:30", 2),
            ("2020-01-03 15:30:00", 2),
            ("2020-01-03T01:00:00+01:00", 1),
            ("2020-01-02T20:00:00-05:00", 2),
            ("2020-01-02T20:00:00-0400", 1),
        ],
    )
    def test_is_the_one_before_the_first_that_opens_at_or_after_its_time(
        self, timestamp: str, bar: int
    ) -> None:
        targets = decide(week(), [on(timestamp, "buy")]).target_positions

        assert np.flatnonzero(targets)[0] == bar

    @pytest.mark.parametrize(
        ("fill", "day"), [(Fill.NEXT_OPEN, "2020-01-04"), (Fill.CLOSE, "2020-01-03")]
    )
    def test_gives_it_the_first_fill_after_it(self, fill: Fill, day: str) -> None:
        # Known at 15:30 on the 3rd, in a market open round the clock.
        terms = Terms(fill=fill)

        _, done = carried_out(week(), [on("2020-01-03T15:30Z", "buy")], terms)

        assert str(week().timestamps[done.fills.bar[0]])[:10] == day

    def test_is_none_outside_the_data(self) -> None:
        rows = [
            on("2019-12-31", "buy"),
            on("2020-01-09T00:00:01Z", "buy"),
            on("2030-01-01", "sell"),
        ]

        decision = decide(week(), rows)

        assert not decision.target_positions.any()
        assert decision.signal_counts is not None
        counts = decision.signal_counts
        assert (counts.before_data, counts.after_data, counts.acted) == (1, 2, 0)
        assert [warning.code for warning in decision.warnings] == [
            "signals_outside_data"
        ]


class TestLevelsWithoutHolding:
    @pytest.mark.parametrize(
        ("direction", "sides", "targets"),
        [
            ("long", "b.s", [1, 1, 0, 0, 0, 0, 0, 0]),
            ("long", "bbs", [1, 2, 1, 1, 1, 1, 1, 1]),
            ("long", "ssb", [0, 0, 1, 1, 1, 1, 1, 1]),
            ("long", "bssb", [1, 0, 0, 1, 1, 1, 1, 1]),
            ("short", "bssb", [0, -1, -2, -1, -1, -1, -1, -1]),
            ("both", "bssb", [1, 0, -1, 0, 0, 0, 0, 0]),
            ("both", "s.b.b", [-1, -1, 0, 0, 1, 1, 1, 1]),
        ],
    )
    def test_add_to_a_side_and_reduce_the_other(
        self, direction: str, sides: str, targets: list[float]
    ) -> None:
        rows = [
            on(f"2020-01-0{day}", {"b": "buy", "s": "sell"}[side])
            for day, side in enumerate(sides, start=1)
            if side != "."
        ]

        decision = decide(week(), rows, Terms(direction=Direction(direction)))

        assert decision.target_positions.tolist() == targets

    def test_never_turn_a_position_by_one_signal(self) -> None:
        rows = [
            on("2020-01-01", "buy", quantity=10),
            on("2020-01-03", "sell", quantity=25),
        ]
        terms = Terms(direction=Direction.BOTH, sizing=Sizing(quantity=10.0))

        decision, _ = carried_out(week(), rows, terms)

        assert decision.target_positions.tolist() == [1, 1, 0, 0, 0, 0, 0, 0]
        assert decision.signal_counts is not None
        assert decision.signal_counts.cut == 1
        assert [warning.code for warning in decision.warnings] == ["signals_cut"]

    def test_count_what_found_nothing_to_do(self) -> None:
        rows = [on("2020-01-01", "sell"), on("2020-01-02", "buy")]

        decision, _ = carried_out(week(), rows, Terms())

        assert decision.signal_counts is not None
        assert decision.signal_counts.without_effect == 1
        assert "signals_without_effect" in {note.code for note in decision.warnings}


class TestLevelsWithHolding:
    def test_leave_each_entry_after_its_own_bars(self) -> None:
        rows = [on("2020-01-01", "buy"), on("2020-01-02", "buy")]

        targets = decide(week(), rows, hold_bars=3).target_positions

        assert targets.tolist() == [1, 2, 2, 1, 0, 0, 0, 0]

    def test_let_the_other_side_reduce_before_their_time(self) -> None:
        rows = [on("2020-01-01", "buy"), on("2020-01-02", "sell")]

        targets = decide(
            week(), rows, Terms(direction=Direction.BOTH), hold_bars=4
        ).target_positions

        # The sell closes the buy: neither is open when its bars are over.
        assert targets.tolist() == [1, 0, 0, 0, 0, 0, 0, 0]

    def test_come_from_flat_on_either_side_where_both_are_allowed(self) -> None:
        rows = [on("2020-01-01", "sell"), on("2020-01-04", "buy")]

        targets = decide(
            week(), rows, Terms(direction=Direction.BOTH), hold_bars=2
        ).target_positions

        assert targets.tolist() == [-1, -1, 0, 1, 1, 0, 0, 0]

    def test_leave_the_other_side_where_it_is_not_allowed(self) -> None:
        rows = [on("2020-01-01", "sell"), on("2020-01-02", "buy")]

        decision, _ = carried_out(week(), rows, Terms(), hold_bars=3)

        assert decision.target_positions.tolist() == [0, 1, 1, 1, 0, 0, 0, 0]
        assert decision.signal_counts is not None
        assert decision.signal_counts.without_effect == 1
        assert decision.signal_counts.closed_nothing == 1

    def test_hold_to_the_end_when_the_data_ends_first(self) -> None:
        targets = decide(
            week(), [on("2020-01-07", "buy")], hold_bars=100
        ).target_positions

        assert targets.tolist() == [0, 0, 0, 0, 0, 0, 1, 1]

    def test_come_back_to_exactly_flat(self) -> None:
        rows = [
            on(f"2020-01-0{day}", "buy", quantity=quantity)
            for day, quantity in [(1, 0.1), (2, 0.2), (3, 0.3)]
        ]

        targets = decide(
            week(), rows, Terms(sizing=Sizing(quantity=1.0)), hold_bars=2
        ).target_positions

        assert targets.tolist() == pytest.approx([0.1, 0.3, 0.5, 0.3, 0, 0, 0, 0])
        assert (targets[4:] == 0.0).all()

    @settings(max_examples=60, deadline=None)
    @given(
        days=st.lists(st.integers(0, 39), min_size=1, max_size=30, unique=True),
        hold=st.integers(1, 50),
    )
    def test_count_the_entries_that_are_held(self, days: list[int], hold: int) -> None:
        first = np.datetime64("2020-01-01")
        rows = [on(str(first + day), "buy") for day in days]

        targets = decide(closes([10.0] * 40), rows, hold_bars=hold).target_positions

        held = [sum(day <= t < day + hold for day in days) for t in range(40)]
        assert targets.tolist() == held


class TestQuantities:
    def test_are_units_of_their_own_under_fixed_sizing(self) -> None:
        rows = [
            on("2020-01-01", "buy", quantity=30),
            on("2020-01-03", "sell", quantity=10),
            on("2020-01-05", "buy"),
        ]
        terms = Terms(sizing=Sizing(quantity=20.0))

        _, done = carried_out(week(), rows, terms)

        assert done.fills.quantity.tolist() == [30.0, 10.0, 20.0]

    @pytest.mark.parametrize("rule", [r for r in SizingRule if r != SizingRule.FIXED])
    def test_are_refused_under_any_other_rule(self, rule: SizingRule) -> None:
        rows = [on("2020-01-01", "buy"), on("2020-01-02", "buy", quantity=30)]

        with pytest.raises(
            InvalidRequestError, match="signal 1 gives its own quantity"
        ):
            decide(week(), rows, Terms(sizing=Sizing(rule=rule)))


class TestCounts:
    def test_name_duplicates_moves_and_add_up(self) -> None:
        rows = [
            on("2020-01-02", "buy", quantity=5),
            on("2020-01-02", "buy", quantity=7),
            on("2020-01-02", "sell"),
            on("2020-01-03T12:00", "buy"),
            on("2019-01-01", "buy"),
        ]

        decision, _ = carried_out(week(), rows, Terms(sizing=Sizing(quantity=5.0)))

        assert decision.signal_counts is not None
        counts = asdict(decision.signal_counts)
        counts.pop("placements")
        assert counts == {
            "received": 5,
            "acted": 3,
            "before_data": 1,
            "after_data": 0,
            "duplicates": 1,
            "moved": 0,
            "dated": 2,
            "without_effect": 0,
            "cut": 0,
            "closed_nothing": 0,
        }
        # The first of the two buys acts, then the sell of one entry of 5.
        assert decision.target_positions.tolist() == [0, 0, 1, 1, 1, 1, 1, 1]
        assert {warning.code for warning in decision.warnings} == {
            "signals_outside_data",
            "signals_duplicate",
        }

    @settings(max_examples=60, deadline=None)
    @given(
        st.lists(
            st.tuples(st.integers(-3, 12), st.sampled_from(["buy", "sell"])),
            min_size=1,
            max_size=30,
        )
    )
    def test_do_not_depend_on_the_order_of_distinct_times(
        self, given_rows: list[tuple[int, str]]
    ) -> None:
        first = np.datetime64("2020-01-01")
        by_day = dict(given_rows)
        rows = [on(str(first + day), side) for day, side in by_day.items()]

        forward, backward = decide(week(), rows), decide(week(), rows[::-1])

        assert forward.target_positions.tobytes() == backward.target_positions.tobytes()
        assert forward.signal_counts is not None
        assert backward.signal_counts is not None
        assert replace(forward.signal_counts, placements=()) == replace(
            backward.signal_counts, placements=()
        )


class TestLoading:
    def test_takes_columns_for_rows(self) -> None:
        rows = [on("2020-01-01", "buy"), on("2020-01-04", "sell", quantity=50)]
        columns = {
            "timestamp": ["2020-01-01", "2020-01-04"],
            "side": ["buy", "sell"],
            "quantity": [None, 50],
        }

        by_rows = decide(week(), rows)
        by_columns = decide(week(), columns)  # type: ignore[arg-type]

        assert (
            by_rows.target_positions.tobytes() == by_columns.target_positions.tobytes()
        )

    @pytest.mark.parametrize(
        ("signals", "pointer"),
        [
            ([], ""),
            ({}, "/timestamp"),
            ("buy", ""),
            (None, ""),
            ([1], "/0"),
            ([{"timestamp": "2020-01-01"}], "/0/side"),
            ([on("2020-01-01", "buy"), on("2020-02-30", "buy")], "/1/timestamp"),
            ([on("2020-01-01T24:00:01", "buy")], "/0/timestamp"),
            ([on("2020-01-01T00:00+25:00", "buy")], "/0/timestamp"),
            ([on("2020", "buy")], "/0/timestamp"),
            ([on("now", "buy")], "/0/timestamp"),
            ([on("NaT", "buy")], "/0/timestamp"),
            ([on("1677-12-31", "buy")], "/0/timestamp"),
            ([on("2262-01-01", "buy")], "/0/timestamp"),
            ([on("٢٠٢٠-01-01", "buy")], "/0/timestamp"),
            ([{"timestamp": 1577836800, "side": "buy"}], "/0/timestamp"),
            ([on("2020-01-01", "BUY")], "/0/side"),
            ([{"timestamp": "2020-01-01", "side": ["buy"]}], "/0/side"),
            ([on("2020-01-01", "buy", quantity=0)], "/0/quantity"),
            ([on("2020-01-01", "buy", quantity=-1)], "/0/quantity"),
            ([on("2020-01-01", "buy", quantity="5")], "/0/quantity"),
            ([on("2020-01-01", "buy", quantity=True)], "/0/quantity"),
            ([on("2020-01-01", "buy", quantity=float("nan"))], "/0/quantity"),
            ([on("2020-01-01", "buy", quantity=10**400)], "/0/quantity"),
            ([on("2020-01-01", "buy", size=5)], "/0/size"),
            ([on("2020-01-01", "buy", **{"a/b": 5})], "/0/a~1b"),
            ({"timestamp": ["2020-01-01"], "side": ["buy", "buy"]}, "/side"),
            ({"timestamp": ["2020-01-01"], "side": "buy"}, "/side"),
            ({"timestamp": ["2020-01-01"], "side": ["x"]}, "/side/0"),
        ],
    )
    def test_points_at_what_it_refuses(self, signals: object, pointer: str) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            load(SIGNALS.params, {"signals": signals}, under=STRATEGY_PARAMS)

        (place,) = caught.value.places
        assert place.pointer == f"/strategy_params/signals{pointer}"

    def test_refuses_more_than_its_limit(self) -> None:
        many = {"timestamp": ["2020-01-01"] * 100_001, "side": ["buy"] * 100_001}

        with pytest.raises(InvalidRequestError, match="at most 100000"):
            load(SIGNALS.params, {"signals": many}, under=STRATEGY_PARAMS)

    def test_needs_signals(self) -> None:
        with pytest.raises(InvalidRequestError, match="required"):
            load(SIGNALS.params, {"hold_bars": 3}, under=STRATEGY_PARAMS)
