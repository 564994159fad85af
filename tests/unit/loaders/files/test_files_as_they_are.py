"""Files as people have them, each kind by several examples written out by hand.

Expected bars are what a person reads off the text; where a file can be read in two
ways, or not at all, it is refused with the place.
"""

from __future__ import annotations

import io

import numpy as np
import pandas as pd
import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import DataInvalidError, InvalidRequestError
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.quality import inspect
from orchestrator.loaders.files.file_parse import parse_file
from orchestrator.loaders.files.file_reading import ParsedFile
from orchestrator.spec import BarQuery, OnBadData


def read(text: str | bytes, **query: object) -> ParsedFile:
    data = text if isinstance(text, bytes) else text.encode()
    return parse_file("x.csv", data, BarQuery(**query), Deadline.after(10.0))  # type: ignore[arg-type]


def closes(text: str | bytes, **query: object) -> list[float]:
    return read(text, **query).rows.bars.close.tolist()


def labels(text: str | bytes, **query: object) -> list[str]:
    times = read(text, **query).rows.bars.timestamps
    return times.astype("datetime64[s]").astype(str).tolist()


class TestMarks:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "Date;Open;High;Low;Close;Volume\n"
                "02.01.2024;104,000;104,500;103,250;104,250;8.412\n",
                [104.25],
            ),
            (
                "Date;Open;High;Low;Close\n02.01.2024;1.104,5;1.105,5;1.103;1.104,25\n",
                [1104.25],
            ),
            (
                "Date;Open;High;Low;Close;Volume\n"
                "2024-01-02;12,5;13;12;12,75;1.234.567\n",
                [12.75],
            ),
            (
                "Tanggal;Pembukaan;Tertinggi;Terendah;Terakhir\n"
                "02/13/2024;980;990;975;985\n02/14/2024;990;1.010;985;1.005\n",
                [985.0, 1005.0],
            ),
            (
                "date,open,high,low,close\n2024-01-02,990,999,980,995\n"
                '2024-01-03,998,"1,012",990,"1,010"\n',
                [995.0, 1010.0],
            ),
            (
                '"Date","OPEN","HIGH","LOW","CLOSE","VOLUME"\n'
                '"03-Jan-2024","2,596.00","2,620.00","2,571.00","2,582.95","43,27,165"\n',
                [2582.95],
            ),
            (
                '"Date","Open","High","Low","Close"\n'
                '"03-Jan-2024","1,02,596.00","1,02,620.00","1,02,571.00","1,02,582.95"\n',
                [102_582.95],
            ),
            (
                "Date;Open;High;Low;Close\n2024-01-02;1'104.50;1'105;1'103;1'104.25\n",
                [1104.25],
            ),
            (
                "Date;Open;High;Low;Close\n"
                "2024-01-02;1 104,50;1\u202f105,00;1\u00a0103,00;1 104,25\n",
                [1104.25],
            ),
            (
                "date,open,high,low,close\n2024-01-02,0.105,0.125,0.101,0.11\n",
                [0.11],
            ),
            (
                "date,open,high,low,close\n2024-01-02,110.250,110.500,110.100,110.400\n",
                [110.4],
            ),
        ],
        ids=[
            "a comma beside a grouped volume",
            "points in thousands, a decimal comma",
            "a volume with two points",
            "Indonesian thousands after three digits",
            "quoted thousands after three digits",
            "lakhs in the volume",
            "lakhs in the prices",
            "Swiss apostrophes",
            "French spaces",
            "three decimals under one",
            "yen with three decimals",
        ],
    )
    def test_are_read_as_a_person_reads_them(
        self, text: str, expected: list[float]
    ) -> None:
        assert closes(text) == pytest.approx(expected, rel=1e-12)

    def test_of_two_kinds_are_refused(self) -> None:
        text = (
            "Date;Open;High;Low;Close\n2024-01-02;1,5;2,5;1,25;2,25\n"
            "2024-01-03;1.5;2.5;1.25;2.25\n"
        )

        with pytest.raises(DataInvalidError, match="one decimal mark"):
            read(text)

    @pytest.mark.parametrize(
        ("cells", "volume"),
        [
            ("$182.16,$184.26,$180.93,$183.63,65603040", 65_603_040.0),
            ("€182.16,€184.26,€180.93,€183.63,1.5M", 1.5e6),
            ('"182.16","184.26","180.93","183.63","65,603K"', 65_603e3),
            ("182.16 $,184.26 $,180.93 $,183.63 $,2B", 2e9),
        ],
    )
    def test_of_money_and_thousands_are_understood(
        self, cells: str, volume: float
    ) -> None:
        bars = read(
            f"Date,Open,High,Low,Close/Last,Vol.\n2024-01-16,{cells}\n"
        ).rows.bars

        assert bars.close.tolist() == [183.63]
        assert bars.volume.tolist() == [volume]


