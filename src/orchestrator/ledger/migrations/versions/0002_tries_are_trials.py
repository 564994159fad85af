"""The word of the literature: tries become trials, in table, columns and indexes.

No row is written: the hashes stay those of the rows as they were.
"""

from __future__ import annotations

from typing import NoReturn

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = (
    ("chain", "try_hash", "trial_hash"),
    ("trials", "tries_caller", "trials_caller"),
    ("trials", "tries_everyone", "trials_everyone"),
    ("runs", "tries_caller", "trials_caller"),
    ("runs", "tries_everyone", "trials_everyone"),
)
_INDEXES = (
    ("family", "caller", "sequence"),
    ("family", "result", "caller"),
    ("family", "sequence"),
)


def upgrade() -> None:
    """Rename the table, its columns and its indexes, where they are."""
    op.rename_table("tries", "trials")
    for table, old, new in _COLUMNS:
        # Not by a batch: SQLite renames in place, and a copy forgets AUTOINCREMENT.
        op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    for columns in _INDEXES:
        name = "_".join(columns)
        op.drop_index(f"ix_tries_{name}", "trials")
        op.create_index(f"ix_trials_{name}", "trials", list(columns))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE trials RENAME CONSTRAINT pk_tries TO pk_trials")


def downgrade() -> NoReturn:
    """Refuse: a record that can be taken back is none."""
    raise NotImplementedError("the ledger's tables are not renamed back")
