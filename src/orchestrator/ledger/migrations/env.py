"""How alembic applies the migrations: over the connection that `migrate` hands it."""

from __future__ import annotations

from alembic import context

from orchestrator.ledger.tables import METADATA


def run_migrations() -> None:
    """Run what alembic was asked to, in the transaction that is already open."""
    context.configure(
        connection=context.config.attributes["connection"],
        target_metadata=METADATA,
        render_as_batch=True,
        transactional_ddl=True,
        compare_type=True,
    )
    with context.begin_transaction():
        context.run_migrations()


# Alembic executes this file under this name; importing it does nothing.
if __name__ == "env_py":
    run_migrations()
