"""Which files of the data folder hold which symbol."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import DataFolderError

SUFFIXES = (".csv", ".csv.gz", ".parquet")
"""What a symbol's file may end in, in order of preference."""

_MAX_DEPTH = 8


def stem_of(symbol: str) -> str:
    """Return the name of a symbol's file: a slash is a hyphen.

    Examples
    --------
    >>> stem_of("BTC/USDT"), stem_of("^GSPC")
    ('BTC-USDT', '^GSPC')
    """
    return symbol.replace("/", "-")


_SETTLED_NS = 1_000_000_000


@dataclass(frozen=True, slots=True)
class _Entry:
    rank: tuple[int, int]
    name: str
    path: str


class FolderIndex:
    """Which files hold which symbol; made anew when a folder in it changes."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._entries: dict[str, list[_Entry]] = {}
        self._folders: dict[str, int] = {}
        self._closed: list[str] = []

    def find(self, symbol: str) -> tuple[str, ...]:
        """Return the best files of a symbol, as paths relative to the root.

        Raises
        ------
        DataFolderError
            If the folder is gone, or the symbol may be in a folder that is closed.
        """
        stem = stem_of(symbol)
        entries = self._current().get(stem.upper(), ())
        ranked = [
            ((*entry.rank[:1], _case(entry.name, stem), *entry.rank[1:]), entry.path)
            for entry in entries
        ]
        if not ranked:
            if self._closed:
                raise DataFolderError(
                    f"folder {self._closed[0]!r} in the data folder cannot be read, "
                    f"and may hold {symbol}: let the service read it"
                )
            return ()
        best = min(rank for rank, _ in ranked)
        return tuple(sorted(path for rank, path in ranked if rank == best))

    def best(self) -> Iterator[tuple[str, str]]:
        """Yield every symbol, upper-cased, with its best file."""
        for symbol in sorted(self._current()):
            yield symbol, self.find(symbol)[0]

    def _current(self) -> dict[str, list[_Entry]]:
        with self._lock:
            if not self._folders or not self._is_current():
                self._scan()
            return self._entries

    def _is_current(self) -> bool:
        try:
            return all(
                os.stat(path).st_mtime_ns == modified
                for path, modified in self._folders.items()
            )
        except OSError:
            return False

    def _scan(self) -> None:
        self._entries, self._folders, self._closed = {}, {}, []
        now = time.time_ns()
        try:
            self._scan_folder(str(self._root), "", 0)
        except OSError as error:
            self._folders = {}
            raise DataFolderError(
                f"the data folder cannot be read: {error.strerror}; "
                "ORCHESTRATOR_DATA_DIR names it"
            ) from error
        # A folder changed this very moment may change again without its clock moving.
        self._folders = {
            path: modified if now - modified > _SETTLED_NS else -1
            for path, modified in self._folders.items()
        }

    def _scan_folder(self, folder: str, prefix: str, depth: int) -> None:
        self._folders[folder] = os.stat(folder).st_mtime_ns
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.name.startswith(".") or not entry.name.isprintable():
                    continue
                path = prefix + entry.name
                for order, suffix in enumerate(SUFFIXES):
                    stem = entry.name[: -len(suffix)]
                    if entry.name.lower().endswith(suffix) and stem:
                        found = _Entry((depth, order), stem, path)
                        self._entries.setdefault(stem.upper(), []).append(found)
                if depth < _MAX_DEPTH and entry.is_dir(follow_symlinks=False):
                    self._scan_inner(entry.path, path, depth + 1)

    def _scan_inner(self, folder: str, path: str, depth: int) -> None:
        try:
            self._scan_folder(folder, path + "/", depth)
        except FileNotFoundError:  # it went while the others were read
            self._folders.pop(folder, None)
        except OSError:
            self._closed.append(path)
            self._folders[folder] = -1  # it may be opened again: look every time


def _case(name: str, symbol: str) -> int:
    return (
        (symbol, symbol.lower()).index(name)
        if name
        in {
            symbol,
            symbol.lower(),
        }
        else 2
    )
