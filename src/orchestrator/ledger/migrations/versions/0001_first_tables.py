"""The first tables: tries, runs, their chain, bodies and idempotency keys."""

from __future__ import annotations

from typing import NoReturn

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables and their indexes."""
    _create_chain()
    _create_tries()
    _create_runs()
    _create_blobs()
    _create_keys()


def downgrade() -> NoReturn:
    """Refuse: a record that can be taken back is none."""
    raise NotImplementedError("the ledger's tables are not dropped by a migration")


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text, nullable=nullable)


def _count(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger, nullable=False)


def _sequence(table: str) -> tuple[sa.Column[int], sa.PrimaryKeyConstraint]:
    return (
        sa.Column("sequence", _SEQUENCE, nullable=False, autoincrement=False),
        sa.PrimaryKeyConstraint("sequence", name=f"pk_{table}"),
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _create_chain() -> None:
    # The database then remembers the highest sequence there was, rows removed or not.
    remembers = op.get_bind().dialect.name == "sqlite"
    if not remembers:
        op.execute("CREATE SEQUENCE chain_seen")
    sequence, primary_key = _sequence("chain")
    sequence.autoincrement = remembers
    op.create_table(
        "chain",
        sequence,
        primary_key,
        _text("try_hash"),
        _text("run_hash", nullable=True),
        _text("prev_hash"),
        _text("row_hash"),
        sqlite_autoincrement=remembers,
    )


def _create_tries() -> None:
    op.create_table(
        "tries",
        *_sequence("tries"),
        *map(_text, ("time", "caller", "family", "fingerprint", "result")),
        sa.Column("sharpe", sa.Double, nullable=True),
        *map(_count, ("tries_caller", "tries_everyone", "sharpe_count")),
        sa.Column("sharpe_mean", sa.Double, nullable=False),
        sa.Column("sharpe_squares", sa.Double, nullable=False),
    )
    _index("tries", "family", "caller", "sequence")
    _index("tries", "family", "result", "caller")
    _index("tries", "family", "sequence")


def _create_runs() -> None:
    op.create_table(
        "runs",
        *_sequence("runs"),
        *map(_text, ("run_id", "time", "caller", "kind", "source", "symbol")),
        *map(_text, ("strategy", "fingerprint", "data_sha256")),
        *map(_text, ("first_bar", "last_bar", "engine_version")),
        *map(_text, ("assumptions", "metrics")),
        _text("verdict", nullable=True),
        _text("reasons"),
        *map(_count, ("tries_caller", "tries_everyone")),
        *map(_text, ("request_sha256", "answer_sha256")),
    )
    for column in ("run_id", "symbol", "strategy", "verdict", "caller"):
        _index("runs", column, "sequence")
    _index("runs", "time")


def _create_blobs() -> None:
    op.create_table(
        "blobs",
        _text("sha256"),
        _text("encoding"),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_blobs"),
    )


def _create_keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", _SEQUENCE, nullable=False, autoincrement=True),
        *map(_text, ("time", "caller", "key", "body_sha256")),
        sa.Column("status", sa.Integer, nullable=True),
        _text("headers", nullable=True),
        _text("answer_sha256", nullable=True),
        _text("prev_time", nullable=True),
        *map(_text, ("prev_hash", "row_hash")),
        _text("encoding", nullable=True),
        sa.Column("body", sa.LargeBinary, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
    )
    _index("keys", "caller", "key", "time")
