"""Bars a year, for every spacing a source may have."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from backtesting.metrics import infer_periods_per_year


def stamps(index: pd.DatetimeIndex) -> np.ndarray:
    return index.to_numpy().astype("datetime64[ns]")


def sessions(days: pd.DatetimeIndex, minutes: list[int]) -> np.ndarray:
    offsets = pd.to_timedelta(minutes, unit="min")
    return stamps(
        pd.DatetimeIndex([day + offset for day in days for offset in offsets])
    )


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
            (stamps(pd.DatetimeIndex(["2020-01-04"])), 365),
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

    def test_ignores_the_sunday_evening_a_week_opens_with(self) -> None:
        hours = pd.date_range("2020-01-05 22:00", "2020-03-27 22:00", freq="h")
        is_open = (hours.day_of_week < 5) | (hours.day_of_week == 6) & (
            hours.hour >= 22
        )

        assert infer_periods_per_year(stamps(hours[is_open])) == 24 * 252

    def test_refuses_no_bars(self) -> None:
        with pytest.raises(ValueError, match="no bar"):
            infer_periods_per_year(np.empty(0, dtype="datetime64[ns]"))
