"""When a signal acts: the first fill that could have happened after it.

Hours are those the exchanges publish; each expected bar follows from them by hand.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from backtesting import Bars, Fill
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.timetables import timetable_of
from orchestrator.strategies.signals.placing import place
from orchestrator.strategies.signals.series import Signals

CALENDARS = Calendars()


def bars(index: pd.DatetimeIndex, calendar: str | None) -> Bars:
    labels = index.tz_localize(None).to_numpy().astype("datetime64[ns]")
    ones = np.ones(labels.size)
    table = timetable_of(labels, calendar=calendar, label=None, calendars=CALENDARS)
    plain = Bars.checked(
        timestamps=labels, open=ones, high=ones, low=ones, close=ones, volume=ones
    )
    return replace(plain, timetable=table)


def fills_on(series: Bars, fill: Fill, *timestamps: str) -> list[str]:
    signals = Signals.from_json([{"timestamp": t, "side": "buy"} for t in timestamps])
    placed = place(signals, series, fill)
    rows = placed.bars + (fill is Fill.NEXT_OPEN)
    return [
        str(series.timestamps[row])[:16] if row < len(series) else "after"
        for row in rows
    ]


def days_of_fills(series: Bars, timestamp: str) -> list[str]:
    """Return the day of the month of the fill at the next open, and at the close."""
    fills = [fills_on(series, fill, timestamp) for fill in (Fill.NEXT_OPEN, Fill.CLOSE)]
    return [text[8:10] for (text,) in fills]


MARCH = pd.bdate_range("2024-03-01", "2024-03-15")
EVERY_DAY = pd.date_range("2024-03-01", "2024-03-15")


class TestTuesdayTheFifthOfMarch:
    @pytest.mark.parametrize(
        ("timestamp", "next_open", "close"),
        [
            ("2024-03-05", "06", "05"),
            ("2024-03-05T09:00:00-05:00", "05", "05"),
            ("2024-03-05T09:30:00-05:00", "05", "05"),
            ("2024-03-05T09:30:01-05:00", "06", "05"),
            ("2024-03-05T16:00:00-05:00", "06", "05"),
            ("2024-03-05T16:30:00-05:00", "06", "06"),
            ("2024-03-05T20:00:00-05:00", "06", "06"),
            ("2024-03-06T08:00:00-05:00", "06", "06"),
            ("2024-03-05T00:00:00-05:00", "06", "05"),
            ("2024-03-05T00:00:00", "06", "05"),
        ],
    )
    def test_in_new_york(self, timestamp: str, next_open: str, close: str) -> None:
        series = bars(MARCH, "XNYS")

        assert days_of_fills(series, timestamp) == [next_open, close]

    @pytest.mark.parametrize(
        ("timestamp", "next_open", "close"),
        [
            ("2024-03-05", "06", "05"),
            ("2024-03-05T09:00:00+11:00", "05", "05"),
            ("2024-03-05T11:00:00+11:00", "06", "05"),
            ("2024-03-05T17:00:00+11:00", "06", "06"),
        ],
    )
    def test_in_sydney_which_opens_on_the_fourth_in_utc(
        self, timestamp: str, next_open: str, close: str
    ) -> None:
        series = bars(MARCH, "XASX")

        assert days_of_fills(series, timestamp) == [next_open, close]

    @pytest.mark.parametrize(
        ("timestamp", "next_open", "close"),
        [
            ("2024-03-05", "06", "05"),
            ("2024-03-05T00:00:00Z", "05", "04"),
            ("2024-03-05T09:00:00Z", "06", "05"),
            ("2024-03-05T23:59:00Z", "06", "05"),
        ],
    )
    def test_round_the_clock(self, timestamp: str, next_open: str, close: str) -> None:
        series = bars(EVERY_DAY, "24/7")

        assert days_of_fills(series, timestamp) == [next_open, close]

    def test_in_a_market_nobody_knows_waits_for_the_next_date(self) -> None:
        series = bars(MARCH, None)

        found = fills_on(series, Fill.NEXT_OPEN, "2024-03-05T09:00Z")

        assert found == ["2024-03-06T00:00"]


class TestASignal:
    @pytest.mark.parametrize("fill", list(Fill))
    def test_of_a_weekend_waits_for_monday(self, fill: Fill) -> None:
        series = bars(MARCH, "XNYS")

        for timestamp in ("2024-03-09", "2024-03-09T12:00Z", "2024-03-10T23:00Z"):
            assert fills_on(series, fill, timestamp) == ["2024-03-11T00:00"]

    def test_of_a_weekend_never_gets_fridays_close(self) -> None:
        for calendar in ("XNYS", None):
            found = fills_on(bars(MARCH, calendar), Fill.CLOSE, "2024-03-09T12:00Z")

            assert found == ["2024-03-11T00:00"]

    def test_of_a_half_day_knows_its_early_close(self) -> None:
        index = pd.DatetimeIndex(["2024-11-27", "2024-11-29", "2024-12-02"])
        series = bars(index, "XNYS")

        # The day after Thanksgiving ends at 18:00 UTC.
        assert fills_on(series, Fill.CLOSE, "2024-11-29T17:30Z") == ["2024-11-29T00:00"]
        assert fills_on(series, Fill.CLOSE, "2024-11-29T19:00Z") == ["2024-12-02T00:00"]

    def test_within_a_day_gets_the_next_hour(self) -> None:
        day = pd.date_range("2024-03-05 14:30", periods=7, freq="h")
        series = bars(day.append(day + pd.Timedelta("1D")), "XNYS")

        assert fills_on(series, Fill.NEXT_OPEN, "2024-03-05T15:31Z") == [
            "2024-03-05T16:30"
        ]
        assert fills_on(series, Fill.CLOSE, "2024-03-05T15:31Z") == ["2024-03-05T15:30"]
        assert fills_on(series, Fill.NEXT_OPEN, "2024-03-05") == ["2024-03-06T14:30"]
        assert fills_on(series, Fill.CLOSE, "2024-03-05") == ["2024-03-05T20:30"]

    @pytest.mark.parametrize("frequency", ["W", "W-FRI"])
    def test_within_a_week_waits_for_the_next_one(self, frequency: str) -> None:
        index = pd.date_range("2024-03-01", periods=5, freq=frequency)
        series = bars(index, "XNYS")

        # Tuesday the 5th lies in the week that ends on the 8th or 10th.
        this, following = (str(index[row])[:10] for row in (1, 2))
        assert fills_on(series, Fill.NEXT_OPEN, "2024-03-05")[0][:10] == following
        assert fills_on(series, Fill.CLOSE, "2024-03-05")[0][:10] == this

    def test_before_or_after_the_data_is_counted_and_not_acted_on(self) -> None:
        signals = Signals.from_json(
            [
                {"timestamp": text, "side": "buy"}
                for text in ("2024-02-29", "2024-03-01T14:30Z", "2024-03-15T21:01Z")
            ]
        )

        placed = place(signals, bars(MARCH, "XNYS"), Fill.NEXT_OPEN)

        assert (placed.before_data, placed.after_data, placed.bars.size) == (2, 1, 0)

    def test_on_the_last_day_has_no_next_open(self) -> None:
        series = bars(MARCH, "XNYS")

        assert fills_on(series, Fill.NEXT_OPEN, "2024-03-15T18:00Z") == ["after"]


@pytest.mark.parametrize(
    "timestamp",
    [
        "2024-03-05",
        "2024-03-05T00:00:00Z",
        "2024-03-05T00:00:00-05:00",
        "2024-03-05T00:00:00+05:30",
        "2024-03-05T16:30:00-05:00",
    ],
)
def test_signals_are_written_down_as_they_act(timestamp: str) -> None:
    signals = Signals.from_json([{"timestamp": timestamp, "side": "sell"}])

    again = Signals.from_json(signals.to_json())

    assert again.timestamps.tolist() == signals.timestamps.tolist()
    assert again.days.astype(str).tolist() == signals.days.astype(str).tolist()
    assert again.dated.tolist() == signals.dated.tolist()
