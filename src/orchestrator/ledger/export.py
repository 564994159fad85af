"""The record as CSV that a spreadsheet shows and never runs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator

from orchestrator.ledger.times import to_text
from orchestrator.ledger.values import RunSummary

METRICS = (
    "initial_value",
    "final_value",
    "total_pnl",
    "total_return_pct",
    "cagr",
    "sharpe_ratio",
    "max_drawdown",
    "max_drawdown_pct",
)
COLUMNS = (
    "sequence",
    "time",
    "run_id",
    "caller",
    "kind",
    "source",
    "symbol",
    "strategy",
    "verdict",
    "reasons",
    "trials",
    "trials_everyone",
    "first",
    "last",
    "data_sha256",
    "engine_version",
    *METRICS,
)

# What starts a formula in some spreadsheet, full-width forms included (OWASP, "CSV
# injection").
_STARTS = frozenset("=+-@\t\r\n|%\uff1d\uff0b\uff0d\uff20")


def csv_lines(runs: Iterable[RunSummary]) -> Iterator[str]:
    """Yield a header and one line a run, RFC 4180."""
    yield _line(COLUMNS)
    for run in runs:
        yield _line(_cells(run))


def _cells(run: RunSummary) -> Iterator[object]:
    yield run.sequence
    yield to_text(run.time)
    for text in (
        run.run_id,
        run.caller,
        run.kind,
        run.source,
        run.symbol,
        run.strategy,
    ):
        yield defused(text)
    yield defused(run.verdict or "")
    yield defused("; ".join(run.reasons))
    yield run.trials
    yield run.trials_everyone
    yield to_text(run.first)
    yield to_text(run.last)
    yield defused(run.data_sha256)
    yield defused(run.engine_version)
    for name in METRICS:
        yield run.metrics.get(name, "")


def defused(text: str) -> str:
    """Return `text` as a cell that no spreadsheet takes for a formula.

    Examples
    --------
    >>> defused("=HYPERLINK(0)")
    "'=HYPERLINK(0)"
    >>> defused("SPY")
    'SPY'
    """
    stripped = text.lstrip()
    if text[:1] in _STARTS or stripped[:1] in _STARTS:
        return f"'{text}"
    return text


def _line(cells: Iterable[object]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells)
    return buffer.getvalue()
