"""An answer as it leaves: the bytes that are sent are the bytes that are stored."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite

import numpy as np
import orjson

_OPTIONS = orjson.OPT_SERIALIZE_NUMPY | orjson.OPT_NAIVE_UTC | orjson.OPT_UTC_Z


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One encoded answer.

    Parameters
    ----------
    run_id : str
        The run it answers.
    body : bytes
        The JSON document; equal answers have equal bytes.
    etag : str
        Changes whenever the answer to the same request would.
    """

    run_id: str
    body: bytes
    etag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unchanged:
    """The caller already holds the answer with this tag."""

    etag: str


def encode(document: Mapping[str, object]) -> bytes:
    """Return the JSON of `document`; columns may be numpy arrays.

    Raises
    ------
    ValueError
        If a number is NaN or infinite: the encoder would write ``null``, and what is
        not defined must be left out with its reason.
    """
    if not _is_finite(document):
        raise ValueError("an answer holds NaN or an infinite number")
    return orjson.dumps(document, option=_OPTIONS)


def _is_finite(value: object) -> bool:
    kind = type(value)
    if kind is float:
        return isfinite(value)  # type: ignore[arg-type]
    if kind is dict:
        return all(map(_is_finite, value.values()))  # type: ignore[attr-defined]
    if kind is list:
        return all(map(_is_finite, value))  # type: ignore[call-overload]
    if isinstance(value, np.ndarray) and value.dtype.kind == "f":
        return bool(np.isfinite(value).all())
    return True


def joined(*parts: bytes) -> bytes:
    """Return one JSON object of the members of several, none of them empty."""
    return b"{" + b",".join(part[1:-1] for part in parts) + b"}"
