"""Files of symbols that callers send: checked as bars, then stored in the folder."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable
from contextlib import nullcontext, suppress
from dataclasses import dataclass
from dataclasses import replace as replaced_in
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.described import described
from orchestrator.errors import (
    DataInvalidError,
    InvalidRequestError,
    UploadsDisabledError,
)
from orchestrator.loaders.base import moment_of
from orchestrator.loaders.files.csv_layout import LayoutError
from orchestrator.loaders.files.csv_text import read_text
from orchestrator.loaders.files.file_parse import parse_file
from orchestrator.loaders.files.folder import DataFolder
from orchestrator.loaders.files.folder_index import stem_of
from orchestrator.loaders.files.plain_csv import plain_csv
from orchestrator.loaders.files.upload_folders import PREFIX, UploadFolders
from orchestrator.spec import BarQuery, is_symbol

if TYPE_CHECKING:
    from orchestrator.deadline import Deadline
    from orchestrator.settings import Settings
    from orchestrator.turns import Turns

_LONG = 512 * 1024
"""Bytes of a file from which reading it takes turns with other heavy work."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredCsv:
    """What was stored."""

    symbol: str = described("Ask for it by this `symbol`")
    path: str = described("Its file: a `csv_path` of this caller's requests")
    bars: int = described("Bars in it")
    first: datetime = described("Time of the first bar")
    last: datetime = described("Time of the last bar")
    sha256: str = described("Hash of the bars")
    replaced: bool = described("Whether an older file was replaced")


class Uploads:
    """Stores CSV files as ``<SYMBOL>.csv`` in the caller's folder, - for a slash.

    An upload is its caller's: nobody else replaces it, and others see it only where
    the operator shares uploads.

    Parameters
    ----------
    folder : Path
        The data folder.
    enabled : bool
        Whether the operator has switched uploads on.
    max_bytes : int
        How long a file may be, packed or unpacked.
    turns : Turns
        What reading a long file waits for.
    """

    def __init__(
        self, folder: Path, *, enabled: bool, max_bytes: int, turns: Turns
    ) -> None:
        self._folder = folder
        self._folders = UploadFolders(folder, shared=False)
        self._enabled = enabled
        self._max_bytes = max_bytes
        self._turns = turns

    @classmethod
    def of(cls, settings: Settings, turns: Turns) -> Uploads:
        """Return the uploads an operator's settings allow."""
        return cls(
            settings.data_dir,
            enabled=settings.uploads,
            max_bytes=settings.max_body_bytes,
            turns=turns,
        )

    def store(
        self,
        query: BarQuery,
        chunks: Iterable[bytes],
        deadline: Deadline,
        *,
        replace: bool = False,
    ) -> StoredCsv:
        """Check a CSV file and store it under the query's symbol, for its owner.

        A packed file is stored unpacked; one that the query says how to read is
        stored as it was read.  The file appears whole or not at all, and takes the
        place of an older one only with `replace`.

        Raises
        ------
        UploadsDisabledError
            If uploads are off, or the data folder cannot be written.
        InvalidRequestError
            If `symbol` is none, the file is too long, or another holds the symbol.
        DataInvalidError
            If the file's bars break the bar contract.
        """
        if not self._enabled:
            raise UploadsDisabledError(
                "uploads are off; the operator sets ORCHESTRATOR_UPLOADS=on"
            )
        symbol = query.symbol
        if not is_symbol(symbol):
            raise _refused("/symbol", f"{symbol[:40]!r} is not a symbol")
        symbol = symbol.upper()
        name = f"{stem_of(symbol)}.csv"
        folder = self._folders.path(query.owner)
        replaced = self._holds(symbol, folder / name, replace=replace)
        text = self._text(name, chunks)
        if text[:4] == b"PAR1":
            raise DataInvalidError(f"{name}, row 1: breaks the rule 'CSV text'")
        query = replaced_in(query, symbol=symbol)
        with self._turns.taken(deadline) if len(text) > _LONG else nullcontext():
            bars = parse_file(name, text, query, deadline).rows.bars
            if query != BarQuery(symbol=symbol, owner=query.owner):
                text = plain_csv(bars)
        self._write(folder, name, text, replace=replace)
        return StoredCsv(
            symbol=symbol,
            path=PREFIX + name,
            bars=len(bars),
            first=moment_of(bars.timestamps[0]),
            last=moment_of(bars.timestamps[-1]),
            sha256=bars.sha256(),
            replaced=replaced,
        )

    def _holds(self, symbol: str, path: Path, *, replace: bool) -> bool:
        """Return whether the caller's file is there already, and may be replaced."""
        others = DataFolder(self._folder).find(symbol)
        if others:
            raise _refused(
                "/symbol",
                f"{others[0]} in the data folder holds {symbol}, and an upload never "
                "stands before it; store the file under another symbol",
            )
        if path.is_file():
            if not replace:
                raise _taken(symbol, path.name)
            return True
        return False

    def _text(self, name: str, chunks: Iterable[bytes]) -> bytes:
        parts, size = [], 0
        for chunk in chunks:
            parts.append(chunk)
            size += len(chunk)
            self._check_size(size)
        try:
            text = read_text(b"".join(parts), self._max_bytes).content
        except LayoutError as error:
            raise DataInvalidError(f"{name}, {error}") from error
        self._check_size(len(text))
        return text

    def _check_size(self, size: int) -> None:
        if size > self._max_bytes:
            detail = f"a file has at most {self._max_bytes} bytes"
            raise _refused("", detail)

    def _write(self, folder: Path, name: str, text: bytes, *, replace: bool) -> None:
        draft = folder / f".upload-{secrets.token_hex(8)}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            folder.mkdir(parents=True, exist_ok=True)
            with os.fdopen(os.open(draft, flags, 0o644), "wb") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if replace:
                draft.replace(folder / name)
            else:  # fails where another upload was faster
                (folder / name).hardlink_to(draft)
        except OSError as error:
            if isinstance(error, FileExistsError) and (folder / name).is_file():
                raise _taken(name.removesuffix(".csv"), name) from error
            raise UploadsDisabledError(
                f"{name} cannot be written to the data folder: {error.strerror}"
            ) from error
        finally:
            with suppress(OSError):
                draft.unlink()


def _taken(symbol: str, name: str) -> InvalidRequestError:
    return _refused(
        "/replace",
        f"{name} is there already; ask for replace=true to put this file in its "
        f"place, or store it under another symbol than {symbol}",
    )


def _refused(pointer: str, detail: str) -> InvalidRequestError:
    return InvalidRequestError.at(pointer, detail)
