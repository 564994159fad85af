"""Sketches of bars, by which those that callers send are known; and a probe's row."""

from __future__ import annotations

from typing import NoReturn

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Create the tables and their indexes."""
    op.create_table(
        "sketches",
        sa.Column("id", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("family", sa.Text, nullable=False),
        sa.Column("scale", sa.Integer, nullable=False),
        sa.Column("size", sa.Integer, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sketches"),
    )
    op.create_index("ix_sketches_name", "sketches", ["name"])
    op.create_table(
        "sketch_hashes",
        sa.Column("hash", sa.BigInteger, nullable=False),
        sa.Column("sketch", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("hash", "sketch", name="pk_sketch_hashes"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "probes",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("time", sa.Text, nullable=False),
        sa.Column("filler", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_probes"),
    )


def downgrade() -> NoReturn:
    """Refuse: a record that can be taken back is none."""
    raise NotImplementedError("the ledger's tables are not dropped by a migration")
