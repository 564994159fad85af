"""Large JSON texts read in pieces, so that no other thread waits for a whole one.

A reader of JSON holds the interpreter from the first byte to the last: 8 MB take a
twentieth of a second, which everyone else spends waiting.  Here a compiled walk finds
the commas at which a text can be cut, without the interpreter's lock, and the pieces
are read one by one.  What comes out is what reading the whole would give.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
import orjson

from backtesting.compiled import compiled
from orchestrator.schemas.unions import MOST_FIELDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE = 16_384
"""Bytes that are read at once, roughly: a tenth of a millisecond."""
_ELEMENTS = 2_048
"""Elements of an array that are written at once."""
_DEEPEST = 8
"""Levels down to which a text is cut."""
_BACKSLASH, _QUOTE, _COMMA, _COLON = ord("\\"), ord('"'), ord(","), ord(":")
_TO_CLOSING = 2
"""From the code of an opening bracket to that of its closing one."""
_SPACES = re.compile(rb"[ \t\r\n]*")
_OPENING, _CLOSING = (ord("["), ord("{")), (ord("]"), ord("}"))


class BrokenJsonError(ValueError):
    """The text is not JSON from the byte `pos` on."""

    def __init__(self, detail: str, pos: int) -> None:
        super().__init__(detail)
        self.pos = pos


class TooManyMembersError(ValueError):
    """The text is an object of more members than are read in pieces."""

    def __init__(self, members: int) -> None:
        super().__init__(f"has {members} fields, and at most {MOST_FIELDS} are read")
        self.members = members


def loads(raw: bytes, *, piece: int = PIECE) -> Any:
    """Return the document of a JSON text.

    Raises
    ------
    BrokenJsonError
        If `raw` is not one JSON document.
    TooManyMembersError
        If it is a large object of more than `MOST_FIELDS` members.
    """
    if len(raw) <= piece:
        return _read(raw, 0)
    return _Text(raw, piece).value(0, len(raw), 0)


def dumps(document: dict[str, Any]) -> bytes:
    """Return the canonical text of a document: keys sorted, no spaces."""
    if not any(map(_is_long, document.values())):
        return orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    return b"".join(_parts(document))


def colons(raw: bytes) -> int:
    """Return how many colons of a JSON text stand outside of its strings."""
    return _count_colons(np.frombuffer(raw, dtype=np.uint8))


def _is_long(value: Any) -> bool:
    if isinstance(value, dict):
        return any(map(_is_long, value.values()))
    return isinstance(value, list) and len(value) > _ELEMENTS


def _parts(value: Any) -> Iterator[bytes]:
    """Yield the canonical text of a value that is long, or holds one that is."""
    if not _is_long(value):
        yield orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    elif isinstance(value, dict):
        before = b"{"
        for name in sorted(value):
            yield before + orjson.dumps(name) + b":"
            yield from _parts(value[name])
            before = b","
        yield b"}"
    else:
        before = b"["
        for first in range(0, len(value), _ELEMENTS):
            some = value[first : first + _ELEMENTS]
            yield before + orjson.dumps(some, option=orjson.OPT_SORT_KEYS)[1:-1]
            before = b","
        yield b"]"


class _Text:
    """A text and where it is cut."""

    def __init__(self, raw: bytes, piece: int) -> None:
        self._raw = raw
        self._view = memoryview(raw)
        self._bytes = np.frombuffer(raw, dtype=np.uint8)
        self._piece = piece

    def value(self, begin: int, end: int, depth: int) -> Any:
        """Return the value that stands between two offsets, and nothing else."""
        begin = self._skip(begin, end)
        if end - begin <= self._piece or depth == _DEEPEST:
            return self._whole(begin, end)
        if self._bytes[begin] == _OPENING[1]:
            return self._members(begin, end, depth)
        if self._bytes[begin] == _OPENING[0]:
            return self._elements(begin, end, depth)
        return self._whole(begin, end)

    def _skip(self, begin: int, end: int) -> int:
        spaces = _SPACES.match(self._raw, begin, end)
        return begin if spaces is None else spaces.end()

    def _whole(self, begin: int, end: int) -> Any:
        return _read(self._view[begin:end], begin)

    def _cut(self, begin: int, end: int, least: int) -> tuple[list[int], int]:
        """Return where to cut a container, its closing bracket included.

        The cuts are none where there are more than there is room for.
        """
        most = 2 * ((end - begin) // least + 1) if least else 2 * MOST_FIELDS
        places = np.empty(most, dtype=np.int64)
        count, last = walk(self._bytes, begin, end, least, places)
        closed = last >= 0 and self._raw[last] == self._raw[begin] + _TO_CLOSING
        if not closed or self._skip(last + 1, end) != end:
            self._whole(begin, end)  # says what is wrong
            raise AssertionError("brackets that do not match are not JSON")
        fits = count <= places.size
        return [*places[:count].tolist(), last] if fits else [], count

    def _elements(self, begin: int, end: int, depth: int) -> list[Any]:
        cuts, count = self._cut(begin, end, self._piece)
        first = begin + 1
        if count == 0 and self._skip(first, cuts[0]) == cuts[0]:
            return []
        found: list[Any] = []
        for cut in cuts:
            if cut - first > 2 * self._piece:  # one element, and large itself
                found.append(self.value(first, cut, depth + 1))
            else:
                some = _read(b"[%b]" % self._raw[first:cut], first - 1)
                if not some:
                    raise _broken("a value is missing", first)
                found += some
            first = cut + 1
        return found

    def _members(self, begin: int, end: int, depth: int) -> dict[str, Any]:
        cuts, count = self._cut(begin, end, 0)
        if not cuts:
            if depth == 0:
                raise TooManyMembersError((count + 1) // 2)
            whole: dict[str, Any] = self._whole(begin, end)
            return whole
        marks = bytes(self._raw[cut] for cut in cuts[:-1])
        if not count or marks != b",".join([b":"] * ((count + 1) // 2)):
            self._whole(begin, end)  # an empty object, or no JSON
            return {}
        found: dict[str, Any] = {}
        first = begin + 1
        for colon, comma in zip(cuts[::2], cuts[1::2], strict=True):
            name = self._whole(self._skip(first, colon), colon)
            if not isinstance(name, str):
                raise _broken("a key must be a string", first)
            found[name] = self.value(colon + 1, comma, depth + 1)
            first = comma + 1
        return found


def _read(text: bytes | memoryview, begin: int) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        if begin:
            raise _broken(error.msg, begin + error.pos) from None
        raise BrokenJsonError(str(error), error.pos) from None


def _broken(what: str, at: int) -> BrokenJsonError:
    return BrokenJsonError(f"{what} (char {at})", at)


@compiled
def _after_text(text: NDArray[np.uint8], at: int, end: int) -> int:
    """Return the offset of the quote that ends the string beginning at `at`."""
    at += 1
    while at < end and text[at] != _QUOTE:
        at += 2 if text[at] == _BACKSLASH else 1
    return at


@compiled
def _count_colons(text: NDArray[np.uint8]) -> int:
    count, at = 0, 0
    while at < text.size:
        byte = text[at]
        if byte == _QUOTE:
            at = _after_text(text, at, text.size)
        elif byte == _COLON:
            count += 1
        at += 1
    return count


@compiled
def _noted(places: NDArray[np.int64], count: int, at: int) -> int:
    if count < places.size:
        places[count] = at
    return count + 1


@compiled
def walk(  # noqa: PLR0917 -- compiled code takes no keywords
    text: NDArray[np.uint8],
    begin: int,
    end: int,
    least: int,
    places: NDArray[np.int64],
) -> tuple[int, int]:
    """Find where the container that opens at `begin` can be cut.

    Parameters
    ----------
    text : ndarray of uint8
    begin, end : int
    least : int
        Bytes between two cuts at least, and a longer element stands alone; 0 for every
        comma and colon.
    places : ndarray of int64
        Filled with the offsets of the cuts, as far as they fit.

    Returns
    -------
    tuple of int
        How many cuts there are, and the offset of the bracket that closes it; -1 if
        nothing does.
    """
    depth, count = 0, 0
    cut, comma = begin, begin
    at = begin
    while at < end:
        byte = text[at]
        is_cut = depth == 1 and (byte == _COMMA or (byte == _COLON and least == 0))
        if byte == _QUOTE:
            at = _after_text(text, at, end)
        elif byte == _OPENING[0] or byte == _OPENING[1]:
            depth += 1
        elif byte == _CLOSING[0] or byte == _CLOSING[1]:
            depth -= 1
        is_last = depth == 0
        if (is_cut or is_last) and cut < comma < at - least and least:
            count = _noted(places, count, comma)
            cut = comma
        if is_last:
            return count, at
        if is_cut:
            comma = at
            if at - cut >= least:
                count = _noted(places, count, at)
                cut = at
        at += 1
    return count, -1
