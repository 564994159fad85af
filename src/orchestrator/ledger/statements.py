"""The statements of every append: compiled once, run by the driver itself.

SQLAlchemy writes them, for either database; running them through it would cost more
than SQLite takes to execute them.  All other statements go the usual way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy import Connection, Dialect, Insert, Select
from sqlalchemy.dialects import postgresql, sqlite


class Statement:
    """One statement, in the words of each database once they are asked for.

    Parameters
    ----------
    clauses : Insert or Select, by name of the database
    """

    def __init__(self, **clauses: Insert | Select[Any]) -> None:
        self._clauses = clauses
        self._compiled: dict[str, tuple[str, dict[str, object]]] = {}

    @classmethod
    def alike(cls, clause: Insert | Select[Any]) -> Statement:
        """Return a statement that is the same in every database."""
        return cls(sqlite=clause, postgresql=clause)

    def run(self, connection: Connection, values: Mapping[str, object]) -> Any:
        """Run it in the transaction of `connection`; return the driver's cursor."""
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._compile(name)
        text, constants = self._compiled[name]
        driver: Any = connection.connection.driver_connection
        return driver.execute(text, {**constants, **values})

    def _compile(self, name: str) -> tuple[str, dict[str, object]]:
        dialect: Dialect = _DIALECTS[name]()
        compiled = self._clauses[name].compile(dialect=dialect)
        constants = {
            key: value for key, value in compiled.params.items() if value is not None
        }
        return str(compiled), constants


_DIALECTS: dict[str, Callable[[], Any]] = {
    "sqlite": partial(sqlite.dialect, paramstyle="named"),
    "postgresql": postgresql.psycopg.dialect,
}
