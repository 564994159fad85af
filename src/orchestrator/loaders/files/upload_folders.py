"""Whose uploads lie where: a folder a caller, out of sight of the data folder's index.

Callers' names are hashed: they are theirs to choose, and no path.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from orchestrator.errors import DataFolderError, InvalidRequestError
from orchestrator.loaders.files.folder import DataFolder

_HIDDEN = ".uploads"
PREFIX = "uploads/"
"""What a `csv_path` begins with that names an upload."""


class UploadFolders:
    """The folders of uploads under a data folder.

    Parameters
    ----------
    root : Path
        The data folder.
    shared : bool
        Whether a caller sees the uploads of others too, after its own.
    """

    def __init__(self, root: Path, *, shared: bool) -> None:
        self._root = root / _HIDDEN
        self._shared = shared
        self._folders: dict[str, DataFolder] = {}

    def path(self, owner: str) -> Path:
        """Return where a caller's uploads lie; it need not be there yet."""
        return self._root / hashlib.sha256(owner.encode()).hexdigest()[:32]

    def find(self, symbol: str, owner: str) -> tuple[DataFolder, str] | None:
        """Return the folder and the file of a symbol that a caller may read.

        Raises
        ------
        InvalidRequestError
            If several others have uploaded it, and the caller has not.
        """
        found = []
        for folder in self._visible(owner):
            paths = folder.find(symbol)
            if paths:
                found.append((folder, paths[0]))
                if folder is self._of(self.path(owner)):
                    return found[-1]
        if len(found) > 1:
            detail = f"{len(found)} callers have uploaded {symbol}: upload your own"
            raise InvalidRequestError.at("/symbol", detail)
        return found[0] if found else None

    def symbols(self, owner: str) -> tuple[str, ...]:
        """Return the symbols of the uploads that a caller may read."""
        found = {
            symbol for folder in self._visible(owner) for symbol, _ in folder.files()
        }
        return tuple(sorted(found))

    def _visible(self, owner: str) -> Iterator[DataFolder]:
        own = self.path(owner)
        if own.is_dir():
            yield self._of(own)
        if self._shared:
            try:
                others = sorted(path for path in self._root.iterdir() if path != own)
            except FileNotFoundError:
                return
            except OSError as error:
                raise DataFolderError(
                    f"the folder of uploads cannot be read: {error.strerror}"
                ) from error
            yield from map(self._of, others)

    def _of(self, path: Path) -> DataFolder:
        return self._folders.setdefault(path.name, DataFolder(path))
