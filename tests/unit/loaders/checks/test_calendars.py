"""Exchange calendars: all of them, over all years, without one holding up another."""

from __future__ import annotations

import threading

import exchange_calendars
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from backtesting.bars import Bars
from orchestrator.errors import InvalidRequestError
from orchestrator.loaders.checks import calendars as module
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.quality import (
    inspect,
    periods_of,
    recognise_calendar,
    spacing_of,
)
from orchestrator.loaders.checks.sessions import Sessions, read_apart, read_sessions
from orchestrator.loaders.checks.timetables import timetable_of

SHARED = Calendars()
NAMES = sorted(set(exchange_calendars.get_calendar_names(include_aliases=False)))


def day(text: str) -> np.datetime64:
    return np.datetime64(text, "D")


@pytest.mark.parametrize("name", NAMES)
def test_every_calendar_can_be_read(name: str) -> None:
    calendars = Calendars()

    found = calendars.sessions(name, day("2024-01-01"), day("2024-12-31"))

    assert 200 < found.days.size < 367
    assert (np.diff(found.days) > np.timedelta64(0, "D")).all()
    assert (found.opens < found.closes).all()
    assert (np.abs(found.opens - found.days) <= np.timedelta64(1, "D")).all()
    a_year = calendars.per_year(name, day("2024-06-01"))
    assert a_year is not None
    assert 230 < a_year < 367


