"""Terms given in words: the right one counts, a wrong one is refused."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable

import numpy as np
import pytest

from backtesting import Bars, Terms, simulate
from backtesting.terms import Direction, Exits, Fill, Sizing, SizingRule


@pytest.fixture
def bars() -> Bars:
    return Bars.checked(
        timestamps=np.arange("2020-01-01", "2020-01-04", dtype="datetime64[D]"),
        open=[10.0, 20.0, 30.0],
        high=[12.0, 22.0, 32.0],
        low=[9.0, 19.0, 29.0],
        close=[11.0, 21.0, 31.0],
        volume=[1.0, 1.0, 1.0],
    )


class TestTerms:
    @pytest.mark.parametrize("fill", Fill)
    def test_take_the_word_for_a_fill(self, bars: Bars, fill: Fill) -> None:
        # Decided on the first bar: its close is 11, the next bar's open 20.
        price = {Fill.CLOSE: 11.0, Fill.NEXT_OPEN: 20.0}[fill]

        done = simulate(bars, [1.0, 1.0, 1.0], Terms(fill=fill.value))  # type: ignore[arg-type]

        assert done.fills.price.tolist() == [price]

    def test_take_the_word_for_a_direction(self, bars: Bars) -> None:
        targets = [1.0, -1.0, -1.0]

        long_only = simulate(bars, targets, Terms(fill="close", direction="long"))  # type: ignore[arg-type]
        both = simulate(bars, targets, Terms(fill="close", direction="both"))  # type: ignore[arg-type]

        assert long_only.position.tolist() == [50.0, 0.0, 0.0]
        assert both.position.tolist() == [50.0, -50.0, -50.0]

    def test_hold_the_members_themselves(self) -> None:
        terms = Terms(fill="close", direction="short")  # type: ignore[arg-type]

        assert terms.fill is Fill.CLOSE
        assert terms.direction is Direction.SHORT
        assert Sizing(rule="all_in").rule is SizingRule.ALL_IN  # type: ignore[arg-type]
        assert dataclasses.replace(terms, fill="next_open").fill is Fill.NEXT_OPEN

    def test_check_a_rule_that_was_given_as_a_word(self, bars: Bars) -> None:
        sizing = Sizing(rule="risk_per_trade", percent=1.0)  # type: ignore[arg-type]

        with pytest.raises(ValueError, match="set stop_loss_pct"):
            simulate(bars, [1.0] * 3, Terms(sizing=sizing))

        # 1 % of 100,000 is put at risk over 10 % of 11 (the close decided at).
        stop = Terms(fill="close", sizing=sizing, exits=Exits(stop_loss_pct=10.0))  # type: ignore[arg-type]
        assert simulate(bars, [1.0] * 3, stop).position[0] == pytest.approx(1_000 / 1.1)

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (
                lambda: Terms(fill="bogus"),  # type: ignore[arg-type]
                "fill must be one of close, next_open, not 'bogus'",
            ),
            (
                lambda: Terms(fill="NEXT_OPEN"),  # type: ignore[arg-type]
                "fill must be one of close, next_open, not 'NEXT_OPEN'",
            ),
            (
                lambda: Terms(fill=None),  # type: ignore[arg-type]
                "fill must be one of close, next_open, not None",
            ),
            (
                lambda: Terms(direction=["long"]),  # type: ignore[arg-type]
                "direction must be one of long, short, both, not ['long']",
            ),
            (
                lambda: Sizing(rule="half"),  # type: ignore[arg-type]
                "rule must be one of fixed, percent_of_equity, all_in, "
                "risk_per_trade, volatility_target, not 'half'",
            ),
        ],
        ids=["fill", "upper case", "none", "a list", "sizing rule"],
    )
    def test_name_the_choices_when_it_is_none_of_them(
        self, make: Callable[[], object], words: str
    ) -> None:
        with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
            make()
