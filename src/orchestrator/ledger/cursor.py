"""Cursors: where the next page starts, in a form only this module reads."""

from __future__ import annotations

import base64
import hashlib
import re
import struct

from orchestrator.errors import InvalidRequestError
from orchestrator.ledger.times import to_text
from orchestrator.ledger.values import RunFilter

_FORM = struct.Struct(">BQ8s")  # version, sequence, digest of filters and sequence
_VERSION = 1
_TEXT = re.compile(r"[A-Za-z0-9_-]{23}", re.ASCII)  # 17 bytes, unpadded
_LARGEST = 2**63 - 1


def encode_cursor(sequence: int, filters: RunFilter) -> str:
    """Return the cursor of the page after the row `sequence`, for these filters."""
    packed = _FORM.pack(_VERSION, sequence, _digest(sequence, filters))
    return base64.urlsafe_b64encode(packed).decode().rstrip("=")


def decode_cursor(cursor: str, filters: RunFilter) -> int:
    """Return the sequence that `cursor` starts before.

    Raises
    ------
    InvalidRequestError
        If it is no cursor, or one of a page with other filters.
    """
    if _TEXT.fullmatch(cursor):
        packed = base64.urlsafe_b64decode(cursor + "=")
        version, sequence, _ = _FORM.unpack(packed)
        sound = version == _VERSION and 0 < sequence <= _LARGEST
        # The last character has bits to spare: one page has one cursor.
        if sound and cursor == encode_cursor(sequence, filters):
            return int(sequence)
    detail = "is not a cursor that a page with these filters gave; start without one"
    raise InvalidRequestError.at("/cursor", detail, subject="cursor")


def _digest(sequence: int, filters: RunFilter) -> bytes:
    parts = [
        str(sequence),
        *(repr(value) for value in (filters.symbol, filters.strategy)),
        *(repr(value) for value in (filters.verdict, filters.caller)),
        *(
            "None" if bound is None else to_text(bound)
            for bound in (filters.since, filters.until)
        ),
    ]
    return hashlib.sha256("\n".join(parts).encode()).digest()[:8]
