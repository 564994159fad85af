"""Files sent by callers, and the list of what can be asked for."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import (
    DataInvalidError,
    DataNotFoundError,
    InvalidRequestError,
    UploadsDisabledError,
)
from orchestrator.loaders.files.upload_folders import UploadFolders
from orchestrator.loaders.files.uploads import StoredCsv, Uploads
from orchestrator.loaders.listing import list_data
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery, Provenance
from orchestrator.turns import Turns

TEXT = b"date,open,high,low,close\n2024-01-02,1,2,1,2\n2024-01-03,2,3,1,2\n"
ONE_BAR = TEXT[: TEXT.index(b"2024-01-03")]


def uploads(folder: Path, **settings: object) -> Uploads:
    values: dict[str, object] = {"data_dir": folder, "uploads": True, **settings}
    return Uploads.of(Settings(**values), Turns())  # type: ignore[arg-type]


def shelf(folder: Path, owner: str = "") -> Path:
    """Return the folder of a caller's uploads, made if it is not there."""
    path = UploadFolders(folder, shared=False).path(owner)
    path.mkdir(parents=True, exist_ok=True)
    return path


def names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


def store(
    door: Uploads,
    symbol: str,
    *chunks: bytes,
    replace: bool = False,
    owner: str = "",
) -> StoredCsv:
    query = BarQuery(symbol=symbol, owner=owner)
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
        assert (shelf(tmp_path) / "MINE.csv").read_text() == (
            "timestamp,open,high,low,close,volume\n"
            "2024-03-02T15:00:00,1.5,2.5,1.25,2.0,0.0\n"
        )

    def test_can_be_asked_for_afterwards(self, tmp_path: Path) -> None:
        loader = open_sources(Settings(data_dir=tmp_path))["csv"]
        query = BarQuery(symbol="MINE")
        loader.load(query, Deadline.after(10.0))

        stored = store(uploads(tmp_path), "mine", TEXT[:30], TEXT[30:])

        loaded = loader.load(query, Deadline.after(10.0)).provenance
        assert (stored.symbol, stored.path, stored.bars) == (
            "MINE",
            "uploads/MINE.csv",
            2,
        )
        assert (loaded.source, loaded.sha256) == ("uploaded", stored.sha256)
        assert names(shelf(tmp_path)) == ["MINE.csv"]

    def test_replaces_an_older_one_and_says_so(self, tmp_path: Path) -> None:
        door = uploads(tmp_path)
        first = store(door, "X", TEXT)

        changed = TEXT.replace(b"2,1,2\n", b"2,1,1\n")
        second = door.store(
            BarQuery(symbol="X"), [changed], Deadline.after(9.0), replace=True
        )

        assert (first.replaced, second.replaced) == (False, True)
        assert b"2024-01-02,1,2,1,1" in (shelf(tmp_path) / "X.csv").read_bytes()
        assert names(shelf(tmp_path)) == ["X.csv"]

    def test_replaces_nothing_unasked(self, tmp_path: Path) -> None:
        (shelf(tmp_path) / "X.csv").write_bytes(b"an older one")

        with pytest.raises(InvalidRequestError, match="replace=true") as caught:
            store(uploads(tmp_path), "x", TEXT)

        assert caught.value.places[0].pointer == "/replace"
        assert (shelf(tmp_path) / "X.csv").read_bytes() == b"an older one"
        assert names(shelf(tmp_path)) == ["X.csv"]

    def test_replaces_nothing_that_came_while_it_was_read(self, tmp_path: Path) -> None:
        def chunks() -> Iterator[bytes]:
            yield TEXT
            (shelf(tmp_path) / "X.csv").write_bytes(b"faster")

        with pytest.raises(InvalidRequestError, match="replace=true"):
            uploads(tmp_path).store(BarQuery(symbol="X"), chunks(), Deadline.after(9.0))

        assert (shelf(tmp_path) / "X.csv").read_bytes() == b"faster"
        assert names(shelf(tmp_path)) == ["X.csv"]

    @pytest.mark.parametrize(
        "path", ["x.csv", "X.csv", "X.csv.gz", "sub/X.csv", "X.parquet"]
    )
    @pytest.mark.parametrize("replace", [False, True])
    def test_hides_no_file_of_the_symbol(
        self, tmp_path: Path, path: str, replace: bool
    ) -> None:
        (tmp_path / path).parent.mkdir(exist_ok=True)
        (tmp_path / path).write_bytes(b"the operator's")

        with pytest.raises(InvalidRequestError, match="never stands before"):
            store(uploads(tmp_path), "X", TEXT, replace=replace)

        assert names(shelf(tmp_path)) == []
        assert (tmp_path / path).read_bytes() == b"the operator's"

    def test_that_is_packed_is_stored_unpacked(self, tmp_path: Path) -> None:
        store(uploads(tmp_path), "X", gzip.compress(TEXT))

        assert (shelf(tmp_path) / "X.csv").read_bytes() == TEXT

    def test_has_a_hyphen_for_a_slash(self, tmp_path: Path) -> None:
        stored = store(uploads(tmp_path), "btc/usdt", TEXT)

        assert (stored.symbol, stored.path) == ("BTC/USDT", "uploads/BTC-USDT.csv")
        assert names(shelf(tmp_path)) == ["BTC-USDT.csv"]

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
        (shelf(tmp_path) / "X.csv").mkdir()

        with pytest.raises(UploadsDisabledError, match="cannot be written"):
            store(uploads(tmp_path), "X", TEXT)

        assert names(shelf(tmp_path)) == ["X.csv"]


