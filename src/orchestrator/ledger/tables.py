"""The tables.  Rows are inserted, never updated and never deleted.

One `record` appends, under one `sequence` that has no gaps,

* a row of ``trials``: who tried what on which family of data, what came out, and the
  counts up to and including it, so that the next count reads one row;
* a row of ``runs``: what was asked and answered (none for an ungated run where only
  decisions are recorded);
* a row of ``chain``: the hashes of both and of the link before.

Request and answer are in ``blobs`` by their hash, so equal bodies are stored once.
Times are text, ISO 8601 in UTC with microseconds: they sort, hash and read alike in
every database.  ``keys`` holds answers under idempotency keys, and claims to give one:
rows without a status.  An answer that is no run's is in its own row.

``sketches`` and ``sketch_hashes`` tell which family bars are of by their content.
``probes`` has one row, written anew whenever readiness is asked for.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
)

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)
# SQLite makes a table's own row number only out of INTEGER.
_SEQUENCE = BigInteger().with_variant(Integer(), "sqlite")

CHAIN = Table(
    "chain",
    METADATA,
    Column("sequence", _SEQUENCE, primary_key=True, autoincrement=False),
    Column("trial_hash", Text, nullable=False),
    Column("run_hash", Text, nullable=True),
    Column("prev_hash", Text, nullable=False),
    Column("row_hash", Text, nullable=False),
)

TRIALS = Table(
    "trials",
    METADATA,
    Column("sequence", _SEQUENCE, primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("result", Text, nullable=False),
    Column("sharpe", Double, nullable=True),
    Column("trials_caller", BigInteger, nullable=False),
    Column("trials_everyone", BigInteger, nullable=False),
    Column("sharpe_count", BigInteger, nullable=False),
    Column("sharpe_mean", Double, nullable=False),
    Column("sharpe_squares", Double, nullable=False),
    Index(None, "family", "caller", "sequence"),
    Index(None, "family", "result", "caller"),
    Index(None, "family", "sequence"),
)

RUNS = Table(
    "runs",
    METADATA,
    Column("sequence", _SEQUENCE, primary_key=True, autoincrement=False),
    Column("run_id", Text, nullable=False),
    Column("time", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("symbol", Text, nullable=False),
    Column("strategy", Text, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("data_sha256", Text, nullable=False),
    Column("first_bar", Text, nullable=False),
    Column("last_bar", Text, nullable=False),
    Column("engine_version", Text, nullable=False),
    Column("assumptions", Text, nullable=False),
    Column("metrics", Text, nullable=False),
    Column("verdict", Text, nullable=True),
    Column("reasons", Text, nullable=False),
    Column("trials_caller", BigInteger, nullable=False),
    Column("trials_everyone", BigInteger, nullable=False),
    Column("request_sha256", Text, nullable=False),
    Column("answer_sha256", Text, nullable=False),
    Index(None, "run_id", "sequence"),
    Index(None, "symbol", "sequence"),
    Index(None, "strategy", "sequence"),
    Index(None, "verdict", "sequence"),
    Index(None, "caller", "sequence"),
    Index(None, "time"),
)

BLOBS = Table(
    "blobs",
    METADATA,
    Column("sha256", Text, primary_key=True),
    Column("encoding", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

KEYS = Table(
    "keys",
    METADATA,
    Column("id", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("time", Text, nullable=False),
    Column("caller", Text, nullable=False),
    Column("key", Text, nullable=False),
    Column("body_sha256", Text, nullable=False),
    Column("policies", Text, nullable=False, server_default=""),
    Column("status", Integer, nullable=True),
    Column("headers", Text, nullable=True),
    Column("answer_sha256", Text, nullable=True),
    Column("row_hash", Text, nullable=False),
    Column("encoding", Text, nullable=True),
    Column("body", LargeBinary, nullable=True),
    Index(None, "caller", "key", "time"),
)

SKETCHES = Table(
    "sketches",
    METADATA,
    Column("id", _SEQUENCE, primary_key=True, autoincrement=True),
    Column("name", Text, nullable=False),
    Column("family", Text, nullable=False),
    Column("scale", Integer, nullable=False),
    Column("size", Integer, nullable=False),
    Index(None, "name"),
)

SKETCH_HASHES = Table(
    "sketch_hashes",
    METADATA,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column("sketch", BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

PROBES = Table(
    "probes",
    METADATA,
    Column("id", Integer, primary_key=True, autoincrement=False),
    Column("time", Text, nullable=False),
    Column("filler", LargeBinary, nullable=False),
)
