"""A CSV file's bytes to UTF-8 text: unpacked, without a mark, with its line ends."""

from __future__ import annotations

import zlib

from orchestrator.loaders.files.csv_layout import LayoutError

MAX_TEXT_BYTES = 512 * 1024 * 1024
"""A file larger than this is refused."""

MAX_UNPACKED_BYTES = 128 * 1024 * 1024
"""A packed file that is larger than this once unpacked is refused."""


def read_text(data: bytes, most: int = MAX_UNPACKED_BYTES) -> bytes:
    """Return a file's content as UTF-8 without a mark, unpacked if it is gzip.

    A packed one has at most `most` bytes once unpacked.

    Raises
    ------
    LayoutError
        If it is too large, a broken archive, or no text.
    """
    if data[:2] == b"\x1f\x8b":
        data = _unpacked(data, most)
    if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            data = data.decode("utf-16").encode()
        except UnicodeError as error:
            raise LayoutError(1, "text", "UTF-8 or UTF-16 text") from error
    data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in data[: 64 * 1024]:
        data = data.replace(b"\r", b"\n")  # line ends of old Macintoshes
    return data


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