class TestVolume:
    @pytest.mark.parametrize(
        "cell", ["", " ", "NaN", "nan", "N/A", "NA", "--", "-", "null", "None", "#N/A"]
    )
    def test_that_is_none_is_zero(self, cell: str) -> None:
        text = (
            "Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,2,100\n"
            f"2024-01-03,1,2,1,2,{cell}\n"
        )

        assert read(text).rows.bars.volume.tolist() == [100.0, 0.0]

    @pytest.mark.parametrize("cell", ["", "NaN", "--", "null"])
    def test_alone_may_be_none(self, cell: str) -> None:
        text = f"Date,Open,High,Low,Close,Volume\n2024-01-02,1,2,1,{cell},100\n"

        with pytest.raises(DataInvalidError, match="row 2, close"):
            read(text)

    @pytest.mark.parametrize(
        ("head", "volume"),
        [
            ("unix,date,symbol,open,high,low,close,Volume BTC,Volume USD", 5.0),
            ("unix,date,symbol,open,high,low,close,Volume USDT,Volume ETH", 7.0),
            ("unix,date,symbol,open,high,low,close,Volume (BTC),tradecount", 5.0),
            ("unix,date,symbol,open,high,low,close,Base Volume,Quote Volume", 5.0),
        ],
    )
    def test_of_several_names_is_that_of_units(self, head: str, volume: float) -> None:
        row = "1704153600,2024-01-02 00:00:00,BTC/USD,1,2,1,2,5,7"

        bars = read(f"{head}\n{row}\n").rows.bars

        assert bars.volume.tolist() == [volume]


class TestRounding:
    @pytest.mark.parametrize(
        "row",
        [
            "187.15,188.44,183.89,188.44000000000003",
            "183.88999999999996,188.44,183.89,188",
            "188.44000000000003,188.44,183.89,183.88999999999998",
            "0.1,0.3,0.1,0.30000000000000004",
        ],
    )
    def test_beyond_the_high_or_low_is_clipped_and_counted(self, row: str) -> None:
        rows = read(f"Date,Open,High,Low,Close\n2024-01-02,{row}\n").rows

        assert len(rows.bars) == 1
        assert len(rows.notes.clipped) == 1
        assert rows.bars.low[0] <= rows.bars.close[0] <= rows.bars.high[0]

    @pytest.mark.parametrize("close", ["188.99", "188.4401", "188.440001"])
    def test_is_no_more_than_a_billionth(self, close: str) -> None:
        with pytest.raises(DataInvalidError, match="close <= high"):
            read(f"Date,Open,High,Low,Close\n2024-01-02,187,188.44,183,{close}\n")


