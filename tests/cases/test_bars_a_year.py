"""More of the kinds of cases 03 to 09: what a year is, and whole days.

Expected numbers are counted from the calendar: days of the week that trade, times
365.2425 / 7 a year, less holidays where there are some.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from flask.testing import FlaskClient

from tests.cases.bars_csv import clocks, dates, seconds, walk, write_bars

DAYS = pd.date_range("2019-01-01", "2022-12-31")
WEEKDAYS = DAYS[DAYS.day_of_week < 5]
HALF_DAYS = pd.date_range("2021-01-01", "2022-12-31", freq="12h")
FIVE_A_WEEK, SIX_A_WEEK = (245, 262), (300, 316)


def _on(*days: int) -> pd.DatetimeIndex:
    return DAYS[DAYS.day_of_week.isin(days)]


def _mid_and_end_of_months() -> list[str]:
    months = pd.period_range("2010-01", "2019-12", freq="M")
    mids = [month.start_time + pd.Timedelta(days=14) for month in months]
    ends = [month.end_time.normalize() for month in months]
    return dates(pd.DatetimeIndex(sorted(mids + ends)))


A_YEAR: dict[str, tuple[Sequence[object], tuple[float, float]]] = {
    "17:00 New York": (clocks(WEEKDAYS, "America/New_York", 17), FIVE_A_WEEK),
    "17:00 New York, epochs": (
        seconds(clocks(WEEKDAYS, "America/New_York", 17)),
        FIVE_A_WEEK,
    ),
    "22:00 UTC of the evening before": (
        clocks(WEEKDAYS - pd.Timedelta(days=1), "UTC", 22),
        FIVE_A_WEEK,
    ),
    "midnights of Sydney, epochs": (
        seconds(clocks(WEEKDAYS, "Australia/Sydney")),
        FIVE_A_WEEK,
    ),
    "midnights of Auckland": (clocks(WEEKDAYS, "Pacific/Auckland"), FIVE_A_WEEK),
    "midnights of Tokyo": (clocks(WEEKDAYS, "Asia/Tokyo"), FIVE_A_WEEK),
    "Sunday to Thursday": (dates(_on(6, 0, 1, 2, 3)), FIVE_A_WEEK),
    "Sunday to Thursday, midnights of Riyadh": (
        clocks(_on(6, 0, 1, 2, 3), "Asia/Riyadh"),
        FIVE_A_WEEK,
    ),
    "Saturday to Wednesday": (dates(_on(5, 6, 0, 1, 2)), FIVE_A_WEEK),
    "Sunday to Friday": (dates(_on(6, 0, 1, 2, 3, 4)), SIX_A_WEEK),
    "Monday to Saturday": (dates(_on(0, 1, 2, 3, 4, 5)), SIX_A_WEEK),
    "six days, midnights of Athens": (
        clocks(_on(6, 0, 1, 2, 3, 4), "Europe/Athens"),
        SIX_A_WEEK,
    ),
    "2 days": (dates(DAYS[::2]), (181, 184)),
    "5 days": (dates(DAYS[::5]), (72, 74)),
    "10 days": (dates(DAYS[::10]), (36, 37)),
    "half days of weekdays": (
        [str(label) for label in HALF_DAYS[HALF_DAYS.day_of_week < 5]],
        (505, 530),
    ),
    "half days of all days": ([str(label) for label in HALF_DAYS], (725, 735)),
    "two days a week": (dates(_on(1, 4)), (103, 106)),
    "three days a week": (dates(_on(0, 2, 4)), (154, 158)),
    "every second weekday": (dates(WEEKDAYS[::2]), (129, 132)),
    "every third weekday": (dates(WEEKDAYS[::3]), (86, 88)),
    "middle and end of months": (_mid_and_end_of_months(), (23.5, 24.5)),
    "quarters": (dates(pd.date_range("2000-03", "2020", freq="QE")), (3.9, 4.1)),
}


def _asked(client: FlaskClient, **body: Any) -> dict[str, Any]:
    response = client.post("/backtest", json={"csv_path": "bars.csv"} | body)
    answer = response.json
    assert response.status_code == 200, answer
    assert answer is not None
    return answer


@pytest.mark.parametrize("name", A_YEAR)
def test_a_year_is_what_time_says(
    client: FlaskClient, tmp_path: Path, name: str
) -> None:
    labels, (least, most) = A_YEAR[name]
    write_bars(tmp_path / "bars.csv", labels)

    answer = _asked(client)

    assert least <= answer["assumptions"]["periods_per_year"] <= most
    if least > 365 or most < 360:
        assert answer["data"]["quality"]["calendar"] != "24/7"


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("2 days", 182.625),
        ("two days a week", 104),
        ("Sunday to Friday", 313),
        ("Sunday to Thursday", 250),
        ("every second weekday", 126),
    ],
)
def test_a_right_number_is_not_punished(
    client: FlaskClient, tmp_path: Path, name: str, right: float
) -> None:
    write_bars(tmp_path / "bars.csv", A_YEAR[name][0])

    answer = _asked(client, periods_per_year=right)

    assert "periods_per_year" not in str(
        [warning["code"] for warning in answer["warnings"]]
    )


def test_a_wrong_number_is_warned(client: FlaskClient, tmp_path: Path) -> None:
    write_bars(tmp_path / "bars.csv", A_YEAR["Sunday to Thursday"][0])

    answer = _asked(client, periods_per_year=365)

    assert "periods_per_year_differs" in str(answer["warnings"])


def test_months_followed_by_days_are_insufficient(
    client: FlaskClient, tmp_path: Path
) -> None:
    months = pd.date_range("2010-01-31", "2019-12-31", freq="ME")
    days = pd.bdate_range("2020-01-01", "2020-04-01")
    write_bars(tmp_path / "bars.csv", dates(months.append(days)))

    answer = _asked(client, gate=["sharpe_ratio > -9"])

    assert answer["gate"]["verdict"] == "insufficient_evidence"
    assert "periods_per_year_uncertain" in str(answer["warnings"])


@pytest.mark.parametrize("place", [-1, 0, 150])
@pytest.mark.parametrize("zone", ["Europe/Berlin", "Asia/Tokyo", "America/New_York"])
def test_a_stray_clock_moves_no_other_row(
    client: FlaskClient, tmp_path: Path, zone: str, place: int
) -> None:
    labels = clocks(pd.bdate_range("2023-01-02", periods=300), zone)
    labels[place] = labels[place].replace("T00:00", "T14:37")
    write_bars(tmp_path / "bars.csv", labels)

    answer = _asked(client)

    assert answer["data"]["first"].startswith("2023-01-02T")
    assert answer["data"]["last"].startswith("2024-02-23T")
    assert 245 <= answer["assumptions"]["periods_per_year"] <= 262
    assert "stray_clocks" in str(answer["warnings"])


@pytest.mark.parametrize("stray", [False, True])
@pytest.mark.parametrize(
    "zone", ["Asia/Kolkata", "America/New_York", "Australia/Sydney", "Asia/Tokyo"]
)
def test_inline_midnights_are_dates(
    client: FlaskClient, zone: str, stray: bool
) -> None:
    labels = clocks(pd.bdate_range("2023-01-04", periods=300), zone)
    if stray:
        labels[-1] = labels[-1].replace("T00:00", "T11:07")
    closes = walk(300).tolist()
    names = ("open", "high", "low", "close", "volume")
    bars = {"timestamp": labels} | dict.fromkeys(names, closes)

    answer = client.post("/backtest", json={"data_source": "inline", "bars": bars}).json

    assert answer is not None
    assert answer["data"]["first"] == "2023-01-04T00:00:00Z"
    assert 245 <= answer["assumptions"]["periods_per_year"] <= 262


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "America/New_York", "Asia/Tokyo"])
def test_midnights_in_parquet_are_dates(
    client: FlaskClient, tmp_path: Path, zone: str
) -> None:
    days = pd.bdate_range("2023-01-04", periods=300)
    closes = walk(300)
    frame = pd.DataFrame({"timestamp": days.tz_localize(zone), "volume": np.ones(300)})
    for name in ("open", "high", "low", "close"):
        frame[name] = closes
    frame.to_parquet(tmp_path / "bars.parquet")

    answer = _asked(client, csv_path="bars.parquet")

    assert answer["data"]["first"] == "2023-01-04T00:00:00Z"
