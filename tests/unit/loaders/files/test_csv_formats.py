"""CSV in the wild: small written examples of each export, and what they must give."""

from __future__ import annotations

import gzip

import numpy as np
import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import DataInvalidError, InvalidRequestError
from orchestrator.loaders.checks.rows import CheckedRows
from orchestrator.loaders.files.file_parse import parse_file
from orchestrator.spec import Adjust, BarQuery, OnBadData

# Three sessions, as every example below writes them.
DATES = ["2024-01-02", "2024-01-03", "2024-01-04"]
OPEN = [4745.2, 4725.07, 4697.42]
HIGH = [4754.33, 4729.29, 4726.78]
LOW = [4722.67, 4699.71, 4687.53]
CLOSE = [4742.83, 4704.81, 4688.68]
VOLUME = [3743050000.0, 3950760000.0, 3715480000.0]

EXAMPLES = {
    "plain": """\
date,open,high,low,close,volume
2024-01-02,4745.2,4754.33,4722.67,4742.83,3743050000
2024-01-03,4725.07,4729.29,4699.71,4704.81,3950760000
2024-01-04,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "Yahoo": """\
Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,4745.200195,4754.330078,4722.669922,4742.830078,4742.830078,3743050000
2024-01-03,4725.069824,4729.290039,4699.709961,4704.810059,4704.810059,3950760000
2024-01-04,4697.419922,4726.779785,4687.529785,4688.680176,4688.680176,3715480000
""",
    "yfinance, one header": """\
Date,Open,High,Low,Close,Volume,Dividends,Stock Splits
2024-01-02 00:00:00-05:00,4745.2,4754.33,4722.67,4742.83,3743050000,0.0,0.0
2024-01-03 00:00:00-05:00,4725.07,4729.29,4699.71,4704.81,3950760000,0.0,0.0
2024-01-04 00:00:00-05:00,4697.42,4726.78,4687.53,4688.68,3715480000,0.0,0.0
""",
    "yfinance, three headers": """\
Price,Close,High,Low,Open,Volume
Ticker,^GSPC,^GSPC,^GSPC,^GSPC,^GSPC
Date,,,,,
2024-01-02,4742.83,4754.33,4722.67,4745.2,3743050000
2024-01-03,4704.81,4729.29,4699.71,4725.07,3950760000
2024-01-04,4688.68,4726.78,4687.53,4697.42,3715480000
""",
    "Stooq": """\
Date,Open,High,Low,Close,Volume
2024-01-02,4745.2,4754.33,4722.67,4742.83,3743050000
2024-01-03,4725.07,4729.29,4699.71,4704.81,3950760000
2024-01-04,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "Stooq, bulk": """\
<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>
^SPX,D,20240102,000000,4745.2,4754.33,4722.67,4742.83,3743050000,0
^SPX,D,20240103,000000,4725.07,4729.29,4699.71,4704.81,3950760000,0
^SPX,D,20240104,000000,4697.42,4726.78,4687.53,4688.68,3715480000,0
""",
    "Alpha Vantage": """\
timestamp,open,high,low,close,volume
2024-01-04,4697.4200,4726.7800,4687.5300,4688.6800,3715480000
2024-01-03,4725.0700,4729.2900,4699.7100,4704.8100,3950760000
2024-01-02,4745.2000,4754.3300,4722.6700,4742.8300,3743050000
""",
    "Alpha Vantage, adjusted": """\
timestamp,open,high,low,close,adjusted_close,volume,dividend_amount,split_coefficient
2024-01-04,4697.42,4726.78,4687.53,4688.68,4688.68,3715480000,0.0000,1.0
2024-01-03,4725.07,4729.29,4699.71,4704.81,4704.81,3950760000,0.0000,1.0
2024-01-02,4745.20,4754.33,4722.67,4742.83,4742.83,3743050000,0.0000,1.0
""",
    "TradingView, seconds": """\
time,open,high,low,close,Volume,Volume MA
1704153600,4745.2,4754.33,4722.67,4742.83,3743050000,
1704240000,4725.07,4729.29,4699.71,4704.81,3950760000,
1704326400,4697.42,4726.78,4687.53,4688.68,3715480000,
""",
    "TradingView, ISO": """\
time,open,high,low,close,Volume
2024-01-02T00:00:00Z,4745.2,4754.33,4722.67,4742.83,3743050000
2024-01-03T00:00:00Z,4725.07,4729.29,4699.71,4704.81,3950760000
2024-01-04T00:00:00Z,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "pandas, named index": """\
datetime,open,high,low,close,volume
2024-01-02 00:00:00+00:00,4745.2,4754.33,4722.67,4742.83,3743050000.0
2024-01-03 00:00:00+00:00,4725.07,4729.29,4699.71,4704.81,3950760000.0
2024-01-04 00:00:00+00:00,4697.42,4726.78,4687.53,4688.68,3715480000.0
""",
    "pandas, unnamed index": """\
,open,high,low,close,volume
2024-01-02,4745.2,4754.33,4722.67,4742.83,3743050000
2024-01-03,4725.07,4729.29,4699.71,4704.81,3950760000
2024-01-04,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "pandas, row numbers": """\
,Date,Open,High,Low,Close,Volume
0,2024-01-02,4745.2,4754.33,4722.67,4742.83,3743050000
1,2024-01-03,4725.07,4729.29,4699.71,4704.81,3950760000
2,2024-01-04,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "milliseconds": """\
timestamp,o,h,l,c,v
1704153600000,4745.2,4754.33,4722.67,4742.83,3743050000
1704240000000,4725.07,4729.29,4699.71,4704.81,3950760000
1704326400000,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "upper case": """\
DATE,OPEN,HIGH,LOW,CLOSE,VOL
2024-01-02,4745.2,4754.33,4722.67,4742.83,3743050000
2024-01-03,4725.07,4729.29,4699.71,4704.81,3950760000
2024-01-04,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "semicolons and decimal commas": """\
Datum;Date;Open;High;Low;Close;Volume
x;2024-01-02;4745,2;4754,33;4722,67;4742,83;3743050000
x;2024-01-03;4725,07;4729,29;4699,71;4704,81;3950760000
x;2024-01-04;4697,42;4726,78;4687,53;4688,68;3715480000
""",
    "decimal commas and grouped thousands": """\
Date;Open;High;Low;Close;Volume
02.01.2024;4.745,20;4.754,33;4.722,67;4.742,83;3.743.050.000
03.01.2024;4.725,07;4.729,29;4.699,71;4.704,81;3.950.760.000
04.01.2024;4.697,42;4.726,78;4.687,53;4.688,68;3.715.480.000
""",
    "quoted thousands": """\
"Date","Open","High","Low","Close","Volume"
"Jan 02, 2024","4,745.20","4,754.33","4,722.67","4,742.83","3,743,050,000"
"Jan 03, 2024","4,725.07","4,729.29","4,699.71","4,704.81","3,950,760,000"
"Jan 04, 2024","4,697.42","4,726.78","4,687.53","4,688.68","3,715,480,000"
""",
    "quoted decimal commas": """\
Date,Open,High,Low,Close,Volume
2024-01-02,"4745,2","4754,33","4722,67","4742,83",3743050000
2024-01-03,"4725,07","4729,29","4699,71","4704,81",3950760000
2024-01-04,"4697,42","4726,78","4687,53","4688,68",3715480000
""",
    "tabs": """\
date\topen\thigh\tlow\tclose\tvolume
2024-01-02\t4745.2\t4754.33\t4722.67\t4742.83\t3743050000
2024-01-03\t4725.07\t4729.29\t4699.71\t4704.81\t3950760000
2024-01-04\t4697.42\t4726.78\t4687.53\t4688.68\t3715480000
""",
    "pipes, other order": """\
volume|close|low|high|open|date
3743050000|4742.83|4722.67|4754.33|4745.2|2024-01-02
3950760000|4704.81|4699.71|4729.29|4725.07|2024-01-03
3715480000|4688.68|4687.53|4726.78|4697.42|2024-01-04
""",
    "trailing blank lines": """\

date,open,high,low,close,volume
2024-01-02,4745.2,4754.33,4722.67,4742.83,3743050000

2024-01-03,4725.07,4729.29,4699.71,4704.81,3950760000
2024-01-04,4697.42,4726.78,4687.53,4688.68,3715480000

,,,,,

""",
    "Windows line ends": "date,open,high,low,close,volume\r\n"
    "2024-01-02,4745.2,4754.33,4722.67,4742.83,3743050000\r\n"
    "2024-01-03,4725.07,4729.29,4699.71,4704.81,3950760000\r\n"
    "2024-01-04,4697.42,4726.78,4687.53,4688.68,3715480000\r\n",
    "month first": """\
Date,Open,High,Low,Close,Volume
01/02/2024,4745.2,4754.33,4722.67,4742.83,3743050000
01/03/2024,4725.07,4729.29,4699.71,4704.81,3950760000
01/04/2024,4697.42,4726.78,4687.53,4688.68,3715480000
01/16/2024,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "slashes, year first": """\
Date,Open,High,Low,Close,Volume
2024/01/02,4745.2,4754.33,4722.67,4742.83,3743050000
2024/01/03,4725.07,4729.29,4699.71,4704.81,3950760000
2024/01/04,4697.42,4726.78,4687.53,4688.68,3715480000
""",
    "month names": """\
Date,Open,High,Low,Close,Volume
02-Jan-2024,4745.2,4754.33,4722.67,4742.83,3743050000
03-Jan-2024,4725.07,4729.29,4699.71,4704.81,3950760000
04-Jan-2024,4697.42,4726.78,4687.53,4688.68,3715480000
""",
}


