"""When bars open and close, against published trading hours."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from backtesting.timetable import BarLabel, LabelTimetable
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.timetables import recognised_label, timetable_of

CALENDARS = Calendars()


def labels_of(index: pd.DatetimeIndex) -> np.ndarray:
    return index.tz_localize(None).to_numpy().astype("datetime64[ns]")


def hours(
    labels: np.ndarray,
    calendar: str | None,
    row: int,
    label: BarLabel | None = None,
) -> tuple[str, str]:
    table = timetable_of(labels, calendar=calendar, label=label, calendars=CALENDARS)
    times = table.times(labels)
    return str(times.opens[row])[:16], str(times.closes[row])[:16]


DAYS = labels_of(pd.bdate_range("2024-03-01", "2024-03-15"))  # the 3rd row is the 5th
EVERY_DAY = labels_of(pd.date_range("2024-03-01", "2024-03-15"))


class TestADailyBar:
    @pytest.mark.parametrize(
        ("calendar", "opens", "closes"),
        [
            ("XNYS", "2024-03-05T14:30", "2024-03-05T21:00"),
            ("XLON", "2024-03-05T08:00", "2024-03-05T16:30"),
            ("XTKS", "2024-03-05T00:00", "2024-03-05T06:00"),
            ("XASX", "2024-03-04T23:00", "2024-03-05T05:00"),
            ("CMES", "2024-03-04T23:00", "2024-03-05T23:00"),
        ],
    )
    def test_of_a_date_opens_and_closes_with_its_session(
        self, calendar: str, opens: str, closes: str
    ) -> None:
        assert hours(DAYS, calendar, 2) == (opens, closes)

    @pytest.mark.parametrize(
        ("calendar", "shift", "opens", "closes"),
        [
            ("XNYS", 14 * 60 + 30, "2024-03-05T14:30", "2024-03-05T21:00"),
            ("XNYS", 21 * 60, "2024-03-05T14:30", "2024-03-05T21:00"),
            ("XNYS", 5 * 60, "2024-03-05T14:30", "2024-03-05T21:00"),
            ("XASX", -60, "2024-03-04T23:00", "2024-03-05T05:00"),
            ("XASX", -11 * 60, "2024-03-04T23:00", "2024-03-05T05:00"),
            ("XTKS", -9 * 60, "2024-03-05T00:00", "2024-03-05T06:00"),
        ],
        ids=[
            "at its open",
            "at its close",
            "at New York's midnight",
            "at its open the day before",
            "at Sydney's midnight",
            "at Tokyo's midnight",
        ],
    )
    def test_is_of_the_session_its_label_is_of(
        self, calendar: str, shift: int, opens: str, closes: str
    ) -> None:
        labels = DAYS + np.timedelta64(shift, "m")

        assert hours(labels, calendar, 2) == (opens, closes)

    def test_of_a_half_day_closes_early(self) -> None:
        labels = labels_of(pd.DatetimeIndex(["2024-11-27", "2024-11-29", "2024-12-02"]))

        # The day after Thanksgiving ends at 13:00 in New York.
        assert hours(labels, "XNYS", 1) == ("2024-11-29T14:30", "2024-11-29T18:00")

    @pytest.mark.parametrize("calendar", ["24/7", None])
    def test_round_the_clock_lasts_from_its_label_to_the_next(
        self, calendar: str | None
    ) -> None:
        assert hours(EVERY_DAY, calendar, 4) == ("2024-03-05T00:00", "2024-03-06T00:00")
        assert hours(EVERY_DAY, calendar, -1)[1] == "2024-03-16T00:00"

    def test_does_not_last_over_a_weekend(self) -> None:
        assert hours(DAYS, None, 0) == ("2024-03-01T00:00", "2024-03-02T00:00")

    def test_labelled_by_its_last_second_ends_there(self) -> None:
        labels = EVERY_DAY + np.timedelta64(86_399, "s")

        assert hours(labels, None, 4) == ("2024-03-04T23:59", "2024-03-05T23:59")


class TestLongerBars:
    @pytest.mark.parametrize(
        ("frequency", "label"),
        [
            ("W", "end"),
            ("W-FRI", "end"),
            ("W-SAT", "end"),
            ("W-MON", "start"),
            ("ME", "end"),
            ("BME", "end"),
            ("MS", "start"),
            ("BMS", "start"),
            ("QE", "end"),
            ("YE", "end"),
            ("YS", "start"),
            ("D", "start"),
            ("B", "start"),
            ("h", "start"),
        ],
    )
    def test_show_what_their_label_marks(self, frequency: str, label: str) -> None:
        labels = labels_of(pd.date_range("2015-01-01", periods=24, freq=frequency))

        assert recognised_label(labels) == label

    @pytest.mark.parametrize(
        ("frequency", "row", "opens", "closes"),
        [
            # The week of Monday 15 to Friday 19 January 2024; the 15th was a holiday.
            ("W", 2, "2024-01-16T14:30", "2024-01-19T21:00"),
            ("W-FRI", 2, "2024-01-16T14:30", "2024-01-19T21:00"),
            ("W-MON", 2, "2024-01-16T14:30", "2024-01-19T21:00"),
            # February 2024, which ended on Thursday the 29th.
            ("ME", 1, "2024-02-01T14:30", "2024-02-29T21:00"),
            ("MS", 1, "2024-02-01T14:30", "2024-02-29T21:00"),
        ],
    )
    def test_open_with_their_first_session_and_close_with_their_last(
        self, frequency: str, row: int, opens: str, closes: str
    ) -> None:
        labels = labels_of(pd.date_range("2024-01-01", periods=12, freq=frequency))

        assert hours(labels, "XNYS", row) == (opens, closes)

    def test_are_what_the_caller_says_they_are(self) -> None:
        labels = labels_of(pd.date_range("2024-01-01", periods=12, freq="W-FRI"))

        # Labelled Friday the 5th by its start: a week that ends before the 12th.
        found = hours(labels, "XNYS", 0, BarLabel.START)

        assert found == ("2024-01-05T14:30", "2024-01-11T21:00")


class TestIntradayBars:
    def test_last_to_the_next_and_a_step_at_the_end_of_a_day(self) -> None:
        day = pd.date_range("2024-03-05 14:30", periods=7, freq="h")
        labels = labels_of(day.append(day + pd.Timedelta("1D")))

        assert hours(labels, "XNYS", 0) == ("2024-03-05T14:30", "2024-03-05T15:30")
        assert hours(labels, "XNYS", 6) == ("2024-03-05T20:30", "2024-03-05T21:30")

    def test_are_of_the_session_they_lie_in(self) -> None:
        # Sydney's session of 5 March 2024 began on the 4th in UTC.
        labels = labels_of(pd.date_range("2024-03-04 23:00", periods=6, freq="h"))
        table = timetable_of(labels, calendar="XASX", label=None, calendars=CALENDARS)

        dates = table.times(labels).open_dates

        assert set(dates.astype(str).tolist()) == {"2024-03-05"}


def test_a_table_of_labels_alone_is_the_same_for_a_part_of_the_bars() -> None:
    table = LabelTimetable()

    whole, part = table.times(DAYS), table.times(DAYS[:5])

    np.testing.assert_array_equal(whole.opens[:5], part.opens)
    np.testing.assert_array_equal(whole.closes[:5], part.closes)
