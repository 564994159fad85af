"""Keys know by which policy they were answered, and are no chain any more.

A key lives for a day: each row vouches for itself, and rows out of date may go in any
order.
"""

from __future__ import annotations

from typing import NoReturn

import sqlalchemy as sa
from alembic import op

from orchestrator.ledger.chain import content_hash

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_HASHED = (
    "time",
    "caller",
    "key",
    "body_sha256",
    "policies",
    "status",
    "headers",
    "answer_sha256",
)


def upgrade() -> None:
    """Add the column, drop those of the chain, and hash each row by itself."""
    op.execute("ALTER TABLE keys ADD COLUMN policies TEXT NOT NULL DEFAULT ''")
    op.execute("ALTER TABLE keys DROP COLUMN prev_time")
    op.execute("ALTER TABLE keys DROP COLUMN prev_hash")
    connection = op.get_bind()
    for row in connection.execute(sa.text("SELECT * FROM keys")).fetchall():
        values = row._mapping
        row_hash = content_hash("keys", [values[name] for name in _HASHED])
        connection.execute(
            sa.text("UPDATE keys SET row_hash = :row_hash WHERE id = :id"),
            {"row_hash": row_hash, "id": values["id"]},
        )


def downgrade() -> NoReturn:
    """Refuse: a record that can be taken back is none."""
    raise NotImplementedError("the ledger's keys are not chained again")
