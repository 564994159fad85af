"""What is doubtful about bars: each kind found where it was put, and nowhere else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from backtesting.bars import Bars
from orchestrator.errors import InvalidRequestError
from orchestrator.loaders.base import Span
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.freshness import (
    age_warnings,
    partial_warnings,
    with_future,
)
from orchestrator.loaders.checks.quality import inspect
from orchestrator.loaders.warnings import quality_warnings
from orchestrator.spec import Quality

CALENDARS = Calendars()
NOW = datetime(2024, 6, 14, tzinfo=UTC)
# The 252 sessions of the New York Stock Exchange in 2019, by its published holidays.
HOLIDAYS_2019 = [
    "2019-01-01",
    "2019-01-21",
    "2019-02-18",
    "2019-04-19",
    "2019-05-27",
    "2019-07-04",
    "2019-09-02",
    "2019-11-28",
    "2019-12-25",
]
SESSIONS = np.array(
    [
        day
        for day in np.arange("2019-01-01", "2020-01-01", dtype="datetime64[D]")
        if np.is_busday(day) and str(day) not in HOLIDAYS_2019
    ]
)


def bars_of(
    labels: np.ndarray, closes: np.ndarray | None = None, volume: float = 1e6
) -> Bars:
    """Return bars whose closes wander by about 1 % a bar, with steady volume."""
    if closes is None:
        steps = np.random.default_rng(7).normal(0.0, 0.01, labels.size)
        closes = 100.0 * np.exp(np.cumsum(steps))
    opens = np.concatenate((closes[:1], closes[:-1]))
    return Bars.checked(
        timestamps=labels.astype("datetime64[ns]"),
        open=opens,
        high=np.maximum(opens, closes) * 1.001,
        low=np.minimum(opens, closes) * 0.999,
        close=closes,
        volume=np.full(labels.size, volume),
    )


def inspected(bars: Bars, calendar: str | None = None) -> Quality:
    return inspect(bars, calendar=calendar, calendars=CALENDARS)


def counts(quality: Quality) -> dict[str, int]:
    return {
        name: found.count for name, found in quality.findings.items() if found.count
    }


class TestSessions:
    def test_of_a_whole_year_of_new_york_are_all_there(self) -> None:
        quality = inspected(bars_of(SESSIONS))

        assert SESSIONS.size == 252
        assert (quality.calendar, quality.calendar_inferred) == ("XNYS", True)
        assert counts(quality) == {}

    def test_that_are_missing_are_named(self) -> None:
        quality = inspected(bars_of(np.delete(SESSIONS, [10, 100])))

        finding = quality.findings["missing_sessions"]
        assert finding.count == 2
        assert finding.at == (str(SESSIONS[10]), str(SESSIONS[100]))

    def test_are_every_day_where_weekends_trade(self) -> None:
        days = np.arange("2024-01-01", "2024-03-01", dtype="datetime64[D]")

        quality = inspected(bars_of(np.delete(days, 30)))

        assert quality.calendar == "24/7"
        assert quality.findings["missing_sessions"].at == ("2024-01-31",)

    def test_follow_the_calendar_asked_for(self) -> None:
        quality = inspected(bars_of(SESSIONS), "XLON")

        assert not quality.calendar_inferred
        assert quality.findings["off_calendar_bars"].count > 0  # 6 May, a bank holiday
        assert "2019-02-18" in quality.findings["missing_sessions"].at

    def test_of_an_unknown_calendar_are_refused_with_the_nearest(self) -> None:
        with pytest.raises(InvalidRequestError, match="XNYS") as caught:
            inspected(bars_of(SESSIONS), "XNYZ")

        assert caught.value.places[0].pointer == "/calendar"

    def test_are_not_judged_for_weekly_bars(self) -> None:
        quality = inspected(bars_of(SESSIONS[::5]))

        assert quality.calendar is None
        assert quality.findings["missing_sessions"].count == 0


class TestPrices:
    def test_that_repeat_are_stale(self) -> None:
        closes = bars_of(SESSIONS).close.copy()
        closes[50:55] = closes[50]

        finding = inspected(bars_of(SESSIONS, closes)).findings["stale_closes"]

        assert finding.count == 4
        assert finding.at[0].startswith(str(SESSIONS[51]))

    def test_that_repeat_once_are_not(self) -> None:
        closes = bars_of(SESSIONS).close.copy()
        closes[50] = closes[51] = 100.0

        assert inspected(bars_of(SESSIONS, closes)).findings["stale_closes"].count == 0

    def test_that_leap_are_extreme(self) -> None:
        closes = bars_of(SESSIONS).close.copy()
        closes[100:] *= 1.25

        finding = inspected(bars_of(SESSIONS, closes)).findings["extreme_returns"]

        assert finding.count == 1
        assert finding.at == (f"{SESSIONS[100]}T00:00:00Z",)

    @pytest.mark.parametrize("ratio", [2.0, 3.0, 10.0, 1.5, 0.5, 0.1])
    def test_with_a_splits_ratio_and_its_volume_look_unadjusted(
        self, ratio: float
    ) -> None:
        bars = bars_of(SESSIONS)
        scale = np.where(np.arange(252) < 120, 1.0, 1.0 / ratio)
        split = Bars.checked(
            timestamps=bars.timestamps,
            open=np.concatenate((bars.close[:1], bars.close[:-1])) * scale,
            high=bars.high * scale,
            low=bars.low * scale,
            close=bars.close * scale,
            volume=bars.volume / scale,
        )

        finding = inspected(split).findings["unadjusted_splits"]

        assert finding.at == (f"{SESSIONS[120]}T00:00:00Z",)

    def test_that_fall_by_half_without_volume_are_no_split(self) -> None:
        closes = bars_of(SESSIONS).close.copy()
        closes[120:] /= 2.0
        bars = bars_of(SESSIONS, closes)
        opens = bars.open.copy()
        opens[120] /= 2.0
        fallen = Bars.checked(
            timestamps=bars.timestamps,
            open=opens,
            high=np.maximum(opens, bars.close),
            low=np.minimum(opens, bars.close),
            close=bars.close,
            volume=bars.volume,
        )

        assert inspected(fallen).findings["unadjusted_splits"].count == 0


class TestTheRest:
    def test_counts_bars_without_volume(self) -> None:
        quality = inspected(bars_of(SESSIONS, volume=0.0))

        assert quality.findings["zero_volume"].count == 252

    def test_counts_bars_spaced_unlike_the_others(self) -> None:
        minutes = np.arange(
            "2024-01-02T14:30", "2024-01-02T20:00", dtype="datetime64[m]"
        )
        days = np.arange("2023-10-02", "2023-12-22", dtype="datetime64[D]")
        labels = np.concatenate((days.astype("datetime64[m]"), minutes[:20]))

        assert inspected(bars_of(labels)).findings["mixed_spacing"].count == 19

    def test_counts_stretches_of_weekly_bars_among_daily_ones(self) -> None:
        weekly = np.arange("2020-01-06", "2020-03-16", 7, dtype="datetime64[D]")

        quality = inspected(bars_of(np.concatenate((SESSIONS, weekly))))

        assert quality.findings["mixed_spacing"].count == 10

    def test_gives_each_kind_one_warning(self) -> None:
        closes = bars_of(SESSIONS).close.copy()
        closes[100:] *= 1.25

        warnings = list(quality_warnings(inspected(bars_of(SESSIONS, closes))))

        assert [warning.code for warning in warnings] == ["extreme_returns"]
        assert warnings[0].detail.startswith("1 (2019-05-")


class TestTheClock:
    def test_finds_bars_in_the_future(self) -> None:
        days = np.arange("2024-06-01", "2024-06-20", dtype="datetime64[D]")
        bars = bars_of(days)

        quality = with_future(inspected(bars), bars, NOW)

        assert quality.findings["future_bars"].at[0] == "2024-06-15T00:00:00Z"
        assert quality.findings["future_bars"].count == 5

    def test_lets_an_eastern_day_begin_early(self) -> None:
        bars = bars_of(np.array(["2024-06-14"], "datetime64[D]"))

        quality = with_future(inspected(bars), bars, NOW - timedelta(hours=13))

        assert quality.findings["future_bars"].count == 0

    @pytest.mark.parametrize(
        ("days", "warned"), [(3.0, True), (4.0, False), (None, False)]
    )
    def test_finds_bars_too_old(self, days: float | None, warned: bool) -> None:
        bars = bars_of(np.arange("2024-06-01", "2024-06-11", dtype="datetime64[D]"))

        codes = [warning.code for warning in age_warnings(bars, days, NOW)]

        assert codes == (["old_data"] if warned else [])

    @pytest.mark.parametrize(
        ("start", "end", "partial"),
        [
            ("2019-01-01", None, False),
            ("2019-01-02", "2020-01-01", False),
            ("2018-12-31", None, True),
            ("2018-01-01", None, True),
            (None, "2020-01-02", False),
            (None, "2020-01-03", True),
            (None, None, False),
        ],
    )
    def test_finds_windows_cut_short_by_a_session(
        self, start: str | None, end: str | None, partial: bool
    ) -> None:
        span = Span(start=_moment(start), end=_moment(end))

        warnings = partial_warnings(
            bars_of(SESSIONS), span, calendar="XNYS", calendars=CALENDARS, now=NOW
        )

        assert [n.code for n in warnings] == (["partial_window"] if partial else [])


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)