class TestDates:
    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            (
                "<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>\t<VOL>\n"
                "2024.01.02\t01:00:00\t1.1\t1.2\t1.0\t1.15\t512\t0\n",
                "2024-01-02T01:00:00",
            ),
            ("2024.01.02,01:00,1.1,1.2,1.0,1.15,512\n", "2024-01-02T01:00:00"),
            ("date,open,high,low,close\n2024.01.02,1.1,1.2,1,1.15\n", "2024-01-02"),
            (
                "Gmt time,Open,High,Low,Close,Volume\n"
                "01.02.2024 22:00:00.000,1.1,1.2,1.0,1.15,3\n"
                "13.02.2024 22:00:00.000,1.1,1.2,1.0,1.15,3\n",
                "2024-02-01T22:00:00",
            ),
            (
                "Date,Open,High,Low,Close\n02-Jan-24,1.1,1.2,1.0,1.15\n",
                "2024-01-02",
            ),
            (
                '"Date","Price","Open","High","Low","Vol.","Change %"\n'
                '"Jan 16, 2024","1.15","1.1","1.2","1.0","65.60M","-1.23%"\n',
                "2024-01-16",
            ),
            ("Date,Open,High,Low,Close\n1/16/24,1.1,1.2,1.0,1.15\n", "2024-01-16"),
            ("time,open,high,low,close\n20240102T010000,1,2,1,2\n", None),
        ],
        ids=[
            "MetaTrader 5",
            "MetaTrader 4, without a header",
            "points, year first",
            "Dukascopy",
            "two digits of a year",
            "Investing.com",
            "American, two digits of a year",
            "a shape nobody knows",
        ],
    )
    def test_are_read_in_the_shapes_there_are(
        self, text: str, expected: str | None
    ) -> None:
        if expected is None:
            with pytest.raises(DataInvalidError, match="timestamp"):
                read(text)
        else:
            whole = expected if "T" in expected else f"{expected}T00:00:00"
            assert labels(text)[0] == whole

    @pytest.mark.parametrize(
        ("stamps", "first"),
        [
            (["-259200", "-172800", "-86400", "0"], "1969-12-29T00:00:00"),
            (["0", "86400", "172800"], "1970-01-01T00:00:00"),
            (["94608000", "94694400"], "1972-12-31T00:00:00"),
            (["86400000", "172800000", "1000000000000"], "1970-01-02T00:00:00"),
        ],
        ids=["before 1970", "at 1970", "eight digits", "milliseconds that grow longer"],
    )
    def test_since_1970_may_be_short(self, stamps: list[str], first: str) -> None:
        rows = "".join(f"{stamp},1,2,1,2\n" for stamp in stamps)

        assert labels(f"time,open,high,low,close\n{rows}")[0] == first

    def test_are_not_made_of_rows_that_are_counted(self) -> None:
        rows = "".join(f"{row},1,2,1,2\n" for row in range(20))

        with pytest.raises(DataInvalidError, match="timestamp"):
            read(f",open,high,low,close\n{rows}")

    @pytest.mark.parametrize(
        "odd",
        [
            "2024-01-02 15:30:00",
            "2024-01-02",
            "2024-01-02T15:30",
        ],
    )
    @pytest.mark.parametrize(
        "zoned", ["2024-01-03 09:30:00-05:00", "2024-01-03T09:30Z"]
    )
    @pytest.mark.parametrize("rows", [1, 3])
    def test_with_a_zone_on_some_rows_are_refused(
        self, odd: str, zoned: str, rows: int
    ) -> None:
        text = f"Datetime,Open,High,Low,Close\n{odd},1,2,1,2\n"
        text += f"{zoned},1,2,1,2\n" * rows

        with pytest.raises(
            DataInvalidError, match=r"offset.*on every timestamp"
        ) as bad:
            read(text)

        assert "row 2" in str(bad.value)

    def test_of_negative_half_hours_are_minutes_the_same_way(self) -> None:
        for stamp in ("2024-01-02 20:30:00-03:30", "2024-01-02T20:30:00.5-0330"):
            row = f"Datetime,Open,High,Low,Close\n{stamp},1,2,1,2\n"
            assert labels(row) == ["2024-01-03T00:00:00"]

    @pytest.mark.parametrize("zone", ["+01:00", "+09:00", "-05:00", ""])
    def test_of_one_live_row_move_no_other(self, zone: str) -> None:
        days = [f"2023-03-{day:02} 00:00:00{zone}" for day in range(6, 11)]
        rows = "".join(
            f"{stamp},1,2,1,2\n" for stamp in [*days, f"2023-03-13 11:42:07{zone}"]
        )

        found = read(f"Date,Open,High,Low,Close\n{rows}").rows

        dates = found.bars.timestamps.astype("datetime64[s]").astype(str).tolist()
        assert dates[0] == "2023-03-06T00:00:00"
        assert dates[-1] == "2023-03-13T00:00:00"
        assert [str(time)[:10] for time in found.notes.strays] == ["2023-03-13"]


