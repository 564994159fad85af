"""The ledger under four writing processes: rows a second, waits, errors, bytes a row.

``python -m benchmarks.ledger`` measures SQLite in a temporary folder and, where
``TEST_DATABASE_URL`` names one, PostgreSQL in a schema of its own.  Each process
records decisions with an answer of a typical size, every one a new trial on one family
of data, which is the worst case for counting.
"""

from __future__ import annotations

import argparse
import hashlib
import multiprocessing
import os
import tempfile
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import orjson
import psycopg

from backtesting.metrics import CATALOGUE
from orchestrator.errors import LedgerUnavailableError
from orchestrator.ledger.database import Database
from orchestrator.ledger.migrate import upgrade
from orchestrator.ledger.sql import SqlLedger
from orchestrator.ledger.values import Attempt, Ruling, Trials
from orchestrator.ledger.verification.verify import verify

PROCESSES = 4
TYPICAL_ANSWER = 5_000
"""Bytes of a default answer with a gate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What one writer did."""

    waits: np.ndarray
    errors: int
    cpu: float


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument(
        "--rate", type=float, default=0.0, help="rows a second in all; 0: all there is"
    )
    arguments = parser.parse_args()
    for name, address in addresses():
        with address as url:
            measure(name, url, arguments.seconds, arguments.rate)


def addresses() -> Iterator[tuple[str, object]]:
    """Yield each database there is to measure."""
    yield "SQLite", sqlite()
    server = os.environ.get("TEST_DATABASE_URL")
    if server:
        yield "PostgreSQL", postgresql(server)
    else:
        print("PostgreSQL: skipped, TEST_DATABASE_URL is not set")


@contextmanager
def sqlite() -> Iterator[str]:
    """Give the URL of a ledger in a folder that goes away."""
    with tempfile.TemporaryDirectory() as folder:
        yield f"sqlite:///{folder}/ledger.sqlite3"


@contextmanager
def postgresql(server: str) -> Iterator[str]:
    """Give the URL of a schema that goes away."""
    schema = f"ledger_{uuid.uuid4().hex}"
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
        try:
            yield f"{server}?options=-csearch_path%3D{schema}"
        finally:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


def measure(name: str, url: str, seconds: float, rate: float) -> None:
    """Run the writers against one database and print what they did."""
    upgrade(url)
    alone = write(url, 0, min(seconds, 5.0), 0.0)
    before = size(url)
    with multiprocessing.get_context("spawn").Pool(PROCESSES) as pool:
        outcomes = pool.starmap(
            write,
            [(url, n, seconds, rate / PROCESSES) for n in range(1, PROCESSES + 1)],
        )
    waits = np.concatenate([outcome.waits for outcome in outcomes]) * 1e3
    database = Database(url)
    verification = verify(database)
    database.close()
    rows = verification.records
    cpu = alone.cpu / max(len(alone.waits), 1) * 1e3
    print(
        f"{name}: one process: median {np.median(alone.waits) * 1e3:.2f} ms, "
        f"p99 {np.percentile(alone.waits, 99) * 1e3:.2f} ms, {cpu:.2f} ms CPU a row\n"
        f"{name}: {PROCESSES} processes, {seconds:.0f} s: {len(waits)} rows, "
        f"{len(waits) / seconds:.0f}/s, {sum(o.errors for o in outcomes)} errors, "
        f"median {np.median(waits):.2f} ms, p99 {np.percentile(waits, 99):.1f} ms, "
        f"worst {waits.max():.0f} ms; {rows} rows in all, chain "
        f"{'intact' if verification.is_intact else 'ALTERED'}, "
        f"{(size(url) - before) / len(waits):.0f} bytes a row"
    )


def write(url: str, number: int, seconds: float, rate: float) -> Outcome:
    """Record decisions for some seconds, at `rate` a second if it is not 0."""
    ledger = SqlLedger(url)
    ledger.check()
    waits, errors = [], 0
    cpu, begin = time.process_time(), time.perf_counter()
    while (now := time.perf_counter()) - begin < seconds:
        due = begin + len(waits) / rate if rate else now
        if due > now:
            time.sleep(due - now)
        made = attempt(f"{number} {len(waits)}")
        start = time.perf_counter()
        try:
            ledger.record(made, judge)
        except LedgerUnavailableError:
            errors += 1
        waits.append(time.perf_counter() - start)
    ledger.close()
    used = time.process_time() - cpu
    return Outcome(waits=np.array(waits), errors=errors, cpu=used)


def attempt(name: str) -> Attempt:
    """Return an attempt that was never made before."""
    digest = hashlib.sha256(name.encode()).hexdigest()
    values = np.frombuffer(bytes.fromhex(digest) * 9, dtype=np.uint32) / 2**32
    return Attempt(
        run_id=digest[:32],
        caller=f"agent {name.partition(' ')[0]}",
        source="csv",
        symbol="SPY",
        strategy="sma_cross",
        fingerprint=digest[32:],
        result=digest[:32],
        sharpe=float(values[0]) / 10,
        request=b'{"strategy_params":{"fast":10,"slow":30},"strategy_type":"sma_cross",'
        b'"symbol":"SPY","gate":["sharpe_ratio > 0.5","cagr > 5"],"n":"%s"}'
        % digest.encode(),
        assumptions={"fill": "next_open", "direction": "long", "note": "x" * 400},
        metrics={
            metric.name: float(value)
            for metric, value in zip(CATALOGUE, values, strict=False)
        },
        data_sha256=digest,
        first=datetime(2010, 1, 4, tzinfo=UTC),
        last=datetime(2019, 12, 31, tzinfo=UTC),
        engine_version="0.1.0",
    )


def judge(trials: Trials) -> Ruling:
    """Answer with as many bytes as a real answer has."""
    filler = hashlib.shake_128(b"%d" % trials.everyone).hexdigest(TYPICAL_ANSWER // 2)
    answer = orjson.dumps({"trials": trials.caller, "filler": filler})
    reasons = ("p_value_adjusted is 0.31, above 0.05: needs about 3.2 more years",)
    return Ruling(answer=answer, verdict="insufficient_evidence", reasons=reasons)


def size(url: str) -> int:
    """Return the bytes that the ledger takes on disk."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        return sum(part.stat().st_size for part in path.parent.glob(f"{path.name}*"))
    query = (
        "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
        "WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace"
    )
    with psycopg.connect(url) as connection:
        row = connection.execute(query).fetchone()
    return int(row[0]) if row else 0


if __name__ == "__main__":
    main()
