"""Loading files: names, order, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from backtesting import load_csv

HEADER = "date,open,high,low,close,volume"
GOOD = ("2020-01-02,1,2,0.5,1.5,10", "2020-01-03,1.5,3,1,2,20")


@pytest.fixture
def write(tmp_path: Path):  # noqa: ANN201
    def make(*lines: str) -> Path:
        path = tmp_path / "bars.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return path

    return make


class TestLoadCsv:
    def test_gives_named_sorted_columns(self, write) -> None:  # noqa: ANN001
        data = load_csv(write(HEADER, *reversed(GOOD)), symbol="SPY")

        assert data.index.name == "datetime"
        assert list(data.index.strftime("%F")) == ["2020-01-02", "2020-01-03"]
        assert list(data.columns) == ["open", "high", "low", "close", "volume"]
        assert (data.dtypes == "float64").all()
        assert data["close"].tolist() == [1.5, 2.0]
        assert data.attrs["symbol"] == "SPY"

    @pytest.mark.parametrize(
        "header",
        [
            "Date,Open,High,Low,Close,Volume",
            "TIMESTAMP,O,H,L,C,V",
            "datetime,o,h,l,c,Vol",
            "session, open , high,low,close,volume",
        ],
    )
    def test_knows_aliases_in_any_case(self, write, header: str) -> None:  # noqa: ANN001
        assert load_csv(write(header, *GOOD))["volume"].tolist() == [10.0, 20.0]

    def test_does_not_need_volume(self, write) -> None:  # noqa: ANN001
        lines = (line.rsplit(",", 1)[0] for line in (HEADER, *GOOD))

        data = load_csv(write(*lines))

        assert list(data.columns) == ["open", "high", "low", "close"]

    def test_reads_a_date_column_and_format_of_ones_own(self, write) -> None:  # noqa: ANN001
        path = write("x,day,open,high,low,close", "1,02.01.2020,1,1,1,1")

        data = load_csv(path, date_column="day", datetime_format="%d.%m.%Y")

        assert data.index[0] == pd.Timestamp("2020-01-02")

    def test_reads_dates_without_separators_by_their_format(self, write) -> None:  # noqa: ANN001
        path = write("date,open,high,low,close", "20200102,1,1,1,1")

        data = load_csv(path, datetime_format="%Y%m%d")

        assert data.index[0] == pd.Timestamp("2020-01-02")
        with pytest.raises(ValueError, match="ambiguous"):
            load_csv(path)

    @pytest.mark.parametrize(
        ("lines", "words"),
        [
            ((HEADER, GOOD[0], "2020-01-03,1,2,0.5,,10"), "row 1, close.*a number"),
            ((HEADER, GOOD[0], "2020-01-03,1,2,0.5,x,10"), "row 1, close.*a number"),
            ((HEADER, GOOD[0], "2020-01-03,1,2,0.5,inf,10"), "row 1, close.*finite"),
            ((HEADER, "2020-01-02,1,2,-1,1.5,10"), "row 0, low.*low > 0"),
            ((HEADER, "2020-01-02,1,1.2,0.5,1.5,10"), "row 0, close.*close <= high"),
            ((HEADER, "2020-01-02,1,2,1.7,1.8,10"), "row 0, open.*low <= open"),
            ((HEADER, "2020-01-02,1,2,0.5,1.5,-1"), "row 0, volume.*volume >= 0"),
            ((HEADER, "soon,1,2,0.5,1.5,1"), "row 0, date.*a date"),
            ((HEADER, GOOD[1], GOOD[0], GOOD[1]), "row 2, timestamps.*increasing"),
            ((HEADER, GOOD[0], ",1,2,0.5,1.5,1"), "row 1, date.*a date"),
            ((HEADER, *(f"{row},1" for row in GOOD)), "row 0: there are more cells"),
            ((HEADER,), "there are no rows: at least one bar"),
            ((HEADER[5:], GOOD[0][11:]), "there are no dates.*'open'"),
            (("date,open,high,low", "2020-01-02,1,1,1"), "no column close"),
            ((HEADER + ",Close", GOOD[0] + ",1"), "both close"),
        ],
        ids=[
            "missing",
            "text",
            "infinite",
            "negative",
            "over high",
            "under low",
            "negative volume",
            "no date",
            "duplicate",
            "missing date",
            "too many cells",
            "empty",
            "no dates",
            "no close",
            "two closes",
        ],
    )
    def test_names_row_and_rule(self, write, lines, words: str) -> None:  # noqa: ANN001
        with pytest.raises(ValueError, match=words):
            load_csv(write(*lines))

    def test_finds_the_date_column_asked_for_in_any_case(self, write) -> None:  # noqa: ANN001
        path = write("x,Day ,open,high,low,close", "1,2020-01-02,1,1,1,1")

        assert load_csv(path, date_column="DAY").index[0] == pd.Timestamp("2020-01-02")
        with pytest.raises(ValueError, match="no column 'night', only x, Day "):
            load_csv(path, date_column="night")

    def test_asks_which_when_a_column_is_there_twice(self, write) -> None:  # noqa: ANN001
        path = write("Day,DAY,open,high,low,close", "1,2020-01-02,1,1,1,1")

        assert load_csv(path, date_column="DAY").index[0] == pd.Timestamp("2020-01-02")
        with pytest.raises(ValueError, match="'Day' and 'DAY' are both day"):
            load_csv(path, date_column="day")

    @pytest.mark.parametrize(
        ("dates", "datetime_format"),
        [
            (("2020-03-06T16:00:00-05:00", "2020-03-09T16:00:00-04:00"), None),
            (("06.03.2020 16 -0500", "09.03.2020 16 -0400"), "%d.%m.%Y %H %z"),
        ],
        ids=["ISO 8601", "a format"],
    )
    def test_gives_utc_over_a_change_of_clocks(
        self,
        write,  # noqa: ANN001
        dates: tuple[str, str],
        datetime_format: str | None,
    ) -> None:
        # New York went from UTC-5 to UTC-4 on 8 March 2020.
        path = write(HEADER, *(f"{date},1,1,1,1,1" for date in dates))

        data = load_csv(path, datetime_format=datetime_format)

        assert str(data.index.tz) == "UTC"
        assert list(data.index.strftime("%F %H")) == ["2020-03-06 21", "2020-03-09 20"]

    @pytest.mark.parametrize(
        ("first", "second"),
        [
            ("2020-03-06T16:00:00-05:00", "2020-03-09T16:00:00"),
            ("2020-03-06", "2020-03-09 16:00:00Z"),
            ("2020-03-06 16:00", "20200309T160000-0400"),
        ],
        ids=["naive", "aware", "compact"],
    )
    def test_names_the_row_that_alone_has_a_time_zone_or_none(
        self,
        write,  # noqa: ANN001
        first: str,
        second: str,
    ) -> None:
        path = write(HEADER, *(f"{date},1,1,1,1,1" for date in (first, first, second)))

        with pytest.raises(ValueError, match=r"row 2, date: .*time zone on every date"):
            load_csv(path)

    def test_does_not_invent_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            load_csv(tmp_path / "none.csv")
