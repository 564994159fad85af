"""What may be wrong with one record, and how to tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Self

from sqlalchemy import Connection, Row, select

from orchestrator.ledger.chain import Link, content_hash
from orchestrator.ledger.tables import CHAIN

Values = Row[tuple[Any, ...]]


class Alteration(StrEnum):
    """What was done to the record."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    REORDERED = "reordered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One alteration; `sequence` is None where no row can be named."""

    sequence: int | None
    alteration: Alteration
    detail: str

    def __str__(self) -> str:
        where = "no row" if self.sequence is None else f"row {self.sequence}"
        return f"{where}: {self.alteration}: {self.detail}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What the tables hold under one sequence."""

    sequence: int
    link: Link | None
    tried: Values | None
    run: Values | None

    @classmethod
    def of(cls, sequence: int, parts: Mapping[str, Any]) -> Self:
        """Return the record of the parts that were found."""
        return cls(
            sequence=sequence,
            link=parts.get("chain"),
            tried=parts.get("trials"),
            run=parts.get("runs"),
        )


def row_findings(
    connection: Connection, record: Record, *, last: int
) -> Iterator[Finding]:
    """Yield what is wrong within one record of a chain that ends at `last`."""
    link = record.link
    if link is None:
        removed = 0 < record.sequence < last
        yield Finding(
            sequence=record.sequence,
            alteration=Alteration.MISSING if removed else Alteration.INSERTED,
            detail="its link in the chain is gone"
            if removed
            else "it has no link: the row was inserted, or the link removed",
        )
        return
    if not link.is_sound:
        yield Finding(
            sequence=record.sequence,
            alteration=Alteration.CHANGED,
            detail="its link is not what was written: changed, inserted or moved",
        )
    for table, row, expected in (
        ("trials", record.tried, link.trial_hash),
        ("runs", record.run, link.run_hash),
    ):
        found = None if row is None else _hash_of(table, row)
        if found != expected:
            alteration, detail = _compare(connection, table, found, expected)
            yield Finding(
                sequence=record.sequence, alteration=alteration, detail=detail
            )


def _compare(
    connection: Connection, table: str, found: str | None, expected: str | None
) -> tuple[Alteration, str]:
    if found is None:
        return Alteration.MISSING, f"its row of {table!r} is gone"
    if expected is None:
        return Alteration.INSERTED, f"its row of {table!r} was never written"
    column = CHAIN.c.trial_hash if table == "trials" else CHAIN.c.run_hash
    query = select(CHAIN.c.sequence).where(column == found).limit(1)
    origin = connection.execute(query).scalar()
    if origin is None:
        return Alteration.CHANGED, f"its row of {table!r} is not what was written"
    return Alteration.REORDERED, f"its row of {table!r} was written as row {origin}"


def _hash_of(table: str, row: Values) -> str:
    try:
        return content_hash(table, list(row)[1:])
    except (TypeError, ValueError):  # a type or a text that no row was written with
        return ""
