"""Loading, beside the readers it is held to: ``python benchmarks/loading.py``.

Interleaved in one run, medians: CSV bytes of 2,520 and of 1,000,000 rows to checked
`Bars`, beside pandas' C reader on the same bytes; a data-service answer of 10,000 bars
to checked `Bars`, beside orjson and numpy; what quality costs on top.  Peak memory is
that of a fresh process each, less the interpreter with its imports.
"""

from __future__ import annotations

import io
import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial
from statistics import median

import numpy as np
import orjson
import pandas as pd

from backtesting.bars import COLUMNS, Bars
from orchestrator.deadline import Deadline
from orchestrator.loaders.checks.calendars import Calendars
from orchestrator.loaders.checks.quality import inspect
from orchestrator.loaders.checks.raw_bars import RawBars
from orchestrator.loaders.checks.rows import check_rows
from orchestrator.loaders.data_service.rows import window_page
from orchestrator.loaders.files.csv_parse import parse_csv
from orchestrator.spec import BarQuery, OnBadData

BUDGET = Deadline.after(3600.0)
CALENDARS = Calendars()


def labels(rows: int) -> np.ndarray:
    """Return weekdays, or minutes where there are more than days to take."""
    if rows > 10_000:
        return np.datetime64("2010-01-04T09:30:00") + np.arange(rows) * np.timedelta64(
            60
        )
    days = np.arange("2000-01-03", "2050-01-01", dtype="datetime64[D]")
    return days[np.is_busday(days)][:rows]


def columns(rows: int) -> dict[str, np.ndarray]:
    """Return prices with two decimals that keep the bar contract."""
    close = np.round(
        100 + np.random.default_rng(1).normal(0, 0.1, rows).cumsum() % 50, 2
    )
    return {
        "open": close,
        "high": np.round(close + 1.25, 2),
        "low": np.round(close - 1.25, 2),
        "close": close,
        "volume": np.arange(rows) + 1_000_000,
    }


def csv_bytes(rows: int) -> bytes:
    """Return a CSV file of so many rows."""
    frame = pd.DataFrame({"date": labels(rows).astype(str), **columns(rows)})
    return frame.to_csv(index=False).encode()


def service_bytes(rows: int) -> bytes:
    """Return a data-service answer of so many rows, as its Python would write it."""
    values = {name: column.tolist() for name, column in columns(rows).items()}
    stamps = [f"{stamp}T00:00:00+00:00" for stamp in labels(rows).astype(str)]
    return json.dumps(
        [
            {"symbol": "SPY", "timestamp": stamp}
            | {name: values[name][row] for name in COLUMNS}
            for row, stamp in enumerate(stamps)
        ]
    ).encode()


def by_pandas(data: bytes) -> pd.DataFrame:
    """Read CSV as pandas' C reader does, dates included."""
    return pd.read_csv(io.BytesIO(data), parse_dates=["date"])


def by_us(data: bytes) -> Bars:
    """Read CSV as the service does: checked bars."""
    return parse_csv(data, BarQuery(), BUDGET).rows.bars


def service_by_hand(data: bytes) -> list[np.ndarray]:
    """Decode an answer by orjson and make arrays by numpy, unchecked."""
    rows = orjson.loads(data)
    stamps = [row["timestamp"][:19] for row in rows]
    return [
        np.array(stamps, dtype="datetime64[ns]"),
        *(np.array([row[name] for row in rows], dtype=np.float64) for name in COLUMNS),
    ]


def service_by_us(data: bytes) -> Bars:
    """Decode an answer as the service does: checked bars."""
    page = window_page(data, "SPY", 10_000)
    raw = RawBars.labelled(page.moments.labels(), page.columns)
    return check_rows(raw, OnBadData.RAISE).bars


def timed(works: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """Return the median milliseconds of each, taken in turns."""
    taken: dict[str, list[float]] = {name: [] for name in works}
    for work in works.values():
        work()
    for _ in range(rounds):
        for name, work in works.items():
            began = time.perf_counter()
            work()
            taken[name].append((time.perf_counter() - began) * 1000)
    return {name: median(times) for name, times in taken.items()}


CASES: dict[str, tuple[Callable[[], bytes], Callable, Callable, int]] = {
    "CSV, 2,520 rows": (lambda: csv_bytes(2_520), by_pandas, by_us, 101),
    "CSV, 1,000,000 rows": (lambda: csv_bytes(1_000_000), by_pandas, by_us, 5),
    "data service, 10,000 bars": (
        lambda: service_bytes(10_000),
        service_by_hand,
        service_by_us,
        31,
    ),
}


def peak(case: str, which: str) -> float:
    """Return the mebibytes a fresh process needs at most, beyond its input."""
    script = [sys.executable, __file__, "--peak", case, which]
    return float(subprocess.run(script, capture_output=True, check=True).stdout)


def print_peak(case: str, which: str) -> None:
    """Print what one reader adds to the peak of this process."""
    make, other, ours, _ = CASES[case]
    data = make()
    # Both have read something before, so that neither pays for imports here.
    small = service_bytes(10) if case.startswith("data") else csv_bytes(10)
    (other if which == "other" else ours)(small)
    with open("/proc/self/clear_refs", "w", encoding="ascii") as refs:
        refs.write("5")
    before = peak_bytes()
    (other if which == "other" else ours)(data)
    print((peak_bytes() - before) / 2**20)


def peak_bytes() -> int:
    """Return this process' peak resident memory."""
    with open("/proc/self/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmHWM"):
                return int(line.split()[1]) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Print the table."""
    print(f"{'':28}{'reference':>12}{'ours':>12}{'ratio':>8}{'peak MiB':>18}")
    for case, (make, other, ours, rounds) in CASES.items():
        data = make()
        times = timed(
            {"other": partial(other, data), "ours": partial(ours, data)}, rounds
        )
        peaks = [peak(case, which) for which in ("other", "ours")]
        print(
            f"{case:28}{times['other']:9.2f} ms{times['ours']:9.2f} ms"
            f"{times['ours'] / times['other']:8.2f}{peaks[0]:9.1f}{peaks[1]:9.1f}"
        )
    for rows in (2_520, 1_000_000):
        bars = by_us(csv_bytes(rows))
        cost = timed(
            {"quality": lambda b=bars: inspect(b, calendar=None, calendars=CALENDARS)},
            101 if rows < 10_000 else 5,
        )
        print(f"quality, {rows:,} bars: {cost['quality']:.2f} ms")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--peak"]:
        print_peak(*sys.argv[2:4])
    else:
        main()
