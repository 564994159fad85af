"""Families of data: by the name of the operator's own, by content for all others.

Trials are counted on a family.  Bars that a caller sends have no name that could be
trusted, so they are of the family that the record knows with the same content; see
`orchestrator.loaders.checks.sketches` for what that finds.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import BindParameter, Connection, bindparam, func, insert, select

from orchestrator.ledger.tables import SKETCH_HASHES, SKETCHES, TRIALS
from orchestrator.spec import Sketch, SketchPart

_BY_CONTENT = "content:"
_LEAST_SHARED = 8
_SAME = 0.3
"""The share of features two sketches have in common where their bars are the same,
with a tenth of the rows gone from one of them: 0.9 to the power of 6, and a margin."""
_KNOWN = 0.9

_HASHES: BindParameter[Sequence[int]] = bindparam("hashes", expanding=True)
_SHARED = (
    select(
        SKETCHES.c.name,
        SKETCHES.c.family,
        SKETCHES.c.scale,
        SKETCHES.c.size,
        func.count().label("shared"),
    )
    .join_from(SKETCH_HASHES, SKETCHES, SKETCHES.c.id == SKETCH_HASHES.c.sketch)
    .where(SKETCH_HASHES.c.hash.in_(_HASHES))
    .group_by(SKETCHES.c.id)
    .order_by(SKETCHES.c.id)
)
_NAMED = select(SKETCHES.c.family).where(SKETCHES.c.name == bindparam("name")).limit(1)
_TRIED = select(TRIALS.c.family).where(TRIALS.c.family == bindparam("name")).limit(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The family of some bars, and whether the record knows their sketch."""

    family: str
    is_known: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Match:
    family: str
    name: str
    share: float
    of_ours: float


def find_family(connection: Connection, sketch: Sketch, name: str | None) -> Found:
    """Return the family of bars; those of the operator have a `name`.

    A name that is new is of a family by content, where callers sent its bars before.
    """
    matches = list(_matches(connection, sketch))
    best = max(matches, key=lambda match: match.share, default=None)
    family = _family(connection, sketch, name, best)
    is_known = any(
        match.family == family
        and match.of_ours >= _KNOWN
        and (name is None or match.name == name)
        for match in matches
    )
    if not sketch.is_long:
        is_known = name is None or _first(connection, _NAMED, name) is not None
    return Found(family=family, is_known=is_known)


def add_sketch(
    connection: Connection, sketch: Sketch, name: str | None, family: str
) -> None:
    """Have the record know bars as a family's."""
    for part in sketch.parts or (SketchPart(scale=0, hashes=()),):
        row = {
            "name": name or "",
            "family": family,
            "scale": part.scale,
            "size": len(part.hashes),
        }
        inserted = connection.execute(insert(SKETCHES).values(row))
        key = inserted.inserted_primary_key
        if part.hashes and key is not None:
            rows = [{"hash": one, "sketch": key[0]} for one in part.hashes]
            connection.execute(insert(SKETCH_HASHES), rows)


def _family(
    connection: Connection, sketch: Sketch, name: str | None, best: _Match | None
) -> str:
    if name is None:
        return f"{_BY_CONTENT}{sketch.digest}" if best is None else best.family
    known = _first(connection, _NAMED, name) or _first(connection, _TRIED, name)
    if known is not None:
        return known
    if best is not None and best.family.startswith(_BY_CONTENT):
        return best.family
    return name


def _first(connection: Connection, query: object, name: str) -> str | None:
    found: str | None = connection.execute(query, {"name": name}).scalar()  # type: ignore[call-overload]
    return found


def _matches(connection: Connection, sketch: Sketch) -> Iterator[_Match]:
    for part in sketch.parts:
        if len(part.hashes) < _LEAST_SHARED:
            continue
        for row in connection.execute(_SHARED, {"hashes": list(part.hashes)}):
            match = _match(part, row.scale, row.size, row.shared)
            if match is not None:
                share, of_ours = match
                yield _Match(
                    family=row.family, name=row.name, share=share, of_ours=of_ours
                )


def _match(
    part: SketchPart, scale: int, size: int, shared: int
) -> tuple[float, float] | None:
    """Return the share that is common, of the smaller sketch and of this one."""
    common_scale = max(part.scale, scale)
    ours = part.size_at(common_scale)
    theirs = size / 2.0 ** (common_scale - scale)
    if shared < _LEAST_SHARED or ours == 0:
        return None
    share = shared / max(min(ours, theirs), _LEAST_SHARED)
    return (share, shared / ours) if share >= _SAME else None