class TestWithoutAHeader:
    BINANCE = (
        "1735689600000000,93576.00,95151.15,92888.00,94591.79,10373.3,"
        "1735775999999999,975444636.1,1955271,5085.8,478234747.6,0\n"
        "1735776000000000,94591.78,97839.50,94392.00,96984.79,21970.5,"
        "1735862399999999,2118318198.1,3153371,10926.5,1053638055.2,0\n"
    )

    @pytest.mark.parametrize(
        ("text", "close", "volume", "first"),
        [
            (BINANCE, 94591.79, 10373.3, "2025-01-01T00:00:00"),
            (
                BINANCE.replace("00000000,9", "00000,9"),
                94591.79,
                10373.3,
                "2025-01-01T00:00:00",
            ),
            (
                "1704153600,44183.6,45899.9,44166.1,44958.9,1900.1,3210\n"
                "1704240000,44958.9,45503.2,40750.0,42845.2,2500.5,4321\n",
                44958.9,
                1900.1,
                "2024-01-02T00:00:00",
            ),
            (
                "1704153600,44183.6,45899.9,44166.1,44958.9,45000.5,1900.1,3210\n"
                "1704240000,44958.9,45503.2,40750.0,42845.2,43000.1,2500.5,4321\n",
                44958.9,
                1900.1,
                "2024-01-02T00:00:00",
            ),
            (
                "20240102 170000;1.0990;1.1000;1.0980;1.0995;0\n"
                "20240102 170100;1.0995;1.1001;1.0990;1.0991;0\n",
                1.0995,
                0.0,
                "2024-01-02T17:00:00",
            ),
            (
                "2024-01-02,10,12,9,11\n2024-01-03,11,13,10,12\n",
                11.0,
                0.0,
                "2024-01-02T00:00:00",
            ),
            (
                "SPY,2024-01-02,10,12,9,11,500\nSPY,2024-01-03,11,13,10,12,600\n",
                11.0,
                500.0,
                "2024-01-02T00:00:00",
            ),
        ],
        ids=[
            "Binance in microseconds",
            "Binance in milliseconds",
            "Kraken",
            "Kraken with a mean price",
            "HistData",
            "plain",
            "behind a symbol",
        ],
    )
    def test_is_known_by_its_shape(
        self, text: str, close: float, volume: float, first: str
    ) -> None:
        found = read(text)

        assert found.rows.bars.close[0] == close
        assert found.rows.bars.volume[0] == volume
        assert str(found.rows.bars.timestamps[0])[:19] == first
        assert not found.reading.header
        assert found.reading.columns["close"].startswith("column ")

    @pytest.mark.parametrize(
        "text",
        [
            "2024-01-02,9,10,12,11\n2024-01-03,10,11,13,12\n",
            "2024-01-02,10,12\n2024-01-03,11,13\n",
            "10,12,9,11,2024-01-02\n11,13,10,12,2024-01-03\n",
        ],
        ids=["the high is not the highest", "too few columns", "the time stands last"],
    )
    def test_is_refused_where_the_shape_is_open(self, text: str) -> None:
        with pytest.raises(DataInvalidError, match="first line looks like data") as bad:
            read(text)

        assert '"columns"' in str(bad.value)


class TestHeaders:
    def test_in_german_and_in_windows_1252(self) -> None:
        text = (
            "Datum;Er\u00f6ffnung;Hoch;Tief;Schluss;St\u00fcck\n"
            "02.01.2024;1,5;2,5;1,25;2;7\n"
        )

        for data in (text.encode("cp1252"), text.encode(), text.encode("utf-16-le")):
            assert closes(data) == [2.0]
        plain = text.replace("\u00f6", "oe").replace("\u00fc", "ue")
        assert closes(plain) == [2.0]
        assert read(text.encode("cp1252")).reading.encoding == "Windows-1252"
        assert read(text.encode("utf-16")).reading.encoding == "UTF-16"

    def test_that_have_close_and_last_mean_the_close(self) -> None:
        text = "Date,Open,High,Low,Last,Close\n2024-01-02,1,9,1,3,2\n"

        assert closes(text) == [2.0]
        assert closes(text.replace(",Last,Close", ",Close,Last")) == [3.0]

    def test_that_nobody_knows_are_shown_with_the_cure(self) -> None:
        with pytest.raises(DataInvalidError) as bad:
            read("Day,Px,Note\n2024-01-02,1,x\n")

        assert "the header found is: 'Day', 'Px', 'Note'" in str(bad.value)
        assert '"columns", such as {"timestamp": "Day", "close": "Px"}' in str(
            bad.value
        )

    def test_are_named_by_the_caller(self) -> None:
        text = "Day,A,B,C,Px,Note\n2024-01-02,1,3,1,2,x\n"
        own = {"timestamp": "Day", "open": "A", "high": "B", "low": "C", "close": "Px"}

        found = read(text, columns=tuple(own.items()))

        assert found.rows.bars.close.tolist() == [2.0]
        assert found.reading.columns == own

    def test_may_be_named_against_their_usual_meaning(self) -> None:
        text = "Date,Open,High,Low,Close,Settle\n2024-01-02,1,3,1,2,2.5\n"

        assert closes(text, columns=(("close", "settle"),)) == [2.5]

    def test_that_the_caller_misnames_are_a_refusal_of_the_request(self) -> None:
        text = "Date,Open,High,Low,Close\n2024-01-02,1,3,1,2\n"

        with pytest.raises(InvalidRequestError, match="no column 'Px'") as bad:
            read(text, columns=(("close", "Px"),))

        assert bad.value.places[0].pointer == "/columns/close"