def parse(
    text: str | bytes,
    *,
    adjust: Adjust = Adjust.NONE,
    on_bad_data: OnBadData = OnBadData.RAISE,
) -> CheckedRows:
    data = text if isinstance(text, bytes) else text.encode()
    query = BarQuery(adjust=adjust, on_bad_data=on_bad_data)
    return parse_file("x.csv", data, query, Deadline.after(10.0)).rows


def labels(rows: CheckedRows) -> list[str]:
    return rows.bars.timestamps.astype("datetime64[s]").astype(str).tolist()


class TestAnExport:
    @pytest.mark.parametrize("text", list(EXAMPLES.values()), ids=list(EXAMPLES))
    def test_gives_the_bars_it_writes(self, text: str) -> None:
        bars = parse(text).bars

        assert bars.timestamps[:3].astype("datetime64[D]").astype(str).tolist() == DATES
        for name, values in (
            ("open", OPEN),
            ("high", HIGH),
            ("low", LOW),
            ("close", CLOSE),
            ("volume", VOLUME),
        ):
            np.testing.assert_allclose(getattr(bars, name)[:3], values, rtol=2e-7)

    @pytest.mark.parametrize(
        "encoded",
        [
            EXAMPLES["plain"].encode("utf-8-sig"),
            EXAMPLES["plain"].encode("utf-16"),
            gzip.compress(EXAMPLES["plain"].encode()),
            gzip.compress(EXAMPLES["plain"].encode("utf-8-sig")),
        ],
        ids=["UTF-8 with a mark", "UTF-16", "gzip", "gzip with a mark"],
    )
    def test_may_be_packed_or_marked(self, encoded: bytes) -> None:
        assert parse(encoded).bars.sha256() == parse(EXAMPLES["plain"]).bars.sha256()

    def test_without_volume_has_none(self) -> None:
        bars = parse("date,open,high,low,close\n2024-01-02,1,2,1,2\n").bars

        assert bars.volume.tolist() == [0.0]

    @pytest.mark.parametrize(
        "digits", ["0.1", "4742.830078", "1e2", "123456789.123456789"]
    )
    def test_keeps_every_digit(self, digits: str) -> None:
        row = ",".join([digits] * 4)

        bars = parse(f"date,open,high,low,close\n2024-01-02,{row}\n").bars

        assert bars.close[0] == float(digits)


