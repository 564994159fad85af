"""Loading frames: where their dates may stand, and in which form."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import numpy as np
import pandas as pd
import pytest

from backtesting import load_dataframe


def flat(rows: int = 2, **options: Any) -> pd.DataFrame:
    """Return prices of one, dated by nothing but what `options` say."""
    names = ("open", "high", "low", "close")
    return pd.DataFrame({name: [1.0] * rows for name in names}, **options)


class TestLoadDataframe:
    @pytest.mark.parametrize("name", [None, "Date", "when"])
    def test_reads_an_index_of_iso_text(self, name: str | None) -> None:
        index = pd.Index(["2020-01-03", "2020-01-02"], name=name)

        loaded = load_dataframe(flat(index=index))

        assert list(loaded.index.strftime("%F")) == ["2020-01-02", "2020-01-03"]

    def test_reads_an_index_of_iso_text_beside_a_first_column_of_text(self) -> None:
        data = flat(index=["2020-01-02", "2020-01-03"])
        data.insert(0, "symbol", ["SPY", "SPY"])

        assert load_dataframe(data).index[0] == pd.Timestamp("2020-01-02")

    def test_reads_a_column_of_dates_beside_an_index_of_text(self) -> None:
        data = flat(index=["first", "second"])
        data.insert(0, "session", ["2020-01-02", "2020-01-03"])

        assert load_dataframe(data).index[0] == pd.Timestamp("2020-01-02")

    def test_names_the_row_of_an_index_that_is_no_date(self) -> None:
        with pytest.raises(ValueError, match=r"row 1, Date: soon.*a date"):
            load_dataframe(flat(index=pd.Index(["2020-01-02", "soon"], name="Date")))

    @pytest.mark.parametrize(
        "index",
        [
            None,
            ["SPY", "QQQ"],
            pd.MultiIndex.from_tuples([("SPY", "2020-01-02"), ("SPY", "2020-01-03")]),
        ],
        ids=["numbers", "symbols", "targets"],
    )
    def test_says_when_there_are_no_dates(self, index: Any) -> None:
        with pytest.raises(ValueError, match="there are no dates"):
            load_dataframe(flat(index=index))

    @pytest.mark.parametrize(
        "data",
        [flat(0), pd.DataFrame(), flat(0, index=pd.DatetimeIndex([]))],
        ids=["no dates", "no columns", "dated"],
    )
    def test_says_when_there_are_no_rows(self, data: pd.DataFrame) -> None:
        with pytest.raises(ValueError, match="there are no rows"):
            load_dataframe(data)

    @pytest.mark.parametrize(
        "dates",
        [
            ["2020-01-02", "2020-01-03"],
            ("2020-01-02", "2020-01-03"),
            [date(2020, 1, 2), date(2020, 1, 3)],
            [datetime(2020, 1, 2), datetime(2020, 1, 3)],  # noqa: DTZ001
            np.array(["2020-01-02", "2020-01-03"], dtype="datetime64[D]"),
            pd.Series(["2020-01-02", "2020-01-03"], index=[7, 8]),
            pd.Series(pd.to_datetime(["2020-01-02", "2020-01-03"]), name="day"),
            pd.Index(["2020-01-02", "2020-01-03"]),
        ],
        ids=[
            "list",
            "tuple",
            "dates",
            "datetimes",
            "array",
            "series of text",
            "series of dates",
            "index",
        ],
    )
    def test_takes_dates_in_any_array(self, dates: Any) -> None:
        loaded = load_dataframe(flat(), datetime_index=dates)

        assert list(loaded.index.strftime("%F")) == ["2020-01-02", "2020-01-03"]
        assert loaded.index.name == "datetime"

    def test_takes_datetimes_of_several_offsets(self) -> None:
        dates = [
            datetime(2020, 1, 2, tzinfo=timezone(timedelta(hours=hours)))
            for hours in (0, -5)
        ]

        loaded = load_dataframe(flat(), datetime_index=dates)

        assert list(loaded.index.strftime("%F %H")) == [
            "2020-01-02 00",
            "2020-01-02 05",
        ]

    @pytest.mark.parametrize(
        ("dates", "words"),
        [
            (["2020-01-02"], "1 dates for 2 rows"),
            (["2020-01-02", "soon"], "row 1, index: soon.*a date"),
            (["2020-01-02", None], "row 1, index: .*a date"),
            ([20200102, 20200103], "row 0, index: 20200102.*ambiguous"),
            ([{}, {}], "row 0, index: .*a date"),
            (
                [datetime(2020, 1, 2), datetime(2020, 1, 3, tzinfo=UTC)],  # noqa: DTZ001
                "row 1, index: .*time zone on every date",
            ),
            ("when", "no column 'when', only open, high, low, close"),
        ],
        ids=["too few", "text", "missing", "numbers", "objects", "zones", "no column"],
    )
    def test_names_what_is_wrong_with_dates(self, dates: Any, words: str) -> None:
        with pytest.raises(ValueError, match=words):
            load_dataframe(flat(), datetime_index=dates)

    def test_takes_dates_from_a_column(self) -> None:
        data = pd.DataFrame(
            {"when": ["2020-01-02"], "o": [1], "h": [2], "l": [1], "c": [2]}
        )

        loaded = load_dataframe(data, datetime_index="When")

        assert loaded.index[0] == pd.Timestamp("2020-01-02")
        assert list(data.columns) == ["when", "o", "h", "l", "c"]

    def test_takes_an_index_of_ones_own(self) -> None:
        data = pd.DataFrame({"o": [1], "h": [2], "l": [1], "c": [2]})
        index = pd.DatetimeIndex(["2020-01-02"])

        assert load_dataframe(data, datetime_index=index).index[0] == index[0]
        with pytest.raises(ValueError, match="1 dates for 2 rows"):
            load_dataframe(pd.concat([data, data]), datetime_index=index)

    def test_keeps_the_symbol_a_frame_has(self) -> None:
        data = pd.DataFrame(
            {"open": [1.0], "high": [1.0], "low": [1.0], "close": [1.0]},
            index=pd.DatetimeIndex(["2020-01-02"], tz="America/New_York"),
        )
        data.attrs["symbol"] = "QQQ"

        loaded = load_dataframe(data)

        assert loaded.attrs["symbol"] == "QQQ"
        assert str(loaded.index.tz) == "America/New_York"
