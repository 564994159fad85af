"""Inline bars: columns or rows, checked as a whole, refused by place."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from .conftest import RememberingBacktests

COLUMNS: dict[str, list[Any]] = {
    "timestamp": ["2020-01-01", "2020-01-02", "2020-01-03"],
    "open": [10, 11.0, 12],
    "high": [12, 12, 13],
    "low": [9, 10, 11],
    "close": [11, 12, 12.5],
    "volume": [100, 0, 5],
}


def rows_of(columns: dict[str, list[Any]]) -> list[dict[str, Any]]:
    return [
        dict(zip(columns, values, strict=True))
        for values in zip(*columns.values(), strict=True)
    ]


def body(bars: object) -> dict[str, object]:
    return {"data_source": "inline", "symbol": "MINE", "bars": bars}


class TestInlineBars:
    def test_are_the_same_as_columns_and_as_rows(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        listener.post("/backtest", json=body(COLUMNS))
        listener.post("/backtest", json=body(rows_of(COLUMNS)))

        first, second = (spec.query.bars for spec, _ in remembering.asked)
        assert first is not None
        assert second is not None
        assert first.sha256() == second.sha256()
        assert first.close.tolist() == [11.0, 12.0, 12.5]
        assert (
            first.timestamps.astype("datetime64[D]").astype(str).tolist()
            == (COLUMNS["timestamp"])
        )

    def test_may_leave_out_the_volume(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        bars = {k: v for k, v in COLUMNS.items() if k != "volume"}

        listener.post("/backtest", json=body(bars))

        assert remembering.spec.query.bars is not None
        assert remembering.spec.query.bars.volume.tolist() == [0.0, 0.0, 0.0]

    @pytest.mark.parametrize(
        "times",
        [
            ["2020-01-01T00:00:00Z", "2020-01-02T00:00:00Z", "2020-01-03T00:00:00Z"],
            [f"2020-01-0{day}T02:00:00+02:00" for day in (1, 2, 3)],
            [
                "2019-12-31T19:00:00-05:00",
                "2020-01-02T00:00:00.000Z",
                "2020-01-03T05:30:00+05:30",
            ],
            [f"2020-01-0{day}T00:00:00+09:00" for day in (1, 2, 3)],
        ],
        ids=["all UTC", "offsets", "an offset over midnight", "midnights of a zone"],
    )
    def test_read_offsets_as_utc_and_midnights_as_dates(
        self, listener: FlaskClient, remembering: RememberingBacktests, times: list[str]
    ) -> None:
        listener.post("/backtest", json=body(COLUMNS | {"timestamp": times}))

        bars = remembering.spec.query.bars
        assert bars is not None
        days = np.array(COLUMNS["timestamp"], dtype="datetime64[ns]")
        assert (bars.timestamps == days).all()

    def test_are_refused_with_an_offset_on_some_rows_alone(
        self, client: FlaskClient
    ) -> None:
        times = ["2020-01-01T02:00:00+02:00", "2020-01-02", "2020-01-03T00:00:00Z"]

        response = client.post("/backtest", json=body(COLUMNS | {"timestamp": times}))

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == "/bars/timestamp/1"

    @pytest.mark.parametrize(
        ("change", "pointer"),
        [
            ({"open": [10, "11", 12]}, "/bars/open/1"),
            ({"open": [10, True, 12]}, "/bars/open/1"),
            ({"open": [10, None, 12]}, "/bars/open/1"),
            ({"open": [10, [11], 12]}, "/bars/open/1"),
            ({"open": [10, 11]}, "/bars/open"),
            ({"open": "10,11,12"}, "/bars/open"),
            ({"high": [12, 12, 12]}, "/bars/close/2"),
            ({"low": [0, 10, 11]}, "/bars/low/0"),
            ({"low": [-1, 10, 11]}, "/bars/low/0"),
            ({"volume": [1, -1, 1]}, "/bars/volume/1"),
            (
                {"timestamp": ["2020-01-01", "2020-01-01", "2020-01-03"]},
                "/bars/timestamp/1",
            ),
            (
                {"timestamp": ["2020-01-02", "2020-01-01", "2020-01-03"]},
                "/bars/timestamp/1",
            ),
            (
                {"timestamp": ["2020-01-01", "2020-02-30", "2020-03-03"]},
                "/bars/timestamp/1",
            ),
            ({"timestamp": ["2020-01-01", "now", "2020-01-03"]}, "/bars/timestamp/1"),
            ({"timestamp": ["2020-01-01", "NaT", "2020-01-03"]}, "/bars/timestamp/1"),
            (
                {"timestamp": ["2020-01-01", "2020-01", "2020-01-03"]},
                "/bars/timestamp/1",
            ),
            (
                {"timestamp": ["1500-01-01", "2020-01-02", "2020-01-03"]},
                "/bars/timestamp/0",
            ),
            (
                {"timestamp": ["2020-01-01", "2020-01-02,2020-01-02", "2020-01-03"]},
                "/bars/timestamp/1",
            ),
            ({"timestamp": [1, 2, 3]}, "/bars/timestamp/0"),
            (
                {"timestamp": ["2020-01-01T25:00:00Z", "2020-01-02", "2020-01-03"]},
                "/bars/timestamp/0",
            ),
            ({"weight": [1, 2, 3]}, "/bars/weight"),
        ],
    )
    def test_are_refused_by_place(
        self, listener: FlaskClient, change: dict[str, Any], pointer: str
    ) -> None:
        response = listener.post("/backtest", json=body(COLUMNS | change))

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == pointer

    @pytest.mark.parametrize(
        ("rows", "pointer"),
        [
            ([5], "/bars/0"),
            ([{}], "/bars/0/timestamp"),
            ([rows_of(COLUMNS)[0], {"timestamp": "2020-01-02"}], "/bars/1/open"),
            ([{**rows_of(COLUMNS)[0], "x": 1}], "/bars/0/x"),
            ([{**rows_of(COLUMNS)[0], "close": 99}], "/bars/0/close"),
        ],
        ids=["no object", "empty", "missing fields", "unknown field", "broken rule"],
    )
    def test_rows_are_refused_by_place(
        self, listener: FlaskClient, rows: list[Any], pointer: str
    ) -> None:
        response = listener.post("/backtest", json=body(rows))

        assert response.status_code == 422
        assert response.json["errors"][0]["pointer"] == pointer

    def test_may_be_a_hundred_thousand_and_not_one_more(
        self, listener: FlaskClient, remembering: RememberingBacktests
    ) -> None:
        start = np.datetime64("2020-01-01T00:00:00")
        times = (start + np.arange(100_001) * np.timedelta64(1, "m")).astype(str)
        prices = [1] * 100_001
        bars = dict.fromkeys(("open", "high", "low", "close"), prices[:-1])

        fits = listener.post(
            "/backtest", json=body({"timestamp": times[:-1].tolist(), **bars})
        )
        bars = dict.fromkeys(("open", "high", "low", "close"), prices)
        too_many = listener.post(
            "/backtest", json=body({"timestamp": times.tolist(), **bars})
        )

        assert fits.status_code == 200
        assert len(remembering.spec.query.bars or ()) == 100_000
        assert too_many.status_code == 422
