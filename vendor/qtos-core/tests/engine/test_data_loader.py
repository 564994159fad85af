"""Loading bars: names, order, and what is refused with which words."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from backtesting import load_csv, load_dataframe

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
            ((HEADER,), "at least one bar"),
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
            "empty",
            "no close",
            "two closes",
        ],
    )
    def test_names_row_and_rule(self, write, lines, words: str) -> None:  # noqa: ANN001
        with pytest.raises(ValueError, match=words):
            load_csv(write(*lines))

    def test_does_not_invent_a_missing_file(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            load_csv(tmp_path / "none.csv")


class TestLoadDataframe:
    def test_takes_dates_from_a_column(self) -> None:
        data = pd.DataFrame(
            {"when": ["2020-01-02"], "o": [1], "h": [2], "l": [1], "c": [2]}
        )

        loaded = load_dataframe(data, datetime_index="when")

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