@pytest.mark.parametrize(
    ("name", "closed", "opened"),
    [
        # Orthodox Good Friday and Easter Monday 2024: 3 and 6 May.
        ("ASEX", ["2024-05-03", "2024-05-06"], ["2024-05-02", "2024-05-07"]),
        ("XBSE", ["2024-05-03", "2024-05-06"], ["2024-05-02", "2024-05-07"]),
        # Purim and Yom Kippur 2022 of the Tel Aviv Stock Exchange, Sundays open.
        ("XTAE", ["2022-03-17", "2022-10-05"], ["2022-03-20", "2022-04-17"]),
        # It moved to Monday to Friday in January 2026.
        ("XTAE", ["2026-01-11"], ["2026-01-09", "2025-12-28"]),
        ("XSAU", ["2024-01-05"], ["2024-01-07"]),
    ],
)
def test_knows_feasts_that_move(
    name: str, closed: list[str], opened: list[str]
) -> None:
    found = SHARED.sessions(name, day("2022-01-01"), day("2026-06-01")).days

    assert not np.isin(np.array(closed, "datetime64[D]"), found).any()
    assert np.isin(np.array(opened, "datetime64[D]"), found).all()


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Return what was read of calendars since, as it is read."""
    found: list[object] = []
    read = module._read

    def counted(*args: object) -> Sessions:
        found.append(args)
        return read(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_read", counted)
    return found


class TestYears:
    @pytest.mark.parametrize("name", ["XNYS", "XHKG", "XSAU", "24/7"])
    @pytest.mark.parametrize(
        ("first", "last"),
        [
            ("1700-01-01", "1700-02-01"),
            ("2199-01-01", "2199-02-01"),
            ("1700-01-01", "2199-01-01"),
            ("1949-12-25", "1950-01-10"),
            ("2100-12-20", "2101-01-10"),
        ],
    )
    def test_that_no_calendar_knows_have_no_sessions(
        self, name: str, first: str, last: str
    ) -> None:
        found = SHARED.sessions(name, day(first), day(last))

        assert found.days.size == found.opens.size == found.closes.size
        assert ((found.days >= day(first)) & (found.days <= day(last))).all()

    def test_are_read_a_bounded_number_of_times(self, reads: list[object]) -> None:
        calendars = Calendars()

        for year in (2024, 1700, 2199, 1950, 2199, 1700, 2030, 1989, 2024):
            calendars.sessions("XNYS", day(f"{year}-01-01"), day(f"{year}-02-01"))

        assert len(reads) <= 3

    @settings(max_examples=60, deadline=None)
    @given(
        st.integers(1700, 2199),
        st.sampled_from(["h", "D", "2D", "W", "M", "Y"]),
        st.sampled_from(["XNYS", "XHKG", "XSAU", "24/7", None]),
        st.integers(1, 60),
    )
    def test_of_any_bars_can_be_inspected(
        self, year: int, step: str, name: str | None, size: int
    ) -> None:
        start = np.datetime64(f"{year}-01-01").astype(f"datetime64[{step}]")
        labels = (start + np.arange(size)).astype("datetime64[ns]")
        labels = np.unique(labels[labels < np.datetime64("2261-12-31")])
        ones = np.ones(labels.size)
        bars = Bars.checked(
            timestamps=labels, open=ones, high=ones, low=ones, close=ones, volume=ones
        )

        quality = inspect(bars, calendar=name, calendars=SHARED)
        table = timetable_of(
            labels, calendar=quality.calendar, label=None, calendars=SHARED
        )
        times = table.times(labels)

        assert periods_of(bars, name, SHARED).periods > 0.0
        assert (times.opens < times.closes).all()
        assert (np.diff(times.opens) > np.timedelta64(0, "ns")).all()


class TestReading:
    def test_one_calendar_does_not_hold_up_another(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        begun, go_on = threading.Event(), threading.Event()
        read = module._read

        def slow(name: str, *days: np.datetime64) -> Sessions:
            if name == "XKRX":
                begun.set()
                assert go_on.wait(30.0)
            return read("XNYS", *days)

        monkeypatch.setattr(module, "_read", slow)
        calendars = Calendars()
        window = day("2024-01-01"), day("2024-02-01")
        waiting = threading.Thread(target=calendars.sessions, args=("XKRX", *window))
        waiting.start()
        try:
            assert begun.wait(30.0)
            assert calendars.sessions("XNYS", *window).days.size == 22
        finally:
            go_on.set()
            waiting.join(30.0)

    def test_many_who_ask_at_once_read_it_once(self, reads: list[object]) -> None:
        calendars = Calendars()
        window = day("2024-01-01"), day("2024-02-01")
        threads = [
            threading.Thread(target=calendars.sessions, args=("XNYS", *window))
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(30.0)

        assert len(reads) == 1

    @pytest.mark.parametrize("name", ["XNYS", "XKRX"])
    def test_apart_finds_the_same(self, name: str) -> None:
        first, last = day("1960-01-01"), day("1965-12-31")

        here, apart = read_sessions(name, first, last), read_apart(name, first, last)

        assert (here.first, here.last) == (apart.first, apart.last)
        for column in ("days", "opens", "closes"):
            found, expected = getattr(apart, column), getattr(here, column)
            assert found.dtype == expected.dtype
            np.testing.assert_array_equal(found, expected)

    @pytest.mark.parametrize(
        ("first", "last", "is_apart"),
        [
            ("1990-01-01", "2024-01-01", False),
            ("1989-12-31", "2024-01-01", True),
            ("2024-01-01", "2099-01-01", True),
        ],
    )
    def test_of_unusual_years_happens_apart(
        self,
        monkeypatch: pytest.MonkeyPatch,
        first: str,
        last: str,
        is_apart: bool,
    ) -> None:
        apart: list[object] = []
        read = module.read_apart

        def seen(*args: object) -> Sessions:
            apart.append(args)
            return read(*args)  # type: ignore[arg-type]

        monkeypatch.setattr(module, "read_apart", seen)

        Calendars().sessions("XNYS", day(first), day(last))

        assert bool(apart) is is_apart

    def test_of_an_unknown_name_suggests_the_nearest(self) -> None:
        with pytest.raises(InvalidRequestError, match="XNYS"):
            SHARED.sessions("XNYZ", day("2024-01-01"), day("2024-02-01"))


def bars_on(days: np.ndarray) -> Bars:
    ones = np.ones(days.size)
    return Bars.checked(
        timestamps=days, open=ones, high=ones, low=ones, close=ones, volume=ones
    )


def recognised(labels: np.ndarray) -> str | None:
    bars = bars_on(labels)
    return recognise_calendar(bars, spacing_of(bars), SHARED)


class TestRecognising:
    def test_takes_the_dates_of_new_york_for_new_york(self) -> None:
        days = SHARED.sessions("XNYS", day("2020-01-01"), day("2023-12-31")).days

        assert recognised(days) == "XNYS"
        assert recognised(np.delete(days, [5, 50])) == "XNYS"

    @pytest.mark.parametrize("name", ["XLON", "XTKS", "XSAU", "XHKG", "XETR"])
    def test_takes_no_other_market_for_new_york(self, name: str) -> None:
        days = SHARED.sessions(name, day("2021-01-03"), day("2023-12-31")).days

        assert recognised(days) is None

    def test_takes_seven_days_a_week_for_round_the_clock(self) -> None:
        every = np.arange(day("2023-01-01"), day("2023-12-31"))

        assert recognised(every) == "24/7"

    def test_takes_evenings_before_for_nothing(self) -> None:
        # FX days that begin at 22:00 UTC, from Sunday to Thursday.
        every = np.arange(day("2023-01-01"), day("2023-12-31"))
        open_days = every[(every.astype(np.int64) + 3) % 7 != 4]
        open_days = open_days[(open_days.astype(np.int64) + 3) % 7 != 5]
        labels = open_days.astype("datetime64[ns]") + np.timedelta64(22, "h")

        assert recognised(labels) is None


class TestPeriods:
    def test_of_few_bars_go_by_the_named_calendar(self) -> None:
        days = SHARED.sessions("XTKS", day("2024-01-01"), day("2024-01-26")).days

        # 245 sessions a year, too far from 252 for it.
        assert periods_of(bars_on(days), "XTKS", SHARED).periods == pytest.approx(
            244.6, abs=1.5
        )

    def test_of_every_second_session_are_half(self) -> None:
        days = SHARED.sessions("XNYS", day("2020-01-01"), day("2023-12-31")).days[::2]

        found = periods_of(bars_on(days), "XNYS", SHARED)

        assert found.periods == pytest.approx(126.0, rel=0.01)
        assert found.is_even