class TestZoneAndFormat:
    def test_of_the_caller_say_what_a_clock_means(self) -> None:
        text = (
            "Date,Open,High,Low,Close\n"
            "2024-07-01 09:30,1,2,1,2\n2024-07-01 09:31,1,2,1,2\n"
        )

        assert labels(text)[0] == "2024-07-01T09:30:00"
        assert labels(text, timezone="America/New_York")[0] == "2024-07-01T13:30:00"

    def test_leaves_dates_and_offsets_as_they_are(self) -> None:
        head = "Date,Open,High,Low,Close\n"
        for stamp, label in (
            ("2024-07-01", "2024-07-01T00:00:00"),
            ("2024-07-01T09:30:00+02:00", "2024-07-01T07:30:00"),
            ("1719826200", "2024-07-01T09:30:00"),
        ):
            text = f"{head}{stamp},1,2,1,2\n"
            assert labels(text, timezone="America/New_York") == [label]

    def test_a_clock_that_a_zone_skips_is_refused(self) -> None:
        text = (
            "Date,Open,High,Low,Close\n"
            "2024-03-10 02:30,1,2,1,2\n2024-03-10 04:30,1,2,1,2\n"
        )

        with pytest.raises(DataInvalidError, match="row 2, timestamp"):
            read(text, timezone="America/New_York")

    def test_settle_which_is_the_day(self) -> None:
        text = "Date,Open,High,Low,Close\n02/03/2024,1,2,1,2\n"

        with pytest.raises(DataInvalidError, match="date_format"):
            read(text)
        assert labels(text, date_format="%d/%m/%Y") == ["2024-03-02T00:00:00"]
        assert labels(text, date_format="%m/%d/%Y") == ["2024-02-03T00:00:00"]

    def test_with_an_offset_in_it(self) -> None:
        text = "Date,Open,High,Low,Close\n02.03.2024 10:00 +0100,1,2,1,2\n"

        found = labels(text, date_format="%d.%m.%Y %H:%M %z")

        assert found == ["2024-03-02T09:00:00"]

    def test_that_reads_nothing_names_the_row(self) -> None:
        with pytest.raises(DataInvalidError, match="row 2, timestamp"):
            read(
                "Date,Open,High,Low,Close\n2024-03-02,1,2,1,2\n", date_format="%d/%m/%Y"
            )


class TestSeveralSymbols:
    HEAD = "date,open,high,low,close,volume,Name\n"

    def text(self, *names: str, head: str = HEAD) -> str:
        rows = [
            f"2022-01-0{day},{at + 1},{at + 2},{at + 1},{at + 2},100,{name}\n"
            for at, name in enumerate(names)
            for day in (3, 4)
        ]
        return head + "".join(rows)

    @pytest.mark.parametrize(
        "column", ["Name", "ticker", "Symbol", "TIC", "Instrument"]
    )
    def test_give_the_rows_of_the_one_asked_for(self, column: str) -> None:
        text = self.text("AAA", "BBB", head=self.HEAD.replace("Name", column))

        found = read(text, symbol="BBB")

        assert found.rows.bars.close.tolist() == [3.0, 3.0]
        assert found.reading.symbol == "BBB"

    def test_refuse_one_that_is_not_among_them(self) -> None:
        with pytest.raises(
            DataInvalidError, match="CCC is not among them: 'AAA', 'BBB'"
        ):
            read(self.text("AAA", "BBB"), symbol="CCC")

    def test_keep_the_lines_of_what_is_wrong(self) -> None:
        text = self.text("AAA", "BBB") + "2022-01-05,x,2,1,2,100,BBB\n"

        with pytest.raises(DataInvalidError, match="row 6, open"):
            read(text, symbol="BBB")

    def test_mixed_row_by_row_are_told_apart(self) -> None:
        rows = self.text("AAA", "BBB").splitlines(keepends=True)
        text = rows[0] + "".join(rows[at] for at in (1, 3, 2, 4))

        assert closes(text, symbol="AAA") == [2.0, 2.0]

    def test_of_one_name_alone_is_not_asked_for_it(self) -> None:
        assert closes(self.text("Apple Inc."), symbol="AAPL") == [2.0, 2.0]

    def test_are_told_apart_in_parquet_too(self) -> None:
        pytest.importorskip("pyarrow")
        frame = pd.read_csv(io.StringIO(self.text("AAA", "BBB")), parse_dates=["date"])
        packed = io.BytesIO()
        frame.to_parquet(packed)

        assert closes(packed.getvalue(), symbol="BBB") == [3.0, 3.0]
        with pytest.raises(DataInvalidError, match="not among them"):
            read(packed.getvalue(), symbol="CCC")