class TestWhoseItIs:
    """An upload is its caller's: nobody else reads, lists or replaces it."""

    def test_others_get_the_sample_or_nothing(self, tmp_path: Path) -> None:
        store(uploads(tmp_path), "X", TEXT, owner="alice")

        assert self.source(tmp_path, owner="alice") == "uploaded"
        assert self.source(tmp_path, owner="bob") == "sample"

    def test_others_do_not_replace_it(self, tmp_path: Path) -> None:
        store(uploads(tmp_path), "X", TEXT, owner="alice")

        store(uploads(tmp_path), "X", ONE_BAR, owner="bob", replace=True)

        assert self.load(tmp_path, owner="alice").bars == 2
        assert self.load(tmp_path, owner="bob").bars == 1

    def test_a_file_of_the_operator_goes_before_it(self, tmp_path: Path) -> None:
        store(uploads(tmp_path), "X", TEXT, owner="alice")
        (tmp_path / "X.csv").write_bytes(ONE_BAR)

        found = self.load(tmp_path, owner="alice")

        assert (found.source, found.bars) == ("csv", 1)

    def test_is_asked_for_by_its_path_too(self, tmp_path: Path) -> None:
        path = store(uploads(tmp_path), "X", TEXT, owner="alice").path

        assert self.load(tmp_path, owner="alice", path=path).source == "uploaded"
        with pytest.raises(DataNotFoundError):
            self.load(tmp_path, owner="bob", path=path)

    def test_is_seen_by_others_where_the_operator_says_so(self, tmp_path: Path) -> None:
        store(uploads(tmp_path), "X", TEXT, owner="alice")

        found = self.load(tmp_path, owner="bob", shared=True)

        assert (found.source, found.bars) == ("uploaded", 2)

    def test_is_not_guessed_among_several_of_others(self, tmp_path: Path) -> None:
        store(uploads(tmp_path), "X", TEXT, owner="alice")
        store(uploads(tmp_path), "X", ONE_BAR, owner="carol")

        with pytest.raises(InvalidRequestError, match="2 callers have uploaded X"):
            self.load(tmp_path, owner="bob", shared=True)
        assert self.load(tmp_path, owner="carol", shared=True).bars == 1

    @pytest.mark.parametrize(("owner", "seen"), [("alice", ["X"]), ("bob", [])])
    def test_is_listed_for_its_caller(
        self, tmp_path: Path, owner: str, seen: list[str]
    ) -> None:
        store(uploads(tmp_path), "X", TEXT, owner="alice")
        sources = open_sources(Settings(data_dir=tmp_path))

        listed = list_data(sources, owner=owner, deadline=Deadline.after(9.0))

        assert [entry.symbol for entry in listed.entries] == seen

    @pytest.mark.parametrize("owner", ["../alice", "/", "a/b", "\u00e4", "x" * 200])
    def test_no_name_of_a_caller_is_a_path(self, tmp_path: Path, owner: str) -> None:
        store(uploads(tmp_path), "X", TEXT, owner=owner)

        (folder,) = (tmp_path / ".uploads").iterdir()
        assert folder.name.isalnum()
        assert self.load(tmp_path, owner=owner).bars == 2

    @staticmethod
    def load(
        folder: Path, *, owner: str, path: str | None = None, shared: bool = False
    ) -> Provenance:
        loader = open_sources(Settings(data_dir=folder, uploads_shared=shared))["csv"]
        query = BarQuery(symbol="X", owner=owner, csv_path=path)
        return loader.load(query, Deadline.after(9.0)).provenance

    def source(self, folder: Path, *, owner: str) -> str:
        return self.load(folder, owner=owner).source


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
