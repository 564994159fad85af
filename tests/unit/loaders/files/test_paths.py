"""The data folder: what may be opened, against real files, links, pipes and devices."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from orchestrator.deadline import Deadline
from orchestrator.errors import DataInvalidError, DataNotFoundError, InvalidRequestError
from orchestrator.loaders.base import BarLoader
from orchestrator.loaders.sources import open_sources
from orchestrator.settings import Settings
from orchestrator.spec import BarQuery

CSV = "date,open,high,low,close\n2020-01-02,1,2,0.5,1.5\n2020-01-03,1,2,1,1.5\n"

UP = ["..", "../", "../..", "../../..", "../" * 40, "sub/..", "sub/../..", "sub/../../"]
TARGETS = [
    "etc/passwd",
    "outside/secret.csv",
    "proc/self/environ",
    "dev/zero",
    "inside/ok.csv",
]
DOTTED = [
    f"{prefix.rstrip('/')}/{target}"
    for prefix in [*UP, ".../..", "./..", "sub/./..", "..//", ".././.."]
    for target in TARGETS
]
ABSOLUTE = [
    *(f"/{target}" for target in TARGETS),
    *(f"//{target}" for target in TARGETS),
    *(f"/./{target}" for target in TARGETS),
    "/dev/null",
    "/dev/random",
    "/dev/stdin",
    "/dev/fd/0",
    "/proc/self/fd/0",
    "/proc/self/mem",
    "/",
    "//",
]
BACKSLASH = [
    *("..\\" * n + "etc\\passwd" for n in range(1, 6)),
    "C:\\Windows\\win.ini",
    "\\\\host\\share\\x.csv",
    "sub\\ok.csv",
    "\\etc\\passwd",
    "ok.csv\\",
    "..\\/ok.csv",
]
CONTROL = [
    text
    for character in (
        "\x00",
        "\n",
        "\r",
        "\t",
        "\x1b",
        "\x7f",
        "\u200b",
        "\u202e",
        "\ufeff",
    )
    for text in (f"ok.csv{character}", f"{character}ok.csv", f"ok{character}.csv")
] + ["\x00", "ok.csv\x00.png", "../\x00", "\ud800", "ok\udcff.csv", "\u2028"]
HIDDEN = [".env", ".git/config", "sub/.hidden.csv", "..ok.csv", "...", ". .", ".ok.csv"]
LONG = [
    "a" * 256,
    "a" * 300 + ".csv",
    "a/" * 600 + "ok.csv",
    "\u00e9" * 200,
    "x" * 100_000,
]
REFUSED = [*DOTTED, *ABSOLUTE, *BACKSLASH, *CONTROL, *HIDDEN, *LONG, ""]

ENCODED = [
    f"{dots}{slash}{target}"
    for dots in ("%2e%2e", "%252e%252e", "%c0%ae%c0%ae", "\uff0e\uff0e", "\u2024\u2024")
    for slash in ("%2f", "%5c", "\u2215", "\uff0f", "%00")
    for target in ("etc", "ok.csv")
]
ABSENT = [
    *ENCODED,
    "file:ok.csv",
    "file:///etc/passwd",
    "http://127.0.0.1/ok.csv",
    "C:/Windows/win.ini",
    "~/ok.csv",
    "~root/.bashrc".replace("/.", "/"),
    "$HOME/ok.csv",
    "ok.csv;ls",
    "ok.csv|cat",
    "`id`",
    "ok.csv ",
    " ok.csv",
    "OK.CSV",
    "ok.csv/x",
    "nothing.csv",
    "sub/nothing.csv",
    "nowhere/ok.csv",
    "*.csv",
    "ok.cs?",
    "\u00f6k.csv",
    "o\u0308k.csv",
]
LINKS = [
    "escape.csv",
    "escape_relative.csv",
    "escape_folder/secret.csv",
    "loop.csv",
    "to_device.csv",
    "to_self_fd.csv",
    "chain.csv",
    "twin/secret.csv",
]
IRREGULAR = [
    "ok.csv/",
    "ok.csv/.",
    "ok.csv//",
    "ok.csv/./",
    "./ok.csv/.",
    "sub/ok.csv/.",
    "pipe.csv",
    "socket.csv",
    "folder.csv",
    "sub",
    ".",
    "./",
    "sub/",
    "sub/.",
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    base = tmp_path_factory.mktemp("data")
    root, outside = base / "inside", base / "outside"
    (root / "sub").mkdir(parents=True)
    outside.mkdir()
    (base / "inside-twin").mkdir()
    for path in (root / "ok.csv", root / "sub" / "ok.csv", outside / "secret.csv"):
        path.write_text(CSV)
    (base / "inside-twin" / "secret.csv").write_text(CSV)
    (root / "escape.csv").symlink_to(outside / "secret.csv")
    (root / "escape_relative.csv").symlink_to("../outside/secret.csv")
    (root / "escape_folder").symlink_to(outside)
    (root / "twin").symlink_to(base / "inside-twin")
    (root / "loop.csv").symlink_to("loop.csv")
    (root / "to_device.csv").symlink_to("/dev/zero")
    (root / "to_self_fd.csv").symlink_to("/proc/self/fd/0")
    (root / "chain.csv").symlink_to("escape.csv")
    (root / "inner_link.csv").symlink_to("sub/ok.csv")
    (root / "folder.csv").mkdir()
    os.mkfifo(root / "pipe.csv")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(root)  # a socket's path has 107 bytes at most
        listener.bind("socket.csv")
        os.chdir(here)
        yield root


@pytest.fixture(scope="module")
def loader(folder: Path) -> BarLoader:
    return open_sources(Settings(data_dir=folder))["csv"]


def load(loader: BarLoader, path: str) -> int:
    return len(loader.load(BarQuery(csv_path=path), Deadline.after(10.0)).bars)


class TestACsvPath:
    @pytest.mark.parametrize("path", [*REFUSED, *LINKS, *IRREGULAR], ids=ascii)
    def test_that_breaks_the_rules_is_refused(
        self, loader: BarLoader, folder: Path, path: str
    ) -> None:
        with pytest.raises(InvalidRequestError) as caught:
            load(loader, path)

        assert caught.value.places[0].pointer == "/csv_path"
        assert str(folder) not in caught.value.detail

    @pytest.mark.parametrize("path", ABSENT, ids=ascii)
    def test_that_leads_to_no_file_is_not_found(
        self, loader: BarLoader, folder: Path, path: str
    ) -> None:
        with pytest.raises(DataNotFoundError) as caught:
            load(loader, path)

        assert str(folder) not in caught.value.detail

    @pytest.mark.parametrize(
        "path", ["ok.csv", "sub/ok.csv", "./ok.csv", "sub//ok.csv", "inner_link.csv"]
    )
    def test_inside_the_folder_is_opened(self, loader: BarLoader, path: str) -> None:
        assert load(loader, path) == 2

    def test_is_tried_in_at_least_two_hundred_ways(self) -> None:
        tried = {*REFUSED, *LINKS, *IRREGULAR, *ABSENT}

        assert len(tried) >= 200

    def test_is_refused_even_when_its_target_is_in_memory(
        self, loader: BarLoader, folder: Path
    ) -> None:
        load(loader, "ok.csv")

        with pytest.raises(InvalidRequestError):
            load(loader, "../inside/ok.csv")

    def test_may_lead_through_a_linked_data_folder(
        self, folder: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "link").symlink_to(folder)
        loader = open_sources(Settings(data_dir=tmp_path / "link"))["csv"]

        assert load(loader, "ok.csv") == 2


class TestASymbol:
    @pytest.mark.parametrize(
        "symbol", ["ESCAPE", "LOOP", "PIPE", "FOLDER", "TO_DEVICE"]
    )
    def test_whose_file_cannot_be_read_is_an_error_not_the_sample(
        self, loader: BarLoader, symbol: str
    ) -> None:
        with pytest.raises(DataInvalidError):
            loader.load(BarQuery(symbol=symbol), Deadline.after(10.0))

    def test_in_two_subfolders_is_refused(self, tmp_path: Path) -> None:
        for name in ("us", "eu"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "abc.csv").write_text(CSV)
        loader = open_sources(Settings(data_dir=tmp_path))["csv"]

        with pytest.raises(InvalidRequestError, match=r"eu/abc\.csv, us/abc\.csv"):
            loader.load(BarQuery(symbol="ABC"), Deadline.after(10.0))

    def test_is_found_in_a_subfolder_and_better_in_the_folder_itself(
        self, tmp_path: Path
    ) -> None:
        query = BarQuery(symbol="ABC")
        loader = open_sources(Settings(data_dir=tmp_path))["csv"]
        assert loader.load(query, Deadline.after(10.0)).provenance.source == "sample"
        (tmp_path / "us").mkdir()
        (tmp_path / "us" / "ABC.csv").write_text(CSV)
        assert len(loader.load(query, Deadline.after(10.0)).bars) == 2

        (tmp_path / "abc.csv").write_text(CSV.rsplit("2020-01-03", 1)[0])

        assert len(loader.load(query, Deadline.after(10.0)).bars) == 1
        assert replace(query, symbol="ABD").symbol == "ABD"


class TestALinkOut:
    @pytest.mark.parametrize("kind", ["file", "folder"])
    def test_is_refused_though_its_file_is_in_memory(
        self, tmp_path: Path, kind: str
    ) -> None:
        """The same file under a name of its own in the folder was read before."""
        root, outside = tmp_path / "data", tmp_path / "outside"
        root.mkdir()
        outside.mkdir()
        (outside / "secret.csv").write_text(CSV)
        (root / "known.csv").hardlink_to(outside / "secret.csv")
        if kind == "file":
            (root / "link.csv").symlink_to(outside / "secret.csv")
            path = "link.csv"
        else:
            (root / "links").symlink_to(outside)
            path = "links/secret.csv"
        loader = open_sources(Settings(data_dir=root))["csv"]
        time.sleep(1.1)  # until the file's clock is trusted, and its bars are kept
        for _ in range(2):
            loader.load(BarQuery(csv_path="known.csv"), Deadline.after(9.0))

        with pytest.raises(InvalidRequestError, match="inside the data folder"):
            loader.load(BarQuery(csv_path=path), Deadline.after(9.0))