class TestSplits:
    @pytest.mark.parametrize(
        ("column", "prices", "ratio", "shown"),
        [
            ("split_coefficient", [400, 404, 101, 102], 4.0, True),
            ("Stock Splits", [100, 101, 101, 102], 4.0, False),
            ("split_factor", [10, 10, 100, 101], 0.1, True),
            ("splits", [100, 101, 65, 66], 1.5, True),
        ],
        ids=["not adjusted for", "adjusted for", "a reverse split", "three for two"],
    )
    def test_that_a_file_names_are_noted_with_their_ratio(
        self, column: str, prices: list[float], ratio: float, shown: bool
    ) -> None:

        rows = "".join(
            f"2024-01-0{day},{f'{price},' * 4}0,{ratio if day == 4 else 1}\n"
            for day, price in enumerate(prices, start=2)
        )

        found = read(f"timestamp,open,high,low,close,volume,{column}\n{rows}").rows
        quality = inspect(
            found.bars, calendar=None, calendars=Calendars(), notes=found.notes
        )

        assert [split for _, split in found.notes.splits] == [ratio]
        counted = quality.findings["unadjusted_splits"]
        assert ("2024-01-04T00:00:00Z" in counted.at) == shown


class TestWhatWasUnderstood:
    def test_of_a_file_is_told(self) -> None:
        text = (
            "Datum;Hoch;Tief;Er\u00f6ffnung;Schluss;Umsatz\n"
            "03.01.2024 10:00;1.105,5;1.103,5;1.104;1.104,25;9\n"
            "02.01.2024 10:00;1.105,5;1.103,5;1.104;1.104,5;8\n"
        )

        reading = read(text.encode("cp1252"), timezone="Europe/Berlin").reading

        assert reading.format == "csv"
        assert reading.encoding == "Windows-1252"
        assert reading.columns == {
            "timestamp": "Datum",
            "open": "Er\u00f6ffnung",
            "high": "Hoch",
            "low": "Tief",
            "close": "Schluss",
            "volume": "Umsatz",
        }
        assert (reading.separator, reading.decimal, reading.thousands) == (
            ";",
            ",",
            ".",
        )
        assert reading.timestamps == "%d.%m.%Y %H:%M"
        assert reading.timezone == "Europe/Berlin"
        assert reading.newest_first

    def test_of_a_long_file_is_what_all_its_rows_say(self) -> None:
        """Thousands that begin after what the layout is read from."""
        days = np.datetime64("2020-01-01") + np.arange(400)
        rows = "".join(f"{day};990;999;985;995\n" for day in days)
        rows += "2021-03-01;998;1.012;990;1.010\n"

        found = read(f"Date;Open;High;Low;Close\n{rows}")

        assert found.rows.bars.close[-1] == 1010.0
        assert found.reading.thousands == "."


def test_bad_rows_are_dropped_as_before_with_the_options() -> None:
    text = (
        "Day,Open,High,Low,Close\n2024-01-02,1,2,1,2\nx,1,2,1,2\n2024-01-04,1,2,1,2\n"
    )

    found = read(text, columns=(("timestamp", "Day"),), on_bad_data=OnBadData.DROP).rows

    assert (len(found.bars), found.dropped_rows) == (2, 1)
