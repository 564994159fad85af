"""Bodies that clients pack: gzip is taken within the same limits, nothing else."""

from __future__ import annotations

import zlib

from flask import Flask, request
from werkzeug.exceptions import RequestEntityTooLarge, UnsupportedMediaType

from orchestrator.web.strict_json import UnreadableBodyError

_GZIP = frozenset({"gzip", "x-gzip"})


def register_encoding_check(app: Flask) -> None:
    """Refuse bodies of `app` in a Content-Encoding that is not unpacked here."""

    @app.before_request
    def check() -> None:
        transfer = request.headers.get("Transfer-Encoding", "chunked")
        if transfer.strip().lower() != "chunked":
            raise UnsupportedMediaType(
                f"a body in the Transfer-Encoding {transfer[:40]!r} cannot be read: "
                "send it in plain chunks; Content-Encoding gzip packs it"
            )
        if _encoding() not in {"", "identity", *_GZIP}:
            raise UnsupportedMediaType(
                f"a body in the Content-Encoding {_encoding()[:40]!r} cannot be read: "
                "send it as gzip, or plain"
            )


def is_packed() -> bool:
    """Return whether the current request's body calls itself gzip."""
    return _encoding() in _GZIP


def unpacked(body: bytes, most: int | None) -> bytes:
    """Return a gzip body unpacked; it has at most `most` bytes then.

    Raises
    ------
    UnreadableBodyError
        If it is no whole gzip archive.
    RequestEntityTooLarge
        If it has more than `most` bytes.
    """
    unpacker = zlib.decompressobj(wbits=31)
    try:
        text = unpacker.decompress(body, most or 0)
    except zlib.error as error:
        raise UnreadableBodyError(f"the body is not gzip: {error}") from None
    if unpacker.unconsumed_tail:
        raise RequestEntityTooLarge
    if not unpacker.eof or unpacker.unused_data:
        raise UnreadableBodyError("the body is not one whole gzip archive")
    return text


def _encoding() -> str:
    return request.headers.get("Content-Encoding", "").strip().lower()
