"""A CSV file's bytes to UTF-8 text: unpacked, without a mark, with its line ends."""

from __future__ import annotations

import zlib
from typing import NamedTuple

from orchestrator.loaders.files.csv_layout import LayoutError

MAX_TEXT_BYTES = 512 * 1024 * 1024
"""A file larger than this is refused."""

MAX_UNPACKED_BYTES = 128 * 1024 * 1024
"""A packed file that is larger than this once unpacked is refused."""

_HEAD = 64 * 1024


class Text(NamedTuple):
    """A file's content as UTF-8, and what it was encoded in."""

    content: bytes
    encoding: str


def read_text(data: bytes, most: int = MAX_UNPACKED_BYTES) -> Text:
    """Return a file's content as UTF-8 without a mark, unpacked if it is gzip.

    UTF-16 is known by its mark or its zeros; what is no UTF-8 is Windows-1252.  A
    packed file has at most `most` bytes once unpacked.

    Raises
    ------
    LayoutError
        If it is too large, a broken archive, or no text.
    """
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, most)
    text = _decoded(data)
    if b"\n" not in text.content[:_HEAD]:  # line ends of old Macintoshes
        text = text._replace(content=text.content.replace(b"\r", b"\n"))
    return text


def _decoded(data: bytes) -> Text:
    wide = _wide(data)
    if wide is not None:
        try:
            return Text(data.decode(wide).removeprefix("\ufeff").encode(), "UTF-16")
        except UnicodeError as error:
            raise LayoutError(1, "text", "UTF-8 or UTF-16 text") from error
    data = data.removeprefix(b"\xef\xbb\xbf")
    if data.isascii():
        return Text(data, "UTF-8")
    try:
        data.decode()
    except UnicodeDecodeError as wrong:
        try:
            return Text(data.decode("cp1252").encode(), "Windows-1252")
        except UnicodeDecodeError:
            line = data[: wrong.start].count(b"\n") + 1
            raise LayoutError(line, "text", "UTF-8 text") from wrong
    return Text(data, "UTF-8")


def _wide(data: bytes) -> str | None:
    """Return the UTF-16 that a file is in, None if it is not."""
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    head = data[:4]
    if len(head) == 4 and head[1] == head[3] == 0 and head[0] and head[2]:
        return "utf-16-le"
    if len(head) == 4 and head[0] == head[2] == 0 and head[1] and head[3]:
        return "utf-16-be"
    return None


def _unpacked(data: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(data, most)
    except zlib.error as error:
        raise LayoutError(1, "text", "a whole gzip archive") from error
    if unpacker.unconsumed_tail:
        rule = f"at most {most} bytes once unpacked"
        raise LayoutError(1, "text", rule)
    if not unpacker.eof:
        raise LayoutError(1, "text", "a whole gzip archive")
    return text
