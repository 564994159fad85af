"""A sketch of bars by what is in them, so that they are known under any name.

Each run of five returns between closes, rounded to about a tenth of a usual return,
is one feature; a sketch keeps the 512 with the smallest hashes (MinHash by threshold:
Broder 1997).  Features know neither dates, nor the level of prices, nor what lies
before and after.  So a sketch is found again after prices were scaled, dates moved,
bars appended or left out at either end, up to a tenth of the rows removed, or noise
of a hundredth of a usual return added.  It is not where every fifth row is gone, bars
are joined to longer ones, or noise is as large as a usual return: then there are other
returns to test.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np

from orchestrator.spec import Sketch, SketchPart

if TYPE_CHECKING:
    from numpy.typing import NDArray

_RUN = 5
_FINENESS = 3
"""Bits under a usual return at which returns are rounded."""
_MOST = 512
_ROUNDED = 6


def sketch_of(closes: NDArray[np.float64]) -> Sketch:
    """Return the sketch of closes, oldest first.

    Returns are rounded at two widths, one twice the other, so that two sketches share
    one though their usual returns differ a little.
    """
    returns = np.diff(np.log(closes))
    usual = np.abs(returns[returns != 0.0])
    parts: tuple[SketchPart, ...] = ()
    if usual.size >= _RUN:
        width = int(np.floor(np.log2(np.median(usual)))) - _FINENESS
        parts = tuple(_part(returns, finer) for finer in (width, width + 1))
    digest = hashlib.sha256()
    for part in parts:
        digest.update(np.array(part.hashes, dtype=np.int64).tobytes())
    if not all(part.hashes for part in parts) or not parts:
        digest.update(np.round(closes / closes[0], _ROUNDED).tobytes())
    return Sketch(digest=digest.hexdigest()[:32], parts=parts)


def _part(returns: NDArray[np.float64], width: int) -> SketchPart:
    # Beyond 2**40 widths all returns are one.
    steps = np.clip(np.round(returns / 2.0**width), -(2.0**40), 2.0**40)
    rounded = steps.astype(np.int64).view(np.uint64)
    count = max(rounded.size - _RUN + 1, 0)
    hashes = np.full(count, np.uint64(width & 0xFFFF))
    moved = np.zeros(count, dtype=np.bool_)
    for place in range(_RUN):
        at = rounded[place : place + count]
        hashes = _mixed(hashes ^ at)
        moved |= at != 0
    hashes = (hashes >> np.uint64(1))[moved]
    # Most of a long history is dropped at once: sorting it would take seconds.
    scale = max(0, int(np.log2(max(hashes.size, 1) / (4 * _MOST))))
    kept = np.unique(hashes[hashes < np.uint64(2 ** (63 - scale))]).astype(np.int64)
    while np.searchsorted(kept, 2 ** (63 - scale)) > _MOST:
        scale += 1
    return SketchPart(
        scale=scale,
        hashes=tuple(kept[: np.searchsorted(kept, 2 ** (63 - scale))].tolist()),
    )


def _mixed(values: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return values well mixed (splitmix64: Steele, Lea and Flood 2014)."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: NDArray[np.uint64] = values ^ (values >> np.uint64(31))
    return mixed