class TestTimestamps:
    @pytest.mark.parametrize(
        ("written", "read"),
        [
            ("2024-07-01T09:30:00", "2024-07-01T09:30:00"),
            ("2024-07-01 09:30", "2024-07-01T09:30:00"),
            ("2024-07-01T09:30:00Z", "2024-07-01T09:30:00"),
            ("2024-07-01T09:30:00-04:00", "2024-07-01T13:30:00"),
            ("2024-07-01T09:30:00-0400", "2024-07-01T13:30:00"),
            ("2024-07-01T09:30:00+05:30", "2024-07-01T04:00:00"),
            ("2024-07-01 09:30:00-04", "2024-07-01T13:30:00"),
            ("2024-07-01T09:30:00.250-04:00", "2024-07-01T13:30:00"),
            ("2024-07-01 09:30:00 UTC", "2024-07-01T09:30:00"),
            ("20240701 093000", "2024-07-01T09:30:00"),
            ("1719826200", "2024-07-01T09:30:00"),
            ("1719826200000", "2024-07-01T09:30:00"),
            ("1719826200000000", "2024-07-01T09:30:00"),
            ("1719826200000000000", "2024-07-01T09:30:00"),
            ("07/13/2024 09:30", "2024-07-13T09:30:00"),
            ("13/07/2024 09:30", "2024-07-13T09:30:00"),
            ("13/07/2024 09:30:00", "2024-07-13T09:30:00"),
            ("01.07.2024 09:30", "2024-07-01T09:30:00"),
            ("2024-07-01T00:00:00-04:00", "2024-07-01T00:00:00"),
            ("2024-07-01T00:00:00+09:00", "2024-07-01T00:00:00"),
        ],
    )
    def test_are_read_as_written(self, written: str, read: str) -> None:
        rows = parse(f"time,open,high,low,close\n{written},1,2,1,2\n")

        assert labels(rows) == [read]

    def test_of_daily_bars_stay_dates_over_a_change_of_clocks(self) -> None:
        rows = parse(
            "time,open,high,low,close\n"
            "2024-03-08 00:00:00-05:00,1,2,1,2\n"
            "2024-03-11 00:00:00-04:00,1,2,1,2\n"
        )

        assert labels(rows) == ["2024-03-08T00:00:00", "2024-03-11T00:00:00"]

    def test_of_date_and_time_columns_are_joined(self) -> None:
        rows = parse(
            "Date,Time,Open,High,Low,Close\n2024-07-01,09:30:00,1,2,1,2\n"
            "2024-07-01,09:31:00,1,2,1,2\n"
        )

        assert labels(rows) == ["2024-07-01T09:30:00", "2024-07-01T09:31:00"]

    def test_with_unclear_day_and_month_are_refused(self) -> None:
        with pytest.raises(DataInvalidError, match="which is the day"):
            parse("Date,Open,High,Low,Close\n02/03/2024,1,2,1,2\n03/04/2024,1,2,1,2\n")

    @pytest.mark.parametrize(
        "written",
        [
            "",
            "yesterday",
            "2024-02-30",
            "2024-13-01",
            "24-01-02",
            "NaT",
            "now",
            "0",
            "1500-01-01",
            "2500-01-01",
            "12345",
            "2024-01-02T25:00:00",
            "\u0662\u0660\u0662\u0664-01-02",
        ],
    )
    def test_that_name_no_moment_are_refused(self, written: str) -> None:
        with pytest.raises(DataInvalidError, match="row 3, timestamp"):
            parse(
                "time,open,high,low,close\n2024-01-01,1,2,1,2\n"
                f"{written},1,2,1,2\n2024-01-05,1,2,1,2\n"
            )


