"""Bars a year, for every spacing a source may have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from backtesting.metrics import bars_per_year, infer_periods_per_year


def stamps(index: pd.DatetimeIndex) -> np.ndarray:
    return index.to_numpy().astype("datetime64[ns]")


def sessions(days: pd.DatetimeIndex, minutes: list[int]) -> np.ndarray:
    offsets = pd.to_timedelta(minutes, unit="min")
    return stamps(
        pd.DatetimeIndex([day + offset for day in days for offset in offsets])
    )


def at(clock: str, zone: str, names: str) -> np.ndarray:
    """Return four years of bars at a local time on some days of the week."""
    days = pd.date_range(f"2019-01-01 {clock}", periods=4 * 365, tz=zone)
    return stamps(days[days.strftime("%a").isin(names.split())].tz_convert(None))


def every(step: str, *, closed_weekends: bool = False) -> np.ndarray:
    """Return four years of bars of one spacing."""
    labels = pd.date_range("2019-01-07", "2022-12-30", freq=step)
    if closed_weekends:
        labels = labels[labels.day_of_week < 5]
    return stamps(labels)


WEEKDAYS = pd.bdate_range("2020-01-01", periods=60)
EVERY_DAY = pd.date_range("2020-01-01", periods=60)
ONE_DAY = pd.DatetimeIndex(["2020-01-01"])


class TestInferPeriodsPerYear:
    @pytest.mark.parametrize(
        ("timestamps", "expected"),
        [
            (stamps(WEEKDAYS), 252),
            (stamps(EVERY_DAY), 365),
            (stamps(WEEKDAYS.append(pd.DatetimeIndex(["2020-03-28"]))), 252),
            (stamps(pd.DatetimeIndex(["2020-01-03", "2020-01-06"])), 252),
            (stamps(pd.DatetimeIndex(["2020-01-03"])), 252),
            (stamps(pd.DatetimeIndex(["2020-01-04"])), 252),
            (stamps(pd.date_range("2020-01-03", periods=30, freq="W-FRI")), 52),
            (stamps(pd.date_range("2020-01-05", periods=30, freq="W-SUN")), 52),
            (stamps(pd.date_range("2020-01-31", periods=30, freq="ME")), 12),
            (stamps(pd.date_range("2020-01-01", periods=30, freq="MS")), 12),
            (stamps(pd.date_range("2020-01-31", periods=12, freq="QE")), 4),
            (stamps(pd.date_range("2000-01-31", periods=12, freq="YE")), 1),
            (stamps(pd.date_range("2020-01-01", periods=30, freq="15D")), 365.25 / 15),
            (sessions(WEEKDAYS, list(range(870, 1260))), 390 * 252),
            (sessions(WEEKDAYS, [870, 1080]), 2 * 252),
            (sessions(EVERY_DAY, list(range(0, 1440, 60))), 24 * 365),
            (sessions(ONE_DAY, list(range(870, 1260))), 390 * 252),
            (stamps(pd.date_range("1960-01-01", periods=60)), 365),
        ],
        ids=[
            "daily, weekdays",
            "daily, every day",
            "daily, with one Saturday session",
            "a Friday and a Monday",
            "one weekday",
            "one Saturday",
            "weekly on Fridays",
            "weekly on Sundays",
            "month ends",
            "month starts",
            "quarters",
            "years",
            "every 15 days",
            "minutes of a session",
            "two bars a session",
            "hours round the clock",
            "minutes of one day",
            "before 1970",
        ],
    )
    def test_counts(self, timestamps: np.ndarray, expected: float) -> None:
        assert infer_periods_per_year(timestamps) == expected

    def test_takes_the_usual_day_where_some_are_short(self) -> None:
        whole = sessions(WEEKDAYS[:-2], list(range(870, 1260)))
        half = sessions(WEEKDAYS[-2:], list(range(870, 1080)))

        assert infer_periods_per_year(np.concatenate([whole, half])) == 390 * 252

    @pytest.mark.parametrize(
        ("timestamps", "lowest", "highest"),
        [
            (at("17:00", "America/New_York", "Sun Mon Tue Wed Thu"), 252, 252),
            (at("10:00", "Australia/Sydney", "Mon Tue Wed Thu Fri"), 252, 252),
            (at("00:00", "Asia/Tokyo", "Mon Tue Wed Thu Fri"), 252, 252),
            (at("00:00", "UTC", "Sun Mon Tue Wed Thu"), 252, 252),
            (at("00:00", "UTC", "Sun Mon Tue Wed Thu Fri"), 313.0, 313.2),
            (at("00:00", "UTC", "Mon Tue Wed Thu Fri Sat"), 313, 313.2),
            (at("15:00", "UTC", "Mon Thu"), 104.2, 104.5),
            (at("00:00", "UTC", "Mon Wed Fri"), 156.4, 156.6),
            (every("2D"), 182.6, 182.7),
            (every("3D"), 121.7, 121.8),
            (every("5D"), 73.0, 73.1),
            (stamps(pd.bdate_range("2020-01-01", periods=900)[::2]), 130.0, 130.8),
            (every("12h", closed_weekends=True), 520.0, 522.5),
            (every("h", closed_weekends=True), 6_255, 6_265),
            (every("4h"), 6 * 365, 6 * 365),
            (every("D"), 365, 365),
            (stamps(pd.date_range("2020-01-01", periods=7)), 365, 365),
            (stamps(pd.bdate_range("2020-01-06", periods=5)), 252, 252),
        ],
        ids=[
            "FX days from 17:00 New York",
            "Sydney by epoch",
            "Tokyo at its midnight",
            "Sunday to Thursday",
            "with a short Sunday",
            "with Saturdays",
            "twice a week",
            "three times a week",
            "two days",
            "three days",
            "five days",
            "every second session",
            "half days of FX",
            "hours of FX",
            "four hours round the clock",
            "days round the clock",
            "seven days in a row",
            "one week of days",
        ],
    )
    @pytest.mark.parametrize("weeks", [None, 12])
    def test_counts_bars_over_time_whatever_days_they_are(
        self, timestamps: np.ndarray, lowest: float, highest: float, weeks: int | None
    ) -> None:
        if weeks is not None:
            stop = timestamps[0] + np.timedelta64(7 * weeks, "D")
            timestamps = timestamps[timestamps < stop]
        slack = 1.0 if weeks is None else 1.02

        assert lowest / slack <= infer_periods_per_year(timestamps) <= highest * slack

    def test_counts_holidays_as_they_come(self) -> None:
        days = pd.bdate_range("2018-01-01", "2022-12-30")
        of_a_market = days[~((days.day == 1) | (days.day == 25))]

        found = bars_per_year(stamps(of_a_market))

        # 5 years of 261 weekdays without the 1st and the 25th of each month.
        assert found.counted == pytest.approx(len(of_a_market) / 5.0, rel=2e-3)
        assert found.periods == found.counted
        assert found.is_even

    def test_goes_by_the_sessions_of_a_calendar_where_one_is_named(self) -> None:
        few = stamps(pd.bdate_range("2020-01-01", periods=8))

        assert bars_per_year(few, 243.0).periods == 243.0
        assert bars_per_year(few, 250.0).periods == 252.0

    @pytest.mark.parametrize(
        "timestamps",
        [
            np.concatenate(
                [
                    stamps(pd.date_range("2015-01-31", periods=60, freq="ME")),
                    stamps(pd.bdate_range("2020-01-01", periods=60)),
                ]
            ),
            np.concatenate(
                [
                    stamps(pd.DatetimeIndex(["2005-01-03"])),
                    stamps(pd.bdate_range("2024-01-01", periods=70)),
                ]
            ),
            np.concatenate(
                [
                    stamps(pd.bdate_range("2015-01-01", periods=600)),
                    stamps(pd.bdate_range("2020-01-01", periods=600)),
                ]
            ),
        ],
        ids=["months, then days", "one row of long ago", "years missing in between"],
    )
    def test_says_where_bars_lie_unevenly(self, timestamps: np.ndarray) -> None:
        assert not bars_per_year(timestamps).is_even

    @pytest.mark.parametrize("size", [30, 252, 1_000, 5_031, 9_001])
    def test_says_that_weekdays_lie_evenly(self, size: int) -> None:
        found = bars_per_year(stamps(pd.bdate_range("2000-01-03", periods=size)))

        assert found.is_even
        assert found.periods == 252

    def test_refuses_no_bars(self) -> None:
        with pytest.raises(ValueError, match="no bar"):
            infer_periods_per_year(np.empty(0, dtype="datetime64[ns]"))
