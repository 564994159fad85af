"""The ``prices`` table: one row a symbol and timestamp, in SQLite or PostgreSQL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

if TYPE_CHECKING:
    from backtesting.bars import Bars

COLUMNS = ("open", "high", "low", "close", "volume")
_ROWS_A_STATEMENT = 1_000

metadata = sa.MetaData()
prices = sa.Table(
    "prices",
    metadata,
    sa.Column("timestamp", sa.DateTime(timezone=True), nullable=False),
    sa.Column("symbol", sa.Text, nullable=False),
    *(sa.Column(name, sa.Double, nullable=False) for name in COLUMNS),
    sa.UniqueConstraint("timestamp", "symbol"),
    sa.Index("prices_by_symbol", "symbol", "timestamp"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """What there is of one symbol."""

    symbol: str
    first: datetime
    last: datetime
    bars: int


class PriceStore:
    """Prices in a database; the table is made when it is not there.

    Parameters
    ----------
    url : str
        ``sqlite:///file`` or ``postgresql://...``.
    """

    def __init__(self, url: str) -> None:
        given = sa.make_url(url)
        if given.drivername == "postgresql":
            given = given.set(drivername="postgresql+psycopg")
        self._engine = sa.create_engine(given)
        metadata.create_all(self._engine)

    def close(self) -> None:
        """Give the connections back."""
        self._engine.dispose()

    def ingest(self, symbol: str, bars: Bars) -> int:
        """Store the bars of a symbol in place of those at equal timestamps."""
        labels = bars.timestamps.astype("datetime64[us]").tolist()
        columns = [getattr(bars, name).tolist() for name in COLUMNS]
        rows = [
            {"symbol": symbol, "timestamp": label.replace(tzinfo=UTC)}
            | dict(zip(COLUMNS, values, strict=True))
            for label, *values in zip(labels, *columns, strict=True)
        ]
        with self._engine.begin() as connection:
            for start in range(0, len(rows), _ROWS_A_STATEMENT):
                connection.execute(self._upsert(), rows[start:][:_ROWS_A_STATEMENT])
        return len(rows)

    def window(
        self, symbol: str, start: datetime | None, end: datetime | None, limit: int
    ) -> list[dict[str, Any]]:
        """Return the newest `limit` rows of a window, its ends included, in order."""
        query = sa.select(prices).where(prices.c.symbol == symbol)
        if start is not None:
            query = query.where(prices.c.timestamp >= start)
        if end is not None:
            query = query.where(prices.c.timestamp <= end)
        query = query.order_by(prices.c.timestamp.desc()).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query).mappings().all()
        return [
            {
                "symbol": row["symbol"],
                "timestamp": aware(row["timestamp"]).isoformat(),
                **{name: row[name] for name in COLUMNS},
            }
            for row in reversed(rows)
        ]

    def holdings(self) -> list[Holding]:
        """Return what there is of each symbol, in order."""
        label = prices.c.timestamp
        query = (
            sa.select(
                prices.c.symbol,
                sa.func.min(label).label("first"),
                sa.func.max(label).label("last"),
                sa.func.count().label("bars"),
            )
            .group_by(prices.c.symbol)
            .order_by(prices.c.symbol)
        )
        with self._engine.connect() as connection:
            return [
                Holding(
                    symbol=row.symbol,
                    first=aware(row.first),
                    last=aware(row.last),
                    bars=row.bars,
                )
                for row in connection.execute(query)
            ]

    def _upsert(self) -> sa.Insert:
        kind = self._engine.dialect.name
        insert = (postgresql if kind == "postgresql" else sqlite).insert(prices)
        return insert.on_conflict_do_update(
            index_elements=["timestamp", "symbol"],
            set_={name: insert.excluded[name] for name in COLUMNS},
        )


def aware(moment: datetime) -> datetime:
    """Return a moment in UTC; one without a zone, as SQLite gives it, is in UTC."""
    if moment.tzinfo is None:
        return moment.replace(tzinfo=UTC)
    return moment.astimezone(UTC)
