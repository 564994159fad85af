"""Request and answer bodies, each stored once under its hash, packed when large."""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from functools import lru_cache

PACK_ABOVE = 4096
"""Bytes above which a body is compressed; below, time is worth more than room."""
KNOWN_UP_TO = 65_536
"""Bytes up to which a body packed lately is not packed again: a re-look gives the
same answer to the same request."""

_PLAIN = "identity"
_PACKED = "zlib"


@dataclass(frozen=True, slots=True, kw_only=True)
class Blob:
    """A body as it is stored: a row of ``blobs``."""

    sha256: str
    encoding: str
    body: bytes

    @classmethod
    def of(cls, content: bytes) -> Blob:
        """Return `content` packed for storing."""
        return _recent(content) if len(content) <= KNOWN_UP_TO else _packed(content)

    def content(self) -> bytes:
        """Return the body as it was given.

        Raises
        ------
        ValueError
            If it does not unpack, or its hash is not `sha256`: it was changed.
        """
        try:
            content = (
                zlib.decompress(self.body) if self.encoding == _PACKED else self.body
            )
            found = hashlib.sha256(content).hexdigest()
        except (TypeError, zlib.error) as error:
            raise ValueError(f"body {self.sha256} does not unpack: {error}") from error
        if found != self.sha256:
            raise ValueError(
                f"body {self.sha256} is not what was stored under that hash"
            )
        return content


def _packed(content: bytes) -> Blob:
    digest = hashlib.sha256(content).hexdigest()
    if len(content) <= PACK_ABOVE:
        return Blob(sha256=digest, encoding=_PLAIN, body=content)
    return Blob(sha256=digest, encoding=_PACKED, body=zlib.compress(content, 1))


_recent = lru_cache(maxsize=64)(_packed)
