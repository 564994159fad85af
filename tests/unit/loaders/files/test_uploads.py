"""Files sent by callers, and the list of what can be asked for."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import (
    DataInvalidError,
    InvalidRequestError,
    UploadsDisabledError,
)
from orchestrator.loaders.files.uploads import StoredCsv, Uploads
from orchestrator.loaders.listing import list_data
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery

TEXT = b"date,open,high,low,close\n2024-01-02,1,2,1,2\n2024-01-03,2,3,1,2\n"


def uploads(folder: Path, **settings: object) -> Uploads:
    values: dict[str, object] = {"data_dir": folder, "uploads": True, **settings}
    return Uploads.of(Settings(**values))  # type: ignore[arg-type]


def store(
    door: Uploads, symbol: str, *chunks: bytes, replace: bool = False
) -> StoredCsv:
    query = BarQuery(symbol=symbol)
    return door.store(query, chunks, Deadline.after(10.0), replace=replace)


class TestAnUpload:
    def test_that_says_how_it_is_read_is_stored_as_it_was_read(
        self, tmp_path: Path
    ) -> None:
        text = b"Tag;Auf;Hoch;Tief;Px\n02/03/2024 10:00;1,5;2,5;1,25;2\n"
        query = BarQuery(
            symbol="MINE",
            columns=(("close", "Px"), ("open", "Auf"), ("timestamp", "Tag")),
            timezone="America/New_York",
            date_format="%d/%m/%Y %H:%M",
        )

        uploads(tmp_path).store(query, [text], Deadline.after(9.0))

        # 2 March 2024, ten o'clock in New York.
        assert (tmp_path / "MINE.csv").read_text() == (
            "timestamp,open,high,low,close,volume\n"
            "2024-03-02T15:00:00,1.5,2.5,1.25,2.0,0.0\n"
        )

    def test_can_be_asked_for_afterwards(self, tmp_path: Path) -> None:
        loader = open_sources(Settings(data_dir=tmp_path))["csv"]
        query = BarQuery(symbol="MINE")
        loader.load(query, Deadline.after(10.0))

        stored = store(uploads(tmp_path), "mine", TEXT[:30], TEXT[30:])

        loaded = loader.load(query, Deadline.after(10.0)).provenance
        assert (stored.symbol, stored.path, stored.bars) == ("MINE", "MINE.csv", 2)
        assert (loaded.source, loaded.sha256) == ("csv", stored.sha256)
        assert [path.name for path in tmp_path.iterdir()] == ["MINE.csv"]

    def test_replaces_an_older_one_and_says_so(self, tmp_path: Path) -> None:
        door = uploads(tmp_path)
        first = store(door, "X", TEXT)

        changed = TEXT.replace(b"2,1,2\n", b"2,1,1\n")
        second = door.store(
            BarQuery(symbol="X"), [changed], Deadline.after(9.0), replace=True
        )

        assert (first.replaced, second.replaced) == (False, True)
        assert b"2024-01-02,1,2,1,1" in (tmp_path / "X.csv").read_bytes()

        assert [path.name for path in tmp_path.iterdir()] == ["X.csv"]

    def test_replaces_nothing_unasked(self, tmp_path: Path) -> None:
        (tmp_path / "X.csv").write_bytes(b"the operator's")

        with pytest.raises(InvalidRequestError, match="replace=true") as caught:
            store(uploads(tmp_path), "x", TEXT)

        assert caught.value.places[0].pointer == "/replace"
        assert (tmp_path / "X.csv").read_bytes() == b"the operator's"
        assert [path.name for path in tmp_path.iterdir()] == ["X.csv"]

    def test_replaces_nothing_that_came_while_it_was_read(self, tmp_path: Path) -> None:
        def chunks() -> Iterator[bytes]:
            yield TEXT
            (tmp_path / "X.csv").write_bytes(b"faster")

        with pytest.raises(InvalidRequestError, match="replace=true"):
            uploads(tmp_path).store(BarQuery(symbol="X"), chunks(), Deadline.after(9.0))

        assert (tmp_path / "X.csv").read_bytes() == b"faster"
        assert [path.name for path in tmp_path.iterdir()] == ["X.csv"]

    @pytest.mark.parametrize("path", ["x.csv", "X.csv.gz", "sub/X.csv", "X.parquet"])
    @pytest.mark.parametrize("replace", [False, True])
    def test_hides_no_file_of_the_symbol(
        self, tmp_path: Path, path: str, replace: bool
    ) -> None:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"the operator's")

        with pytest.raises(InvalidRequestError, match="would hide it"):
            store(uploads(tmp_path), "X", TEXT, replace=replace)

        assert not (tmp_path / "X.csv").exists()

    def test_that_is_packed_is_stored_unpacked(self, tmp_path: Path) -> None:
        store(uploads(tmp_path), "X", gzip.compress(TEXT))

        assert (tmp_path / "X.csv").read_bytes() == TEXT

    def test_has_a_hyphen_for_a_slash(self, tmp_path: Path) -> None:
        stored = store(uploads(tmp_path), "btc/usdt", TEXT)

        assert (stored.symbol, stored.path) == ("BTC/USDT", "BTC-USDT.csv")
        assert [path.name for path in tmp_path.iterdir()] == ["BTC-USDT.csv"]

    def test_is_refused_unless_switched_on(self, tmp_path: Path) -> None:
        with pytest.raises(UploadsDisabledError, match="ORCHESTRATOR_UPLOADS=on"):
            store(uploads(tmp_path, uploads=False), "X", TEXT)

    @pytest.mark.parametrize(
        "symbol", ["", "../X", "/X", ".X", "X\x00", "X" * 33, "\u00c4", "-X", "X\n"]
    )
    def test_needs_a_symbol(self, tmp_path: Path, symbol: str) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            store(uploads(tmp_path), symbol, TEXT)

        assert caught.value.places[0].pointer == "/symbol"
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "data",
        [TEXT + b"x" * 2000, gzip.compress(TEXT + b"0" * 5_000_000)],
        ids=["long", "packed"],
    )
    def test_has_a_greatest_length(self, tmp_path: Path, data: bytes) -> None:
        with pytest.raises(
            (InvalidRequestError, DataInvalidError), match="at most 1000"
        ):
            store(uploads(tmp_path, max_body_bytes=1000), "X", data)

        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "data", [b"", b"hello", TEXT + b"2024-01-04,1,2,3,1\n", b"PAR1xxxxPAR1"]
    )
    def test_must_hold_bars(self, tmp_path: Path, data: bytes) -> None:
        with pytest.raises(DataInvalidError):
            store(uploads(tmp_path), "X", data)

        assert list(tmp_path.iterdir()) == []

    def test_that_cannot_be_written_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "X.csv").mkdir()

        with pytest.raises(UploadsDisabledError, match="cannot be written"):
            store(uploads(tmp_path), "X", TEXT)

        assert [path.name for path in tmp_path.iterdir()] == ["X.csv"]


class TestTheList:
    def test_names_symbols_with_their_windows_and_problems(
        self, tmp_path: Path
    ) -> None:
        (tmp_path / "sub").mkdir()
        (tmp_path / "sub" / "b.csv").write_bytes(TEXT)
        (tmp_path / "A.csv").write_bytes(TEXT)
        (tmp_path / "C.csv").write_bytes(b"broken")
        (tmp_path / "notes.txt").write_bytes(TEXT)
        sources = open_sources(Settings(data_dir=tmp_path))

        listed = list_data(sources, deadline=Deadline.after(10.0))

        assert [(e.symbol, e.bars) for e in listed.entries] == [
            ("A", 2),
            ("B", 2),
            ("C", None),
        ]
        assert "C.csv" in (listed.entries[2].problem or "")
        assert listed.after is None

    def test_comes_in_pages(self, tmp_path: Path) -> None:
        for number in range(5):
            (tmp_path / f"S{number}.csv").write_bytes(TEXT)
        sources = open_sources(Settings(data_dir=tmp_path))
        symbols, after = [], None
        for _ in range(3):
            page = list_data(
                sources, deadline=Deadline.after(10.0), after=after, limit=2
            )
            symbols += [entry.symbol for entry in page.entries]
            after = page.after

        assert symbols == [f"S{number}" for number in range(5)]
        assert after is None

    def test_goes_on_without_a_service_that_fails(self, tmp_path: Path) -> None:
        (tmp_path / "A.csv").write_bytes(TEXT)
        settings = Settings(data_dir=tmp_path, data_service_url="http://127.0.0.1:1")

        listed = list_data(open_sources(settings), deadline=Deadline.after(10.0))

        assert [entry.symbol for entry in listed.entries] == ["A"]
        assert [warning.code for warning in listed.warnings] == ["source_not_listed"]
