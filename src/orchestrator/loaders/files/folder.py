"""The data folder: the only place files are opened, and only regular ones.

A path from a caller is checked by its spelling, then by where it leads, and the
file is opened component by component from the folder's descriptor without
following a link, so that nothing outside can be swapped in between.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from orchestrator.errors import DataFolderError
from orchestrator.loaders.files.folder_index import FolderIndex

_MAX_PATH_BYTES = 1024
_MAX_NAME_BYTES = 255


class PathRefusedError(ValueError):
    """A path that breaks the folder's rules."""


class FileUnreadableError(ValueError):
    """A file that is there and cannot be read."""


@dataclass(frozen=True, slots=True)
class FileIdentity:
    """What tells one state of a file from another."""

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, status: os.stat_result) -> FileIdentity:
        """Return the identity of a file's status."""
        return cls(
            status.st_dev,
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
            status.st_ctime_ns,
        )


def check_spelling(relative: str) -> None:
    """Refuse a path by how it is written.

    Raises
    ------
    PathRefusedError
        Naming the rule it breaks.
    """
    try:
        size = len(os.fsencode(relative))
    except UnicodeEncodeError:
        raise PathRefusedError("a path is text without lone surrogates") from None
    if not 0 < size <= _MAX_PATH_BYTES:
        raise PathRefusedError(f"a path has 1 to {_MAX_PATH_BYTES} bytes")
    if not relative.isprintable():
        raise PathRefusedError("a path has no control or invisible characters")
    if relative.startswith("/"):
        raise PathRefusedError("a path is relative to the data folder, not absolute")
    if relative.endswith(("/", "/.")) or relative == ".":
        raise PathRefusedError("a path names a file, not a folder")
    if "\\" in relative:
        raise PathRefusedError("a path has no backslash")
    for name in relative.split("/"):
        if len(os.fsencode(name)) > _MAX_NAME_BYTES:
            raise PathRefusedError(f"a name has at most {_MAX_NAME_BYTES} bytes")
        if name.startswith(".") and name != ".":
            raise PathRefusedError("no name in a path begins with a dot")


class DataFolder:
    """A folder of files, opened safely and found by symbol.

    Parameters
    ----------
    root : Path
        The folder.  It may itself be a link; nothing in it may lead out of it.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._path = str(root)
        self._index = FolderIndex(root)

    def identity(self, relative: str) -> FileIdentity | None:
        """Return the identity of a file inside the folder, None if there is none.

        A link that leads out of the folder has none, though its file may be known
        under another path.  What is opened, `open` decides.
        """
        try:
            root = os.path.realpath(self._path)
            real = os.path.realpath(f"{root}/{relative}", strict=True)
            if not real.startswith(root + os.sep):
                return None
            return FileIdentity.of(os.stat(real))
        except (OSError, ValueError):
            return None

    def own_path(self, relative: str) -> str:
        """Return the path a file has without links and detours.

        It tells files apart by name; `relative` itself where it leads nowhere.
        """
        try:
            root = self._root.resolve(strict=True)
            inside = (root / relative).resolve(strict=True)
            return inside.relative_to(root).as_posix()
        except (OSError, RuntimeError, ValueError):
            return relative

    def open(self, relative: str) -> int:
        """Return a descriptor of a regular file inside the folder.

        Raises
        ------
        FileNotFoundError
            If there is no such file.
        PathRefusedError
            If the path is misspelt, leads outside, or to no regular file.
        FileUnreadableError
            If it is there and cannot be read.
        """
        check_spelling(relative)
        try:
            root = self._root.resolve(strict=True)
            inside = (root / relative).resolve(strict=True)
        except FileNotFoundError:
            if not self._root.is_dir():
                raise DataFolderError(
                    "the data folder is gone; ORCHESTRATOR_DATA_DIR names it"
                ) from None
            raise
        except NotADirectoryError as error:
            raise FileNotFoundError(relative) from error
        except (OSError, RuntimeError) as error:  # a loop of links, a closed folder
            raise PathRefusedError("a path leads to a readable file") from error
        if not inside.is_relative_to(root):
            raise PathRefusedError("a path stays inside the data folder")
        try:
            return _open_beneath(root, inside.relative_to(root).parts)
        except FileNotFoundError:
            raise
        except OSError as error:
            raise FileUnreadableError(f"it cannot be read: {error.strerror}") from error

    def find(self, symbol: str) -> tuple[str, ...]:
        """Return the files that hold a symbol, as relative paths, best first.

        A file in the folder itself goes before one in a subfolder, a name in the
        symbol's own case before others, ``.csv`` before packed and Parquet files.
        More than one best is more than one path.
        """
        return self._index.find(symbol)

    def files(self) -> Iterator[tuple[str, str]]:
        """Yield each symbol, upper-cased, with the relative path of its best file."""
        yield from self._index.best()


def _open_beneath(root: Path, parts: tuple[str, ...]) -> int:
    flags = os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW
    folder = os.open(root, flags | os.O_DIRECTORY)
    try:
        for name in parts[:-1]:
            inner = os.open(name, flags | os.O_DIRECTORY, dir_fd=folder)
            os.close(folder)
            folder = inner
        if not parts:
            raise PathRefusedError("a path names a file, not a folder")
        status = os.stat(parts[-1], dir_fd=folder, follow_symlinks=False)
        _require_regular(status)
        waiting = os.O_NONBLOCK | os.O_NOCTTY
        descriptor = os.open(parts[-1], flags | waiting, dir_fd=folder)
    finally:
        os.close(folder)
    try:
        _require_regular(os.fstat(descriptor))
    except PathRefusedError:
        os.close(descriptor)
        raise
    return descriptor


def _require_regular(status: os.stat_result) -> None:
    if not stat.S_ISREG(status.st_mode):
        raise PathRefusedError(
            "a path names a regular file, not a folder, link, pipe, socket or device"
        )
