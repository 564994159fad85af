"""No spelling of a path reads a file outside the data folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from flask.testing import FlaskClient

from orchestrator.bootstrap import build_services
from orchestrator.settings import LedgerMode, Settings
from orchestrator.web.app import create_app

ROWS = (
    "timestamp,open,high,low,close,volume\n2020-01-02,1,2,1,2,5\n2020-01-03,2,3,2,3,5\n"
)
SECRET = ROWS.replace("2020", "2021")

UPWARD = [
    f"{prefix}{separator.join(['..'] * depth)}{separator}{name}"
    for prefix in ("", "./", "sub/", "sub/./", "missing/")
    for separator in ("/", "//", "/./")
    for depth in (1, 2, 3, 8)
    for name in ("secret.csv", "etc/passwd")
]
ABSOLUTE = [
    "/etc/passwd",
    "//etc/passwd",
    "///etc/passwd",
    "/./etc/passwd",
    "/dev/null",
    "/dev/zero",
    "/dev/stdin",
    "/proc/self/environ",
    "/proc/self/fd/0",
    "/proc/1/maps",
    "/",
    "~/secret.csv",
    "~root/.bashrc",
    "file:///etc/passwd",
    "http://127.0.0.1/secret.csv",
    "C:\\Windows\\win.ini",
    "C:/Windows/win.ini",
    "\\\\host\\share\\a.csv",
    "\\etc\\passwd",
]
ENCODED = [
    f"{step}{step}{name}"
    for step in (
        "%2e%2e/",
        "%2e%2e%2f",
        "..%2f",
        "%252e%252e%252f",
        "..%5c",
        "%c0%ae%c0%ae/",
        "..%c0%af",
        "..\\",
        "..\\/",
        "....//",
        "..;/",
        ". ./",
        ".. /",
        "..\t/",
        "\u2024\u2024/",
        "\uff0e\uff0e/",
        "..\u2215",
        "..\u2044",
        "..\uff0f",
        "\u202e../",
        "..\u200b/",
        "..\ufeff/",
        "&#46;&#46;/",
        "${HOME}/",
        "$(id)/",
        "`id`/",
        "|",
        "*",
        "?",
        "{a,b}/",
    )
    for name in ("secret.csv", "etc/passwd")
]
CONTROL = [
    f"sample{character}.csv"
    for character in ("\x00", "\n", "\r", "\t", "\x1b", "\x7f", "\u2028", "\x85")
] + [
    "\x00",
    "sample.csv\x00",
    "sample.csv\x00.txt",
    "\x00/etc/passwd",
    "sample.csv\n",
    "\nsample.csv",
]
LONG = ["a" * 256, "a" * 1_024, "a/" * 500, "../" * 341, f"{'é' * 200}.csv"]
NOT_FILES = [
    "sub",
    "sub/",
    ".",
    "./",
    "..",
    "../",
    "sub/.",
    "sub/..",
    "pipe.csv",
    "link_out.csv",
    "link_up/secret.csv",
    "link_root/etc/passwd",
    "link_null.csv",
    "link_loop.csv",
    "link_gone.csv",
    "link_pipe.csv",
    "sample.csv/",
    "sample.csv/.",
    "sample.csv//",
    "./sample.csv/./",
    "sub/inner.csv/.",
    "sample.csv/..",
    "sample.csv/x",
    ".hidden.csv",
    "sub/.hidden.csv",
    "missing.csv",
    "SAMPLE.CSV",
    " sample.csv",
    "sample.csv ",
    "sample",
    "-",
    "--help",
]
EVERY = list(dict.fromkeys(UPWARD + ABSOLUTE + ENCODED + CONTROL + LONG + NOT_FILES))

# Names that are odd and break no rule: relative, printable, without a backslash or a
# leading dot.  Nothing decodes, expands or folds them, so no file has them.  Every
# other spelling breaks a rule of the data folder, or leads out of it.
CLEAN = {
    "~/secret.csv",
    "file:///etc/passwd",
    "http://127.0.0.1/secret.csv",
    "C:/Windows/win.ini",
    *(
        f"{step}{step}{name}"
        for step in (
            "%2e%2e/",
            "%2e%2e%2f",
            "%252e%252e%252f",
            "%c0%ae%c0%ae/",
            "\u2024\u2024/",
            "\uff0e\uff0e/",
            "&#46;&#46;/",
            "${HOME}/",
            "$(id)/",
            "`id`/",
            "|",
            "*",
            "?",
            "{a,b}/",
        )
        for name in ("secret.csv", "etc/passwd")
    ),
    "link_gone.csv",
    "sample.csv/x",
    "missing.csv",
    "SAMPLE.CSV",
    " sample.csv",
    "sample.csv ",
    "sample",
    "-",
    "--help",
}


def expected(path: str) -> tuple[int, str]:
    """Return the one status and code a path is refused with."""
    return (404, "data_not_found") if path in CLEAN else (422, "validation_error")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.csv").write_text(SECRET)
    data = outside / "data"
    (data / "sub").mkdir(parents=True)
    for name in ("sample.csv", ".hidden.csv", "sub/.hidden.csv", "sub/inner.csv"):
        (data / name).write_text(ROWS)
    os.mkfifo(data / "pipe.csv")
    (data / "link_out.csv").symlink_to(outside / "secret.csv")
    (data / "link_up").symlink_to(outside)
    (data / "link_root").symlink_to("/")
    (data / "link_null.csv").symlink_to("/dev/null")
    (data / "link_loop.csv").symlink_to("link_loop.csv")
    (data / "link_gone.csv").symlink_to("gone.csv")
    (data / "link_pipe.csv").symlink_to("pipe.csv")
    settings = Settings(data_dir=Path(data), ledger=LedgerMode.OFF)
    with create_app(build_services(settings), settings).test_client() as client:
        yield client


class TestPath:
    def test_are_at_least_two_hundred(self) -> None:
        assert len(EVERY) >= 200
        assert set(EVERY) >= CLEAN

    @pytest.mark.parametrize("path", EVERY, ids=ascii)
    def test_is_refused_the_same_in_body_and_query(
        self, client: FlaskClient, path: str
    ) -> None:
        posted = client.post("/backtest", json={"csv_path": path})
        queried = client.get(f"/backtest?csv_path={quote(path, safe='')}")

        status, code = expected(path)
        assert posted.status_code == queried.status_code == status
        assert posted.mimetype == queried.mimetype == "application/problem+json"
        assert posted.json["code"] == queried.json["code"] == code
        assert queried.json["detail"] == posted.json["detail"]
        assert "2021" not in posted.json["detail"]

    @pytest.mark.parametrize("path", EVERY, ids=ascii)
    def test_is_refused_unquoted_in_a_query(
        self, client: FlaskClient, path: str
    ) -> None:
        harmless = quote(path, safe="/%.;\\:*|?{}$()`~ ")

        response = client.get(f"/backtest?csv_path={harmless}")

        # A query is decoded once: what was clean as it stood may lead upward now.
        clean = path in CLEAN and ".." not in unquote(path)
        assert response.status_code == (404 if clean else 422)

    @pytest.mark.parametrize(
        "path", ["sample.csv", "./sample.csv", "sub/inner.csv", "sub//inner.csv"]
    )
    def test_inside_is_read(self, client: FlaskClient, path: str) -> None:
        assert client.post("/backtest", json={"csv_path": path}).status_code == 200

    def test_of_an_operator_may_be_a_link(
        self, client: FlaskClient, tmp_path: Path
    ) -> None:
        folder = tmp_path / "real"
        folder.mkdir()
        (folder / "a.csv").write_text(ROWS)
        (tmp_path / "link").symlink_to(folder)
        settings = Settings(data_dir=tmp_path / "link", ledger=LedgerMode.OFF)
        client = create_app(build_services(settings), settings).test_client()

        response = client.post("/backtest", json={"csv_path": "a.csv"})

        assert response.status_code == 200