class TestAdjusting:
    TEXT = """\
Date,Open,High,Low,Close,Adj Close,Volume
2024-01-02,100,110,90,100,50,10
2024-01-03,52,54,50,53,53,20
"""

    def test_scales_all_prices_to_the_adjusted_close(self) -> None:
        bars = parse(self.TEXT, adjust=Adjust.CLOSE_TO_ADJUSTED).bars

        assert bars.close.tolist() == [50.0, 53.0]
        assert (bars.open[0], bars.high[0], bars.low[0]) == (50.0, 55.0, 45.0)
        assert bars.volume.tolist() == [10.0, 20.0]

    def test_is_off_unless_asked_for(self) -> None:
        assert parse(self.TEXT).bars.close.tolist() == [100.0, 53.0]

    def test_needs_an_adjusted_close(self) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            parse(EXAMPLES["plain"], adjust=Adjust.CLOSE_TO_ADJUSTED)

        assert caught.value.places[0].pointer == "/adjust"


HEAD = "date,open,high,low,close,volume\n2024-01-02,10,12,9,11,100\n"
TAIL = "2024-01-05,10,12,9,11,100\n"
BAD_ROWS = {
    "no number": ("2024-01-03,10,12,x,11,100", "low", "a finite number"),
    "empty cell": ("2024-01-03,10,12,9,,100", "close", "a finite number"),
    "NaN": ("2024-01-03,10,12,9,nan,100", "close", "a finite number"),
    "null": ("2024-01-03,null,12,9,11,100", "open", "a finite number"),
    "infinity": ("2024-01-03,10,inf,9,11,100", "high", "a finite number"),
    "overflow": ("2024-01-03,10,1e999,9,11,100", "high", "a finite number"),
    "zero price": ("2024-01-03,10,12,0,11,100", "low", "low > 0"),
    "negative price": ("2024-01-03,10,12,-9,11,100", "low", "low > 0"),
    "tiny price": ("2024-01-03,10,12,1e-16,11,100", "low", "low >= 1e-15"),
    "huge price": ("2024-01-03,10,1e308,9,11,100", "high", "high <= 1e15"),
    "huge volume": ("2024-01-03,10,12,9,11,1e21", "volume", "volume <= 1e20"),
    "high below low": ("2024-01-03,10,8,9,8.5,100", "high", "low <= high"),
    "close above high": ("2024-01-03,10,12,9,13,100", "close", "low <= close <= high"),
    "open below low": ("2024-01-03,8,12,9,11,100", "open", "low <= open <= high"),
    "negative volume": ("2024-01-03,10,12,9,11,-1", "volume", "volume >= 0"),
    "duplicate": ("2024-01-02,10,12,9,11,100", "timestamp", "one row a timestamp"),
    "out of order": ("2023-12-29,10,12,9,11,100", "timestamp", "rising timestamps"),
    "too few cells": ("2024-01-03,10,12", "row", "6 cells a row"),
    "too many cells": ("2024-01-03,10,12,9,11,1,100", "row", "6 cells a row"),
    "underscore": ("2024-01-03,1_0,12,9,11,100", "open", "a finite number"),
    "hexadecimal": ("2024-01-03,0xA,12,9,11,100", "open", "a finite number"),
    "other digits": ("2024-01-03,\u0661\u0660,12,9,11,100", "open", "a finite number"),
}


