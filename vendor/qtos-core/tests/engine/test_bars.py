"""The bar contract: what is held, and which row, column and rule is named."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtesting import Bars, Terms, simulate
from backtesting.bars import MOST_REMEMBERED, BarContractError
from backtesting.terms import Exits, Sizing, SizingRule


def columns(*prices: float, volume: float = 1.0) -> dict[str, Any]:
    """Return one bar a price, which is its open, high, low and close."""
    start = np.datetime64("2020-01-01", "ns")
    names = ("open", "high", "low", "close")
    return {name: list(prices) for name in names} | {
        "timestamps": start + np.arange(len(prices)) * np.timedelta64(1, "D"),
        "volume": [volume] * len(prices),
    }


class TestContract:
    def test_holds_at_the_ends_of_its_ranges(self) -> None:
        bars = Bars.checked(**columns(1e-15, 1e15, volume=1e20))

        assert bars.close.tolist() == [1e-15, 1e15]
        assert bars.volume.tolist() == [1e20, 1e20]

    @pytest.mark.parametrize(
        ("change", "column", "rule", "value"),
        [
            ({"low": [1.0, 9.9e-16]}, "low", "low >= 1e-15", 9.9e-16),
            ({"low": [1.0, 5e-324]}, "low", "low >= 1e-15", 5e-324),
            ({"low": [1.0, 0.0]}, "low", "low > 0", 0.0),
            ({"low": [1.0, -1.0]}, "low", "low > 0", -1.0),
            ({"high": [1.0, 1.1e15]}, "high", "high <= 1e15", 1.1e15),
            ({"high": [1.0, 1e308]}, "high", "high <= 1e15", 1e308),
            ({"close": [1.0, 1e308]}, "close", "close <= high", 1e308),
            ({"open": [1.0, 1e-308]}, "open", "low <= open", 1e-308),
            ({"high": [1.0, np.inf]}, "high", "finite", np.inf),
            ({"volume": [1.0, 1.1e20]}, "volume", "volume <= 1e20", 1.1e20),
            ({"volume": [1.0, -1.0]}, "volume", "volume >= 0", -1.0),
        ],
        ids=[
            "low",
            "denormal",
            "zero",
            "negative",
            "high",
            "largest",
            "close",
            "open",
            "infinite",
            "volume",
            "negative volume",
        ],
    )
    def test_names_row_column_and_rule(
        self, change: dict[str, list[float]], column: str, rule: str, value: float
    ) -> None:
        with pytest.raises(BarContractError) as caught:
            Bars.checked(**columns(1.0, 1.0) | change)

        error = caught.value
        assert (error.row, error.column, error.rule) == (1, column, rule)
        assert error.value == value

    @pytest.mark.parametrize("kind", ["M8[D]", "M8[s]", "M8[us]", "str", "object"])
    @pytest.mark.parametrize("year", ["1600", "3000"])
    def test_names_a_time_that_nanoseconds_do_not_reach(
        self, year: str, kind: str
    ) -> None:
        # datetime64[ns] ends on 2262-04-11; numpy gives 1830-11-23 for 3000-01-01.
        times = np.array([f"{year}-01-01", "2020-01-02"], dtype=kind)

        with pytest.raises(BarContractError, match=f"row 0, timestamps: {year}-01-01"):
            Bars.checked(**columns(1.0, 1.0) | {"timestamps": times})

    def test_names_such_a_time_in_a_frame(self) -> None:
        index = pd.DatetimeIndex(["2020-01-01", "3000-01-01"])
        data = pd.DataFrame(columns(1.0, 1.0), index=index).drop(columns="timestamps")

        with pytest.raises(BarContractError, match="row 1, timestamps: 3000-01-01"):
            Bars.from_frame(data)

    @pytest.mark.parametrize("rule", SizingRule)
    def test_leaves_room_for_the_largest_swing(self, rule: SizingRule) -> None:
        bars = Bars.checked(**columns(1e-15, 1e15, 1e-15, 1e15, volume=1e20))
        terms = Terms(
            sizing=Sizing(rule=rule, volatility_bars=2), exits=Exits(stop_loss_pct=50.0)
        )

        done = simulate(bars, [1.0, 1.0, 0.0, 1.0], terms)

        assert np.isfinite(done.equity).all()


class Forgetful(dict[object, object]):
    """A memory that another thread clears right after it was looked into."""

    def __contains__(self, key: object) -> bool:
        found = super().__contains__(key)
        self.clear()
        return found


class TestRemembered:
    def test_computes_once(self) -> None:
        bars = Bars.checked(**columns(1.0))

        assert bars.remembered("a", lambda: 1) == 1
        assert bars.remembered("a", lambda: 2) == 1
        assert bars.remembered("b", lambda: None) is None

    def test_forgets_all_of_more_than_it_may_remember(self) -> None:
        bars = Bars.checked(**columns(1.0))

        for key in range(MOST_REMEMBERED + 1):
            bars.remembered(key, lambda: "old")

        assert bars.remembered(0, lambda: "new") == "new"
        assert bars.remembered(MOST_REMEMBERED, lambda: "new") == "old"

    def test_does_not_fail_when_another_thread_clears_it(self) -> None:
        bars = Bars.checked(**columns(1.0))
        bars.__dict__["_memory"] = Forgetful(a=1)

        assert bars.remembered("a", lambda: 2) in {1, 2}