class TestARowThatBreaksTheContract:
    @pytest.mark.parametrize(
        ("row", "column", "rule"), list(BAD_ROWS.values()), ids=list(BAD_ROWS)
    )
    def test_is_named_by_line_column_and_rule(
        self, row: str, column: str, rule: str
    ) -> None:
        with pytest.raises(DataInvalidError) as caught:
            parse(f"{HEAD}\n{row}\n{TAIL}")

        assert f"row 4, {column}" in caught.value.detail
        assert rule in caught.value.detail

    @pytest.mark.parametrize(
        "row", [row for row, _, _ in BAD_ROWS.values()], ids=list(BAD_ROWS)
    )
    def test_is_dropped_and_counted_when_asked(self, row: str) -> None:
        rows = parse(f"{HEAD}{row}\n{TAIL}", on_bad_data=OnBadData.DROP)

        assert rows.bars.timestamps[-1] == np.datetime64("2024-01-05")
        assert sum(drop.count for drop in rows.dropped) >= 1
        moved = row.startswith("2023")  # a row out of order is put in order
        assert (len(rows.bars), rows.dropped_rows) == ((3, 0) if moved else (2, 1))

    def test_is_named_with_at_most_nine_others(self) -> None:
        rows = "".join(f"2024-02-{day:02d},1,2,-1,1,1\n" for day in range(1, 29))

        with pytest.raises(DataInvalidError) as caught:
            parse(HEAD + rows)

        assert len(caught.value.places) == 10
        assert "28 such rows" in caught.value.detail
        assert caught.value.places[0].pointer == "/rows/3/low"

    def test_leaves_room_for_ten_rows_however_bad_each_is(self) -> None:
        rows = "".join(f"2024-02-{day:02d},-1,-1,-1,-1,1\n" for day in range(1, 29))

        with pytest.raises(DataInvalidError) as caught:
            parse(HEAD + rows)

        rows_named = [place.pointer.split("/")[2] for place in caught.value.places]
        assert rows_named == [str(line) for line in range(3, 13)]

    def test_is_named_by_each_rule_where_there_is_room(self) -> None:
        with pytest.raises(DataInvalidError) as caught:
            parse(f"{HEAD}2024-02-01,-1,2,-1,1,1\n2024-02-02,1,2,1,-1,1\n")

        pointers = [place.pointer for place in caught.value.places]
        assert pointers[:2] == ["/rows/3/open", "/rows/3/low"]
        assert "/rows/4/close" in pointers

    def test_leaves_an_error_when_all_rows_are_bad(self) -> None:
        with pytest.raises(DataInvalidError):
            parse(
                "date,open,high,low,close\n2024-01-02,-1,2,1,2\n",
                on_bad_data=OnBadData.DROP,
            )


class TestAFileThatIsNoTable:
    @pytest.mark.parametrize(
        "data",
        [
            b"",
            b"\n\n",
            b"date,open,high,low,close\n",
            b"hello\nworld\n",
            b"date,open,high,close\n2024-01-02,1,2,2\n",
            b"open,high,low,close\n1,2,1,2\n",
            b"date,open,open,high,low,close\n2024-01-02,1,1,2,1,2\n",
            b"\x00\x01\x02",
            b"\x1f\x8b\x08broken",
            gzip.compress(b"date,open,high,low,close\n2024-01-02,1,2,1,2\n")[:-6],
            b"\xff\xfe\x00",
            b"date,open,high,low,close\n2024-01-02,1,2,1,\xff\n",
            b"\xe9t\xe9,open,high,low,close\n",
            b'date,open,high,low,close\n"2024-01-02,1,2,1,2\n',
            b"PAR1 and nothing more",
            b"x" * 200_000,
        ],
        ids=range(16),
    )
    def test_is_refused_by_name(self, data: bytes) -> None:
        with pytest.raises(DataInvalidError, match=r"^x\.csv"):
            parse(data)
